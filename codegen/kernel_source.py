"""The kernel's source to a tree of its headers, of every architecture at once."""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from codegen import debian
from codegen.errors import CodegenError

_FILES = ("Kbuild", "Makefile", "Makefile.syscalls")
_NOTES = shutil.ignore_patterns(".*")
"""What make keeps beside each header, for itself."""

_FOLDERS = ("uapi", "syscalls", "tools")

_AIO = "fs/aio.c"
_KEPT = (_AIO, "scripts/*.tbl", "arch/**/*.tbl", "arch/*/kernel/Makefile.syscalls")
"""What of the source says which system calls there are and what they take."""


def is_source(folder: Path) -> bool:
    """Whether a folder holds the kernel's source, and not headers only."""
    return (folder / "Kbuild").is_file() and (folder / "include/uapi").is_dir()


def headers_of_package(
    package: Path, architectures: Sequence[str], folder: Path, say: Callable[[str], None]
) -> Path:
    """Makes the headers of all architectures that the source in a package has, below `folder`.

    Beside them, in source/, is what the source says of system calls.
    """
    say("unpacking the source")
    source = _unpack(package, folder / "source")
    tree = headers_of_source(source, architectures, folder, say)
    for file in (file for pattern in _KEPT for file in source.glob(pattern)):
        kept = tree / "source" / file.relative_to(source)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, kept)
    return tree


def headers_of_source(
    source: Path, architectures: Sequence[str], folder: Path, say: Callable[[str], None]
) -> Path:
    """Makes the headers of all architectures that the source has, below `folder`.

    The tree has the shape of Debian's linux-libc-dev: one linux/, and asm/ by architecture. Nothing
    is written into the source.
    """
    built = folder / "built"
    tree = folder / "tree"
    present = [name for name in architectures if (source / "arch" / name).is_dir()]
    for number, architecture in enumerate(present, start=1):
        say(f"headers of {architecture} ({number} of {len(present)})")
        _make_headers(source, architecture, built)
        asm = tree / "usr/lib/linux/uapi" / architecture / "asm"
        shutil.copytree(built / "usr/include/asm", asm, ignore=_NOTES)
    for name in ("linux", "asm-generic"):
        shutil.copytree(built / "usr/include" / name, tree / "usr/include" / name, ignore=_NOTES)
    return tree


def _is_needed(name: str) -> bool:
    """Whether `make headers` reads a file, or it is kept. The rest stays packed: it is
    fifty times as much."""
    first, *rest = name.split("/")
    if name == _AIO:
        return True
    if first == "arch":
        return len(rest) == 2 or rest[-1] in _FILES or any(part in rest for part in _FOLDERS)
    return not rest or first == "scripts" or name.startswith(("include/uapi/", "tools/include/"))


def _unpack(package: Path, folder: Path) -> Path:
    """Unpacks what is needed of the archive in a package; returns the root of the source."""
    with debian.contents(package) as outer:
        for member in outer:
            if not member.name.endswith(".tar.xz"):
                continue
            with tarfile.open(fileobj=outer.extractfile(member), mode="r|xz") as archive:
                for file in archive:
                    root, _, name = file.name.partition("/")
                    if name and not file.isdir() and _is_needed(name):
                        archive.extract(file, folder)
            return folder / root
    raise CodegenError(package, "has no archive of a kernel's source", "pin another package")


def _make_headers(source: Path, architecture: str, built: Path) -> None:
    built.mkdir(exist_ok=True)
    command = ["make", "-s", f"O={built}", f"-j{os.cpu_count() or 1}", f"ARCH={architecture}"]
    command += [f"HOSTCC={os.environ.get('CC', 'gcc')}", "headers"]
    try:
        subprocess.run(command, cwd=source, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CodegenError("make", "not installed", "apt-get install make gcc") from error
    except subprocess.CalledProcessError as error:
        failed = [line for line in error.stderr.splitlines() if "***" in line or " error: " in line]
        raise CodegenError(
            source / "arch" / architecture,
            f"make headers failed ({' '.join(failed[:1]) or error.stderr[-200:]})",
            f"see what this says in {source}: {' '.join(command)}",
        ) from error
