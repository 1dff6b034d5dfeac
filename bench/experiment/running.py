"""Runs the reader once for each cell and repetition, each time as a new process."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.common.programs import BenchmarkError, NotHere, call
from bench.experiment.corpus import File
from bench.experiment.results import Cell, Measurement, Results, Setting

READER = Path(__file__).parent / "reader"


@dataclass(frozen=True)
class Step:
    """A process that is about to run."""

    number: int
    """From 1."""
    total: int
    repetition: int
    """From 1."""
    cell: Cell


def run_all(
    setting: Setting, files: Mapping[bool, Sequence[File]], report: Callable[[Step], None]
) -> Results:
    """Measures all cells, in a new order for each repetition.

    `files` are those with and without O_DIRECT. Raises BenchmarkError.
    """
    results = Results(setting)
    cells = [
        Cell(way, count, direct)
        for direct in setting.modes
        for count in setting.counts
        for way in setting.ways
    ]
    order = random.Random()
    for repetition in range(setting.repetitions):
        for number, cell in enumerate(order.sample(cells, len(cells)), repetition * len(cells) + 1):
            if cell.way in results.left_out:
                continue
            report(Step(number, setting.repetitions * len(cells), repetition + 1, cell))
            try:
                one = _run(cell, setting, files[cell.direct][: cell.files])
            except NotHere as why:
                results.left_out[cell.way] = str(why)
                continue
            results.measured.setdefault(cell, []).append(one)
    return results


def _run(cell: Cell, setting: Setting, files: Sequence[File]) -> Measurement:
    said = call(
        READER,
        [
            *cell.way.arguments,
            *(["--direct"] if cell.direct else []),
            f"--reads={setting.reads}",
            f"--interval={setting.interval}",
            "--",
            *(str(file.path) for file in files),
        ],
    )
    for file, checksum in zip(files, said["checksums"], strict=True):
        if checksum != file.checksum:
            raise BenchmarkError(f"{cell.way.title}: what was read of {file.path} is not in it")
    return Measurement(
        seconds=said["seconds"],
        cpu=said["user"] + said["system"],
        threads=said["threads"],
        resident=said["resident"],
        written=said["written"],
        virtual=said["virtual"],
    )
