"""What was measured, and what is made of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.common.spread import Spread, spread
from bench.device.engines import AGAIN, BASELINE, Engine
from bench.device.workloads import Workload


@dataclass(frozen=True)
class Submission:
    """What io_submit took, in a time of its own."""

    requests: int
    calls: int
    calls_that_slept: int
    seconds: float


@dataclass(frozen=True)
class Measurement:
    """One round."""

    requests: int
    seconds: float
    cpu: float
    """In seconds, of all threads, in user space and in the kernel."""
    sleeps: int
    """How often a thread gave up its processor to wait."""
    latency: Mapping[str, int]
    """Nanoseconds that so many percent do not exceed: p50, p99, p99.9."""
    submission: Submission | None
    """None where there is no io_submit."""

    @property
    def iops(self) -> float:
        """Requests in a second."""
        return self.requests / self.seconds

    @property
    def cpu_per_request(self) -> float:
        """In seconds."""
        return self.cpu / self.requests

    @property
    def sleeps_per_request(self) -> float:
        """Of all threads."""
        return self.sleeps / self.requests

    @property
    def submission_per_request(self) -> float | None:
        """In seconds, inside io_submit."""
        taken = self.submission
        return taken.seconds / taken.requests if taken else None

    @property
    def share_of_calls_that_slept(self) -> float | None:
        """Of those of io_submit."""
        taken = self.submission
        return taken.calls_that_slept / taken.calls if taken else None


Value = Callable[[Measurement], float]


@dataclass(frozen=True)
class Cell:
    """What has rounds."""

    workload: Workload
    depth: int
    engine: Engine


@dataclass(frozen=True)
class Setting:
    """What is to be measured, and where."""

    workloads: Sequence[Workload]
    depths: Sequence[int]
    engines: Sequence[Engine]
    block_size: int
    seconds: float
    repetitions: int
    file: str
    """What to say of it."""
    machine: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Known beforehand, and why."""


@dataclass
class Results:
    """All of it. A cell has a round for each repetition, in order."""

    setting: Setting
    measured: dict[Cell, list[Measurement]] = field(default_factory=dict)
    not_here: dict[Engine, str] = field(default_factory=dict)
    """Which engines, and why."""

    @property
    def engines(self) -> Sequence[Engine]:
        """Those that were measured."""
        return [one for one in self.setting.engines if one not in self.not_here]

    def cells(self, workload: Workload, depth: int) -> Sequence[Cell]:
        """Those that were measured, in the order of the tables."""
        cells = (Cell(workload, depth, engine) for engine in self.engines)
        return [cell for cell in cells if cell in self.measured]

    def spread(self, value: Value, cell: Cell) -> Spread:
        """Of a cell that was measured."""
        return spread([value(one) for one in self.measured[cell]])

    def ratio(self, value: Value, cell: Cell, other: Engine) -> Spread | None:
        """To what the other engine measured in the same repetition; None if it did not."""
        others = self.measured.get(Cell(cell.workload, cell.depth, other))
        if cell not in self.measured or not others:
            return None
        pairs = zip(self.measured[cell], others, strict=True)
        return spread([value(one) / value(base) for one, base in pairs])

    def noise(self, value: Value) -> Spread | None:
        """By how much the same differed when it was measured twice, in all workloads and depths;
        None if it was not."""
        found = list(self._noises(value))
        return spread(found) if found else None

    def _noises(self, value: Value) -> Iterator[float]:
        for workload in self.setting.workloads:
            for depth in self.setting.depths:
                ratio = self.ratio(value, Cell(workload, depth, AGAIN), BASELINE)
                if ratio is not None:
                    yield abs(ratio.median - 1)


def iops(one: Measurement) -> float:
    """Requests in a second."""
    return one.iops


def cpu_per_request(one: Measurement) -> float:
    """In seconds."""
    return one.cpu_per_request
