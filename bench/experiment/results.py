"""What was measured, and what a cell of a table says of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.common.spread import Spread, spread
from bench.experiment.ways import Way


@dataclass(frozen=True)
class Measurement:
    """One process."""

    seconds: float
    cpu: float
    """In seconds, of all threads, in user space and in the kernel."""
    threads: int
    resident: int
    """In KiB, the program's code with it."""
    written: int
    """In KiB: of the resident what the process has written for itself alone."""
    virtual: int
    """In KiB, the most that there was."""

    @property
    def utilisation(self) -> float:
        """Of one processor: 1 is all of it."""
        return self.cpu / self.seconds


@dataclass(frozen=True)
class Metric:
    """What a table is about."""

    name: str
    title: str
    unit: str
    value: Callable[[Measurement], float]
    show: Callable[[float], str]
    logarithmic: bool = False
    """In a chart."""


def _show_kib(kib: float) -> str:
    if kib < 10_000:
        return f"{kib:,.0f} KiB"
    return f"{kib / 1024:,.0f} MiB"


def _show_seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _show_number(number: float) -> str:
    return f"{number:.0f}"


def _show_share(share: float) -> str:
    return f"{share:.1%}"


RUNTIME = Metric("runtime", "Runtime", "seconds", lambda one: one.seconds, _show_seconds)
THREADS = Metric("threads", "Threads", "at the end", lambda one: one.threads, _show_number, True)
PHYSICAL = Metric("memory", "Memory", "physical", lambda one: one.resident, _show_kib)
VIRTUAL = Metric("virtual", "Memory", "virtual, the most", lambda one: one.virtual, _show_kib)
WRITTEN = Metric("written", "Memory", "written", lambda one: one.written, _show_kib)
CPU_TIME = Metric("cpu_time", "CPU time", "seconds", lambda one: one.cpu, _show_seconds)
UTILISATION = Metric(
    "cpu", "CPU utilisation", "of one processor", lambda one: one.utilisation, _show_share
)
CHARTED = (RUNTIME, UTILISATION, PHYSICAL, THREADS)


@dataclass(frozen=True)
class Cell:
    """A way to read so many files."""

    way: Way
    files: int
    direct: bool


@dataclass(frozen=True)
class Setting:
    """What was to be measured, and where."""

    reads: int
    interval: int
    """In microseconds."""
    repetitions: int
    counts: Sequence[int]
    """Of files."""
    ways: Sequence[Way]
    direct_obstacle: str | None
    """Why there is no O_DIRECT."""
    machine: Mapping[str, str] = field(default_factory=dict)

    @property
    def modes(self) -> Sequence[bool]:
        """Without O_DIRECT, and with it."""
        return (False,) if self.direct_obstacle else (False, True)


@dataclass
class Results:
    """All of it."""

    setting: Setting
    measured: dict[Cell, list[Measurement]] = field(default_factory=dict)
    left_out: dict[Way, str] = field(default_factory=dict)
    """And why."""

    def spread(self, metric: Metric, cell: Cell) -> Spread:
        """Of a cell that was measured."""
        return spread([metric.value(one) for one in self.measured[cell]])

    @property
    def ways(self) -> Sequence[Way]:
        """Those that were measured."""
        return [way for way in self.setting.ways if way not in self.left_out]

    @property
    def cells(self) -> Sequence[Cell]:
        """Those that were measured, in the order of the tables."""
        return [
            cell
            for direct in self.setting.modes
            for files in self.setting.counts
            for cell in (Cell(way, files, direct) for way in self.ways)
            if cell in self.measured
        ]


def mode_title(direct: bool) -> str:
    """How the files were read."""
    return "O_DIRECT" if direct else "Cached"
