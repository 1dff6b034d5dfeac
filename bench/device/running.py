"""Runs device_round once for each cell and repetition, each time as a new process."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.common.programs import BenchmarkError, NotHere, call
from bench.device.engines import Engine
from bench.device.results import Cell, Measurement, Results, Setting, Submission
from bench.device.workloads import CACHED, Workload

ROUND = Path(__file__).parent / "device_round"
_CHECKED_DEPTH = 8
_CHUNK = 1 << 23
_SECONDS_OF_A_PROCESS = 0.08
"""To begin and to end; destroying a context takes some 30 ms."""


@dataclass(frozen=True)
class Step:
    """A process that is about to run."""

    number: int
    """From 1."""
    total: int
    what: str


def run_all(setting: Setting, path: str, report: Callable[[Step], None]) -> Results:
    """Measures all cells, depth by depth, the engines in a new order each time.

    A ratio is of rounds that follow each other, for disks and neighbours change. First each engine
    has to transfer some blocks rightly. Raises BenchmarkError.
    """
    results = Results(setting)
    numbers = iter(range(1, steps(setting) + 1))

    def begin(what: str) -> None:
        report(Step(next(numbers), steps(setting), what))

    for workload in setting.workloads:
        if workload.mode is CACHED:
            _read_into_page_cache(path)
        for engine in setting.engines:
            begin(f"{workload.title}: checking {engine.title}")
            if engine not in results.not_here:
                _check(workload, engine, results, path)
        for cell in _rounds(workload, setting):
            begin(f"{workload.title}, depth {cell.depth}: {cell.engine.title}")
            if cell.engine not in results.not_here:
                results.measured.setdefault(cell, []).append(_measure(cell, setting, path))
    return results


def steps(setting: Setting) -> int:
    """How many processes run, if all engines are there."""
    cells = sum(engine.has_depth(depth) for engine in setting.engines for depth in setting.depths)
    return len(setting.workloads) * (len(setting.engines) + cells * setting.repetitions)


def estimate(setting: Setting) -> float:
    """How many seconds it takes about: half of the engines measure io_submit, too."""
    return steps(setting) * (setting.seconds * (1 + 1 / 5 + 1 / 6) + _SECONDS_OF_A_PROCESS)


def _rounds(workload: Workload, setting: Setting) -> Iterator[Cell]:
    for _ in range(setting.repetitions):
        for depth in random.sample(setting.depths, len(setting.depths)):
            for engine in random.sample(setting.engines, len(setting.engines)):
                if engine.has_depth(depth):
                    yield Cell(workload, depth, engine)


def _check(workload: Workload, engine: Engine, results: Results, path: str) -> None:
    depth = min(_CHECKED_DEPTH, engine.most_depth or _CHECKED_DEPTH)
    try:
        said = _call(Cell(workload, depth, engine), results.setting, path, ["--check"])
    except NotHere as why:
        results.not_here[engine] = str(why)
        return
    if said["compared"] < said["requests"]:
        raise BenchmarkError(f"{engine.title}: not all blocks were compared")


def _measure(cell: Cell, setting: Setting, path: str) -> Measurement:
    milliseconds = round(setting.seconds * 1000)
    times = [f"--milliseconds={milliseconds}"]
    if "--cold" not in cell.workload.arguments:  # which would be warm
        times.append(f"--warm-up={max(milliseconds // 5, 1)}")
    said = _call(cell, setting, path, times)
    if not said["requests"]:
        raise BenchmarkError(
            f"{cell.workload.title}, depth {cell.depth}: {cell.engine.title} completed nothing in "
            f"{setting.seconds:g} s: --seconds takes more"
        )
    submission = said["submission"]
    return Measurement(
        requests=said["requests"],
        seconds=said["seconds"],
        cpu=said["user"] + said["system"],
        sleeps=said["sleeps"],
        latency=said["latency"],
        submission=submission and Submission(**submission),
    )


def _call(cell: Cell, setting: Setting, path: str, options: Sequence[str]) -> dict[str, Any]:
    arguments = (
        *cell.engine.arguments,
        *cell.workload.arguments,
        f"--depth={cell.depth}",
        f"--block={setting.block_size}",
        *options,
        "--",
        path,
    )
    return call(ROUND, arguments)


def _read_into_page_cache(path: str) -> None:
    with open(path, "rb", buffering=0) as file:
        while file.read(_CHUNK):
            pass
