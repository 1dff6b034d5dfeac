"""The files that are read: 1 to 100 KB, the same in each run."""

import errno
import os
import random
import subprocess
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SMALLEST = 1_000
_LARGEST = 100_000


@dataclass(frozen=True)
class File:
    """A file, and the Adler-32 of its content."""

    path: Path
    size: int
    checksum: int


def make_files(folder: Path, count: int, cached: bool) -> list[File]:
    """Makes the folder and `count` files in it, on the disk, and in the page cache or not."""
    folder.mkdir()
    made = random.Random(1)
    files = []
    for number in range(count):
        content = made.randbytes(made.randint(_SMALLEST, _LARGEST))
        path = folder / f"file{number:04}"
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else it is written while others are read
            if not cached:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        files.append(File(path, len(content), zlib.adler32(content)))
    return files


def file_system(folder: Path) -> str:
    """Its type, as the kernel calls it."""
    command = ["findmnt", "--noheadings", "--output=FSTYPE", "--target", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()[-1]  # of what is mounted on each other the uppermost


def direct_obstacle(files: Sequence[File]) -> str | None:
    """Why the files cannot be read past the page cache, if they cannot."""
    path = files[0].path
    kind = file_system(path.parent)
    if kind == "tmpfs":  # since Linux 6.6 it accepts O_DIRECT, and copies from the cache as ever
        return "a tmpfs has no disk to read from"
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_DIRECT))
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return f"this file system ({kind}) does not have it"
    return None
