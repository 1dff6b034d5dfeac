"""Programs of Debian's packages."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from codegen.errors import CodegenError


def tool(name: str, package: str) -> str:
    """The path of a program, which may be one for root."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not path:
        raise CodegenError(
            name, "not installed", f"apt-get install --no-install-recommends {package}"
        )
    return path


def output_of(
    command: Sequence[str], package: str, given: bytes = b"", folder: Path | None = None
) -> bytes:
    """What a program of a package prints."""
    try:
        return subprocess.run(
            [tool(command[0], package), *command[1:]],
            input=given,
            check=True,
            capture_output=True,
            cwd=folder,
        ).stdout
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise CodegenError(command[0], f"failed ({said})", "see what it says") from error
