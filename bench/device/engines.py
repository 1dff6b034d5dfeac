"""The rows of the benchmark: engines, and how they keep requests in flight."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """A row."""

    name: str
    """On the command line, and in JSON."""
    title: str
    """In tables."""
    what: str
    """One sentence for the notes below a table."""
    arguments: Sequence[str]
    """For the program that is measured."""
    ours: bool = False
    least_depth: int = 1
    most_depth: int | None = None

    def has_depth(self, depth: int) -> bool:
        """Whether it can have so many requests in flight, and is then another than others are."""
        return self.least_depth <= depth and (self.most_depth is None or depth <= self.most_depth)


_BATCHES = "the same, but all requests are waited for before any is replaced"

_MOST_THREADS = 64

ENGINES = (
    Engine(
        "linux_aio",
        "linux_aio",
        "submit() with buffers that it owns, wait(1), and what has completed is replaced",
        ("--engine=linux_aio",),
        ours=True,
    ),
    Engine(
        "linux_aio_batches",
        "linux_aio, whole batches",
        _BATCHES,
        ("--engine=linux_aio", "--batches"),
        ours=True,
        least_depth=2,
    ),
    Engine(
        "libaio",
        "libaio",
        "io_submit for all that are replaced, io_getevents for one at least",
        ("--engine=libaio",),
    ),
    Engine(
        "libaio_again",
        "libaio again (A/A)",
        "the same once more: what differs is noise",
        ("--engine=libaio",),
    ),
    Engine(
        "libaio_batches",
        "libaio, whole batches",
        _BATCHES,
        ("--engine=libaio", "--batches"),
        least_depth=2,
    ),
    Engine(
        "io_uring",
        "io_uring",
        "io_uring_submit_and_wait for one at least; nothing is registered",
        ("--engine=io_uring",),
    ),
    Engine(
        "blocking",
        "pread, pwrite",
        "one thread, one after the other",
        ("--engine=blocking",),
        most_depth=1,
    ),
    Engine(
        "posix_aio",
        "POSIX AIO",
        "aio_read(3), aio_write(3) and aio_suspend(3) of glibc, which are threads",
        ("--engine=posix_aio",),
    ),
    Engine(
        "thread_pool",
        "thread pool",
        "pread and pwrite in as many threads as there are requests in flight, "
        f"{_MOST_THREADS} at most",
        ("--engine=thread_pool", f"--threads={_MOST_THREADS}"),
    ),
)

BY_NAME = {engine.name: engine for engine in ENGINES}

BASELINE = BY_NAME["libaio"]
AGAIN = BY_NAME["libaio_again"]
