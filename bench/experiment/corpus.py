"""The files that are read: 1 to 100 KB, the same in each run."""

import os
import random
import zlib
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
