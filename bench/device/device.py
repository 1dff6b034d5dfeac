"""Measures engines on a device: reads and writes of a file, with few and many in flight."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.common.command_line import (
    clean_up_when_ended,
    positive,
    positives,
    some_of,
    user_path,
)
from bench.common.machine import describe_machine
from bench.common.programs import BenchmarkError, build_of
from bench.common.progress import Progress, duration
from bench.common.tables import count_of
from bench.device.disk import describe_disk
from bench.device.engines import BY_NAME, ENGINES
from bench.device.report import FORMATS
from bench.device.results import Results, Setting
from bench.device.running import ROUND, estimate, run_all, steps
from bench.device.target import Needs, Target, given_file, made_file
from bench.device.workloads import CACHED, DIRECT, MODES, PATTERNS, Mode, Pattern, workloads

_DESCRIPTION = """\
Reads and overwrites blocks of a file, with 1 to 256 requests in flight, through
linux_aio, libaio, io_uring, POSIX AIO, threads, and pread and pwrite. Prints
for each how many requests a second it does, their latencies, and what they cost
of the processor. Each is measured in a process of its own, several times, in a
random order. The default takes two to three minutes.

Without FILE it makes one, which is gone when the program ends, however it ends.
FILE is only read, unless you say --write: then its content is lost.
"""

_EPILOG = """\
Modes: direct is O_DIRECT; cached has the file in the page cache; cold drops it
from there before each round, which ends when much of it has been read.

Under "bazel run", relative paths begin at the folder where bazel was called.
Measure an optimised program: ./bazelw run -c opt //bench:device

Exit status: 0 if all was measured that this machine can, 1 if not, 2 if the
command line is wrong.
"""

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def _size(text: str) -> int:
    digits = text.rstrip("KMG")
    return positive(digits) * _UNITS[text[len(digits) :]]


def _size_or_error(text: str) -> int:
    try:
        return _size(text)
    except KeyError as error:
        raise ValueError from error


_size_or_error.__name__ = "size such as 4096, 64K, 512M or 1G"


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.01 <= seconds <= 3600:
        raise ValueError
    return seconds


_seconds.__name__ = "number of seconds, 0.01 to 3600,"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="device",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", type=user_path, nargs="?", metavar="FILE", help="a file or a block device")
    add("--write", action="store_true", help="FILE may be overwritten")
    add(
        "--folder",
        type=user_path,
        default=user_path("."),
        metavar="DIR",
        help="without FILE: where to make one (the current folder)",
    )
    add("--size", type=_size_or_error, metavar="SIZE", help="of the file that is made (1G)")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="half a minute: to see that it works")
    length.add_argument(
        "--full", action="store_true", help="all patterns and modes: a quarter of an hour"
    )
    add(
        "--engines",
        type=some_of(BY_NAME, "engine"),
        default=ENGINES,
        metavar="NAME,...",
        help=f"of {', '.join(BY_NAME)} (all)",
    )
    add(
        "--patterns",
        type=some_of(PATTERNS, "pattern"),
        metavar="NAME,...",
        help=f"of {', '.join(PATTERNS)}; or all (random_read,random_write)",
    )
    add(
        "--modes",
        type=some_of(MODES, "mode"),
        metavar="NAME,...",
        help=f"of {', '.join(MODES)}; or all (direct)",
    )
    add(
        "--depths",
        type=positives,
        metavar="N,...",
        help="how many requests are in flight (1,2,4,8,16,32,64,128,256)",
    )
    add("--block-size", type=_size_or_error, default=4096, metavar="SIZE", help="of a request (4K)")
    add("--seconds", type=_seconds, metavar="S", help="of a round (0.2)")
    add("--repetitions", type=positive, metavar="N", help="how often each is measured (3)")
    add("--format", choices=FORMATS, default="text", help="of what it prints (text)")
    add("--output", type=user_path, metavar="FILE", help="writes that there (standard output)")
    return parser


def _patterns(options: argparse.Namespace) -> Sequence[Pattern]:
    """Those that were named, else those that may be."""
    if options.patterns:
        named: Sequence[Pattern] = options.patterns
        return named
    names = PATTERNS if options.full else ("random_read", "random_write")
    patterns = [PATTERNS[name] for name in names]
    return [one for one in patterns if not one.writes or _may_write(options)]


def _may_write(options: argparse.Namespace) -> bool:
    return options.file is None or bool(options.write)


def _modes(options: argparse.Namespace) -> Sequence[Mode]:
    return options.modes or (list(MODES.values()) if options.full else [DIRECT])


def _depths(options: argparse.Namespace) -> Sequence[int]:
    return options.depths or ((1, 32, 128) if options.quick else [1 << n for n in range(9)])


def _setting(options: argparse.Namespace, target: Target) -> Setting:
    seconds, repetitions = (0.1, 2) if options.quick else (0.2, 3)
    left_out: Mapping[str, str] = (
        {}
        if _may_write(options)
        else {"Writes": "FILE is only read: --write permits to overwrite it"}
    )
    return Setting(
        workloads=list(workloads(_patterns(options), _modes(options))),
        depths=_depths(options),
        engines=options.engines,
        block_size=options.block_size,
        seconds=options.seconds or seconds,
        repetitions=options.repetitions or repetitions,
        file=target.what,
        machine={
            **describe_machine(options.file or options.folder, build_of(ROUND)),
            "disk": describe_disk(target.path),
        },
        left_out=left_out,
    )


@contextmanager
def _target(options: argparse.Namespace, progress: Progress) -> Iterator[Target]:
    needs = Needs(
        block_size=options.block_size,
        depth=max(_depths(options)),
        writes=any(pattern.writes for pattern in _patterns(options)),
        direct=DIRECT in _modes(options),
        cached=CACHED in _modes(options),
    )
    if options.file:
        yield given_file(options.file, needs)
        return
    size = options.size or (256 << 20 if options.quick else 1 << 30)
    with made_file(options.folder, size, needs, progress.report) as target:
        progress.end()
        yield target


def _measure(options: argparse.Namespace) -> Results:
    making = Progress()
    with _target(options, making) as target:
        setting = _setting(options, target)
        print(
            f"device: {count_of(steps(setting), 'round')}, about {duration(estimate(setting))}",
            file=sys.stderr,
        )
        progress = Progress()
        try:
            return run_all(
                setting, target.path, lambda one: progress.report(one.number, one.total, one.what)
            )
        finally:
            progress.end()


def _expect_sense(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Ends the program with what is wrong in the options as a whole."""
    if options.file and options.size:
        parser.error("--size: FILE has its own")
    if not _may_write(options):
        writing = [pattern.name for pattern in _patterns(options) if pattern.writes]
        if writing:
            parser.error(f"{', '.join(writing)}: would overwrite FILE: permit it with --write")
    if not list(workloads(_patterns(options), _modes(options))):
        parser.error("--modes: cold is of reads only, so that nothing is left to measure")
    if not any(one.has_depth(depth) for one in options.engines for depth in _depths(options)):
        parser.error("--engines: none of them has one of these --depths")
    output: Path | None = options.output
    if output and not output.parent.is_dir():  # said now, and not in two minutes
        parser.error(f"--output: there is no folder {output.parent}")


def _write(options: argparse.Namespace, text: str) -> None:
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def main() -> int:
    """The command; returns its exit status."""
    parser = _parser()
    options = parser.parse_args()
    _expect_sense(parser, options)
    clean_up_when_ended()
    try:
        _write(options, FORMATS[options.format](_measure(options)))
    except (BenchmarkError, OSError) as error:
        print(f"device: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("device: interrupted", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
