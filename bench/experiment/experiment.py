"""Compares ways of reading files at intervals, as the Python package linux_aio once did."""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
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
from bench.common.progress import Progress
from bench.common.storage import direct_obstacle
from bench.common.tables import count_of
from bench.experiment.charts import charts
from bench.experiment.corpus import File, make_files
from bench.experiment.page import as_page
from bench.experiment.report import FORMATS
from bench.experiment.results import Results, Setting, mode_title
from bench.experiment.running import READER, Step, run_all
from bench.experiment.ways import DEFAULT, WAYS

_DESCRIPTION = """\
Reads 1, 6, 12 and 24 files of 1 to 100 KB, again and again, a millisecond
apart, in each way that there is: cached and past the page cache (O_DIRECT).
Prints for each how long it took, and how many threads, how much memory and how
much of a processor. Each is measured in a process of its own, several times, in
a random order. The default takes about two minutes.
"""

_EPILOG = """\
Under "bazel run", relative paths begin at the folder where bazel was called.
Measure an optimised program: ./bazelw run -c opt //bench:experiment

Exit status: 0 if all was measured that this machine can, 1 if not, 2 if the
command line is wrong.
"""


def _microseconds(text: str) -> int:
    milliseconds = float(text)
    if not 0.001 <= milliseconds <= 60_000:
        raise ValueError
    return round(milliseconds * 1000)


_microseconds.__name__ = "number of milliseconds, 0.001 to 60000,"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="experiment",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="20 reads, once: to see that it works")
    size.add_argument("--full", action="store_true", help="1000 reads, five times: ten minutes")
    add("--reads", type=positive, metavar="N", help="how often the files are read (200)")
    add("--repetitions", type=positive, metavar="N", help="how often each is measured (3)")
    add(
        "--interval",
        type=_microseconds,
        default=1000,
        metavar="MS",
        help="between two reads, in milliseconds (1)",
    )
    add(
        "--files",
        type=positives,
        default=(1, 6, 12, 24),
        metavar="N,...",
        help="how many files are read at a time (1,6,12,24)",
    )
    add(
        "--rows",
        type=some_of({way.name: way for way in WAYS}, "row"),
        default=DEFAULT,
        metavar="NAME,...",
        help=f"of {', '.join(way.name for way in WAYS)}; or all (all but the last two)",
    )
    add(
        "--directory",
        type=user_path,
        default=user_path("."),
        metavar="DIR",
        help="makes its files in a new folder in DIR, and removes them (the current one)",
    )
    add("--format", choices=FORMATS, default="text", help="of what it prints (text)")
    add("--html", type=user_path, metavar="FILE", help="writes a page with charts and tables")
    add("--svg", type=user_path, metavar="DIR", help="writes each chart into a file in DIR")
    return parser


def _setting(options: argparse.Namespace, folder: Path, obstacle: str | None) -> Setting:
    reads, repetitions = (20, 1) if options.quick else (1000, 5) if options.full else (200, 3)
    return Setting(
        reads=options.reads or reads,
        interval=options.interval,
        repetitions=options.repetitions or repetitions,
        counts=options.files,
        ways=options.rows,
        direct_obstacle=obstacle,
        machine=describe_machine(folder, build_of(READER)),
    )


def _report(progress: Progress, step: Step) -> None:
    cell = step.cell
    what = f"{mode_title(cell.direct)}, {count_of(cell.files, 'file')}: {cell.way.title}"
    progress.report(step.number, step.total, what)


def _measure(options: argparse.Namespace) -> Results:
    prefix = "linux_aio_experiment_"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=options.directory) as name:
        folder = Path(name)
        most = max(options.files)
        files: Mapping[bool, Sequence[File]] = {
            False: make_files(folder / "cached", most, cached=True),
            True: make_files(folder / "direct", most, cached=False),
        }
        setting = _setting(options, folder, direct_obstacle(files[True][0].path, folder))
        progress = Progress()
        try:
            return run_all(setting, files, lambda step: _report(progress, step))
        finally:
            progress.end()


def _write(options: argparse.Namespace, results: Results) -> None:
    print(FORMATS[options.format](results), end="")
    if options.html:
        options.html.write_text(as_page(results), encoding="utf-8")
    if options.svg:
        options.svg.mkdir(parents=True, exist_ok=True)
        for chart in charts(results):
            (options.svg / f"{chart.name}.svg").write_text(chart.as_file(), encoding="utf-8")


def main() -> int:
    """The command; returns its exit status."""
    parser = _parser()
    options = parser.parse_args()
    if options.html and not options.html.parent.is_dir():  # said now, and not in two minutes
        parser.error(f"--html: there is no folder {options.html.parent}")
    clean_up_when_ended()
    try:
        _write(options, _measure(options))
    except (BenchmarkError, OSError) as error:
        print(f"experiment: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("experiment: interrupted", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
