"""The rows of the experiment: ways of reading files, and how their completions are waited for."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """A row."""

    name: str
    """On the command line, and in JSON."""
    title: str
    """In tables and charts."""
    what: str
    """One sentence for the notes below a table."""
    arguments: Sequence[str]
    """For the reader."""
    ours: bool = False


_LATE = "; what is read is waited for after the interval, before the next read"

WAYS = (
    Way("open_read", "open, read", "open(2), read(2), close(2), file by file", ("--way=blocking",)),
    Way("pread", "pread", "pread(2), file by file; the files stay open", ("--way=pread",)),
    Way(
        "pool_4",
        "4 threads",
        "open, read and close each file in one of 4 threads, as aiofiles",
        ("--way=thread_pool", "--threads=4"),
    ),
    Way(
        "pool_320",
        "320 threads",
        "the same with the 320 threads that aiofiles had on 64 processors",
        ("--way=thread_pool", "--threads=320"),
    ),
    Way(
        "posix_aio",
        "POSIX AIO",
        "aio_read(3) of glibc, as aiofile; the files stay open",
        ("--way=posix_aio",),
    ),
    Way("libaio", "libaio", "io_submit, io_getevents; the files stay open", ("--way=libaio",)),
    Way(
        "io_uring",
        "io_uring",
        "liburing, nothing registered; the files stay open",
        ("--way=io_uring",),
    ),
    Way(
        "linux_aio",
        "linux_aio",
        "submit(), wait(); the files stay open",
        ("--way=linux_aio",),
        ours=True,
    ),
    Way(
        "linux_aio_late",
        "linux_aio, late",
        "the same" + _LATE,
        ("--way=linux_aio", "--late"),
        ours=True,
    ),
    Way(
        "linux_aio_absolute",
        "linux_aio, absolute",
        "the same, late, and the intervals are those of the clock, whatever was done in them",
        ("--way=linux_aio", "--late", "--absolute"),
        ours=True,
    ),
    Way("libaio_late", "libaio, late", "libaio" + _LATE, ("--way=libaio", "--late")),
    Way("io_uring_late", "io_uring, late", "io_uring" + _LATE, ("--way=io_uring", "--late")),
)

DEFAULT = tuple(way for way in WAYS if way.name not in ("libaio_late", "io_uring_late"))
