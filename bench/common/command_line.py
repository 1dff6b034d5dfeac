"""What the command lines of the benchmarks have in common."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar


_T = TypeVar("_T")


def positive(text: str) -> int:
    """A number, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


positive.__name__ = "number from 1"  # what argparse calls it


def positives(text: str) -> Sequence[int]:
    """Each once and sorted, for argparse."""
    return sorted({positive(word) for word in text.split(",")})


positives.__name__ = "list of numbers from 1"


def some_of(known: Mapping[str, _T], what: str) -> Callable[[str], Sequence[_T]]:
    """A list of names, or "all", for argparse."""

    def parse(text: str) -> Sequence[_T]:
        if text == "all":
            return list(known.values())
        unknown = [name for name in text.split(",") if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(
                f"no {what} is called {', '.join(unknown)}; there are: {', '.join(known)}"
            )
        return [known[name] for name in dict.fromkeys(text.split(","))]

    return parse


def user_path(text: str) -> Path:
    """Under "bazel run", from where bazel was called."""
    return Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."), text).absolute()


def clean_up_when_ended() -> None:
    """Being ended by SIGTERM or SIGHUP is an exception, as SIGINT is one."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
