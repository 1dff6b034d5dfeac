"""Results that nobody measured: each figure tells which cell it belongs to."""

from bench.experiment.results import Cell, Measurement, Results, Setting
from bench.experiment.ways import DEFAULT, WAYS

COUNTS = (1, 6)
WAY = {way.name: way for way in WAYS}


def made_up(direct_obstacle: str | None = None) -> Results:
    """Three measurements of each cell: with the least, the median and the most runtime."""
    setting = Setting(
        reads=200,
        interval=1500,
        repetitions=3,
        counts=COUNTS,
        ways=DEFAULT,
        direct_obstacle=direct_obstacle,
        machine={"kernel": "Linux <7.3>", "compiler": "g++ 12, optimised"},
    )
    results = Results(setting)
    for direct in setting.modes:
        for number, way in enumerate(DEFAULT, 1):
            for files in COUNTS:
                results.measured[Cell(way, files, direct)] = [
                    _measurement(number, files, direct, seconds) for seconds in (0.5, 0.25, 4.0)
                ]
    return results


def _measurement(number: int, files: int, direct: bool, seconds: float) -> Measurement:
    return Measurement(
        seconds=seconds * number + direct,
        cpu=(seconds * number + direct) / 4,
        threads=number,
        resident=1000 + 10 * number + files,
        written=100 + number,
        virtual=5000 * number,
    )
