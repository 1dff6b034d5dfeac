"""The file that is measured: one that is given, or one that is made and goes away by itself."""

import os
import shutil
import stat
import tempfile
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.common.programs import BenchmarkError, call
from bench.common.storage import direct_obstacle
from bench.device.running import ROUND
from bench.device.tables import show_size

_CHUNK = 1 << 23
_PAGE = 4096
_BLOCKS_PER_REQUEST = 4
_SPARE = 1.05


@dataclass(frozen=True)
class Needs:
    """What the file is for."""

    block_size: int
    depth: int
    """The most requests in flight."""
    writes: bool
    direct: bool
    cached: bool


@dataclass(frozen=True)
class Target:
    """A file that serves."""

    path: str
    what: str
    """To say of it."""


@contextmanager
def made_file(
    folder: Path, size: int, needs: Needs, report: Callable[[int, int, str], None]
) -> Iterator[Target]:
    """A new file in the folder, full of bytes and on the disk.

    It has no name: the kernel removes it when this process ends, however that is. Raises
    BenchmarkError.
    """
    _expect_size(f"a file of {show_size(size)}", size, needs, "--size takes a larger one")
    with _unnamed_file(folder) as file:
        path = f"/proc/{os.getpid()}/fd/{file.fileno()}"
        _expect_direct(path, folder, needs)
        _expect_room(folder, size)
        try:
            _fill(file, size, report)
        except OSError as error:
            raise BenchmarkError(f"writing {show_size(size)} in {folder}: {error}") from error
        yield Target(path, f"a new file of {show_size(size)}")


def given_file(path: Path, needs: Needs) -> Target:
    """The user's. Raises BenchmarkError."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISBLK(found.st_mode):
            raise BenchmarkError(f"{path} is neither a regular file nor a block device")
        size = _size(path)
        if needs.writes:
            exclusive = os.O_EXCL if stat.S_ISBLK(found.st_mode) else 0  # EBUSY if it is mounted
            os.close(os.open(path, os.O_WRONLY | exclusive))
    except OSError as error:
        raise BenchmarkError(f"{path}: {error.strerror}") from error
    _expect_size(str(path), size, needs, "take a larger file")
    _expect_direct(str(path), path.parent, needs)
    what = f"{path.name}, {show_size(size)}"
    if stat.S_ISBLK(found.st_mode):
        what += ", a block device"
    elif found.st_blocks * 512 < size:
        what += ", which is sparse: its holes are read without the disk"
    return Target(str(path), what)


def _size(path: Path) -> int:
    """Of a block device, too."""
    file = os.open(path, os.O_RDONLY)
    try:
        return os.lseek(file, 0, os.SEEK_END)
    finally:
        os.close(file)


def _unnamed_file(folder: Path) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError as error:
        raise BenchmarkError(
            f"no file can be made in {folder}: {error.strerror}: --folder takes another"
        ) from error


def _expect_size(name: str, size: int, needs: Needs, advice: str) -> None:
    least = needs.block_size * needs.depth * _BLOCKS_PER_REQUEST
    if size < least:
        raise BenchmarkError(
            f"{name} has {show_size(size)}: too small for {needs.depth} requests of "
            f"{show_size(needs.block_size)} in flight, which need {show_size(least)}: {advice}, "
            "or --depths fewer"
        )
    available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needs.cached and size > available:
        raise BenchmarkError(
            f"{name} has {show_size(size)} and cannot be cached, for {show_size(available)} of "
            "memory are free: take a smaller one, or --modes without cached"
        )


def _expect_direct(path: str, folder: Path, needs: Needs) -> None:
    if not needs.direct:
        return
    obstacle = direct_obstacle(Path(path), folder)
    if obstacle and not Path(path).is_block_device():  # which may be a tmpfs's entry
        raise BenchmarkError(
            f"O_DIRECT: {obstacle}: --folder takes another folder, --modes=cached,cold does without"
        )
    call(ROUND, ["--probe", "--direct", f"--block={needs.block_size}", "--", path])


def _expect_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size * _SPARE:
        raise BenchmarkError(
            f"{folder} has room for {free >> 20} MiB, and a file of {show_size(size)} is to be "
            "made: --size takes a smaller one, --folder another folder"
        )


def _fill(file: IO[bytes], size: int, report: Callable[[int, int, str], None]) -> None:
    """No two pages are the same, and none is zero, whatever compresses or finds duplicates."""
    chunk = bytearray(os.urandom(_CHUNK))
    words = memoryview(chunk).cast("Q")
    total = -(-size // _CHUNK)
    for number in range(total):
        report(number + 1, total, f"making a file of {show_size(size)}")
        begin = number * _CHUNK
        words[:: _PAGE // 8] = memoryview(array("Q", range(begin + 1, begin + _CHUNK, _PAGE)))
        file.write(memoryview(chunk)[: size - begin])
    file.flush()
    os.fsync(file.fileno())
