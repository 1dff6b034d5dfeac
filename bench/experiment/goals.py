"""What linux_aio is to reach, as ratios within one run."""

import statistics
from collections.abc import Iterator

from bench.common.goals import Goal
from bench.experiment.results import (
    PHYSICAL,
    RUNTIME,
    THREADS,
    CPU_TIME,
    WRITTEN,
    Cell,
    Metric,
    Results,
)

_OURS = ("linux_aio", "linux_aio_late", "linux_aio_absolute")


class _Medians:
    """Of what was measured, by the names of ways."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._ways = {way.name: way for way in results.ways}

    def has(self, *ways: str) -> bool:
        """Whether all were measured."""
        return all(way in self._ways for way in ways)

    def get(self, metric: Metric, way: str, files: int, direct: bool) -> float:
        """Of a cell."""
        return self._results.spread(metric, Cell(self._ways[way], files, direct)).median


def goals(results: Results) -> Iterator[Goal]:
    """Those for which there is what they compare."""
    medians = _Medians(results)
    counts = results.setting.counts
    modes = results.setting.modes
    cells = [
        (way, files, direct)
        for way in _OURS
        if medians.has(way)
        for files in counts
        for direct in modes
    ]
    if not cells:
        return
    yield Goal("Threads", max(medians.get(THREADS, *cell) for cell in cells), 1, whole=True)
    if medians.has("open_read"):
        for metric, what in ((PHYSICAL, "Memory"), (WRITTEN, "Memory written")):
            more = statistics.median(
                medians.get(metric, *cell) - medians.get(metric, "open_read", *cell[1:])
                for cell in cells
            )
            yield Goal(
                f"{what} beyond that of open, read; median of all cells",
                more,
                64,
                " KiB",
                whole=True,
            )
    most = max(counts)
    if medians.has("linux_aio", "pread"):
        yield Goal(
            f"CPU time, cached, {most} files: linux_aio / pread",
            medians.get(CPU_TIME, "linux_aio", most, False)
            / medians.get(CPU_TIME, "pread", most, False),
            1.1,
        )
    for way, limit in (("linux_aio", 0.65), ("linux_aio_late", 0.35)):
        if True in modes and medians.has(way, "open_read"):
            yield Goal(
                f"Runtime, O_DIRECT, {most} files: {way} / open_read",
                medians.get(RUNTIME, way, most, True)
                / medians.get(RUNTIME, "open_read", most, True),
                limit,
            )
