"""GCC's compiler out of the package of a cross compiler, which is not installed for that."""

from pathlib import Path

from codegen import debian
from codegen.errors import CodegenError

CC1PLUS = "cc1plus"
"""It compiles; g++, which would call it, wants an assembler and a C library too."""


def compiler_of_package(package: Path, folder: Path) -> Path:
    """Puts the compiler below `folder`; returns the folder that holds nothing else."""
    made = folder / "compiler"
    with debian.contents(package) as archive:
        for member in archive:
            if member.isfile() and Path(member.name).name == CC1PLUS:
                member.name = CC1PLUS
                archive.extract(member, made)
    if not made.exists():
        raise CodegenError(package, f"has no {CC1PLUS}", "pin another package")
    return made
