"""Results that nobody measured."""

from collections.abc import Mapping, Sequence

from bench.device.engines import BY_NAME, ENGINES
from bench.device.results import Cell, Measurement, Results, Setting, Submission
from bench.device.workloads import MODES, PATTERNS, Workload

READS = Workload(PATTERNS["random_read"], MODES["direct"])
CACHED_READS = Workload(PATTERNS["random_read"], MODES["cached"])
DEPTHS = (1, 32, 256)


def one_round(iops: float, cpu: float = 1e-5, submits: bool = True) -> Measurement:
    """A second long; `cpu` is per request."""
    return Measurement(
        requests=round(iops),
        seconds=1,
        cpu=cpu * round(iops),
        sleeps=round(iops) // 2,
        latency={"p50": 12_345, "p99": 23_456, "p99.9": 3_456_789},
        submission=Submission(400, 100, 25, 0.001) if submits else None,
    )


def made_up(workloads: Sequence[Workload] = (READS,), repetitions: int = 3) -> Results:
    """Each engine does 10,000 IOPS at depth 1, and 320,000 at depth 32."""
    setting = Setting(
        workloads=workloads,
        depths=DEPTHS,
        engines=ENGINES,
        block_size=4096,
        seconds=0.2,
        repetitions=repetitions,
        file="a new file of 1 GiB",
        machine={"kernel": "Linux 7.3", "compiler": "g++ 12, optimised"},
    )
    results = Results(setting)
    for workload in workloads:
        for depth in DEPTHS:
            for engine in ENGINES:
                if engine.has_depth(depth):
                    submits = "aio" in engine.name and engine.name != "posix_aio"
                    one = one_round(10_000 * depth, submits=submits)
                    results.measured[Cell(workload, depth, engine)] = [one] * repetitions
    return results


def set_rounds(results: Results, depth: int, rounds: Mapping[str, Sequence[Measurement]]) -> None:
    """What engines, by name, measured at a depth of READS."""
    for name, measured in rounds.items():
        results.measured[Cell(READS, depth, BY_NAME[name])] = list(measured)
