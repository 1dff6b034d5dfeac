"""Runs the reader once for each cell and repetition, each time as a new process."""

import json
import random
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.experiment.corpus import File
from bench.experiment.results import Cell, Measurement, Results, Setting

READER = Path(__file__).parent / "reader"
_NOT_HERE = 3
"""The reader's exit status where a way cannot be taken."""


class ExperimentError(Exception):
    """What ends the experiment, for its user to read."""


class _NotHere(Exception):
    pass


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

    `files` are those with and without O_DIRECT. Raises ExperimentError.
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
            except _NotHere as why:
                results.left_out[cell.way] = str(why)
                continue
            results.measured.setdefault(cell, []).append(one)
    return results


def reader_build() -> str:
    """The compiler that the reader was built with, and whether it optimised."""
    command: Sequence[str | Path] = [READER, "--version"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def _run(cell: Cell, setting: Setting, files: Sequence[File]) -> Measurement:
    said = _call(
        [
            *cell.way.arguments,
            *(["--direct"] if cell.direct else []),
            f"--reads={setting.reads}",
            f"--interval={setting.interval}",
            "--",
            *(str(file.path) for file in files),
        ]
    )
    for file, checksum in zip(files, said["checksums"], strict=True):
        if checksum != file.checksum:
            raise ExperimentError(f"{cell.way.title}: what was read of {file.path} is not in it")
    return Measurement(
        seconds=said["seconds"],
        cpu=said["user"] + said["system"],
        threads=said["threads"],
        resident=said["resident"],
        written=said["written"],
        virtual=said["virtual"],
    )


def _call(arguments: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run([READER, *arguments], capture_output=True, text=True, check=False)
    if done.returncode == _NOT_HERE:
        raise _NotHere(done.stderr.strip())
    if done.returncode != 0:
        raise ExperimentError(f"{done.stderr.strip()} (exit status {done.returncode})")
    said: dict[str, Any] = json.loads(done.stdout)
    return said
