"""The charts: a bar for each way and number of files, in SVG."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.common.tables import count_of
from bench.experiment.results import CHARTED, Cell, Metric, Results, mode_title
from bench.experiment.tables import show_spread
from bench.experiment.templates import render

_WIDTH = 360  # that of a phone, so that text has its size there
_MARGIN = 10
_LEFT = 36  # of the bars
_LABEL = 78  # what is right of the longest bar, for its value
_TOP = 62
_LINE = 14
_GROUP = 12  # between two ways


@dataclass(frozen=True)
class Bar:
    """What was measured with so many files; coordinates are pixels."""

    number: int
    count: str
    middle: int
    end: float
    least: float
    most: float
    median: str
    label: str


@dataclass(frozen=True)
class Group:
    """A way."""

    title: str
    ours: bool
    baseline: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Chart:
    """A metric of all ways."""

    name: str
    """As an id, and for a file."""
    title: str
    unit: str
    logarithmic: bool
    height: int
    groups: Sequence[Group]
    width: int = _WIDTH
    margin: int = _MARGIN
    left: int = _LEFT

    def as_file(self) -> str:
        """An SVG file, light or dark as its reader has it."""
        return render("chart.svg.j2", chart=self, alone=True)

    def inline(self) -> str:
        """The same within a page that has the style."""
        return render("chart.svg.j2", chart=self, alone=False)


def charts(results: Results) -> Iterator[Chart]:
    """All that there are."""
    for direct in results.setting.modes:
        for metric in CHARTED:
            yield _chart(results, metric, direct)


def _chart(results: Results, metric: Metric, direct: bool) -> Chart:
    setting = results.setting
    place = _scale(results, metric, direct)
    group_height = _LINE * (1 + len(setting.counts)) + _GROUP
    groups = []
    for row, way in enumerate(results.ways):
        baseline = _TOP + row * group_height
        bars = []
        for line, files in enumerate(setting.counts, 1):
            values = results.spread(metric, Cell(way, files, direct))
            bars.append(
                Bar(
                    number=files,
                    count=count_of(files, "file"),
                    middle=baseline - 3 + line * _LINE,
                    end=place(values.median),
                    least=place(values.least),
                    most=place(values.most),
                    median=metric.show(values.median),
                    label=show_spread(values, metric),
                )
            )
        groups.append(Group(way.title, way.ours, baseline, bars))
    return Chart(
        name=f"{mode_title(direct).lower()}_{metric.name}",
        title=f"{mode_title(direct)}: {metric.title}",
        unit=metric.unit,
        logarithmic=metric.logarithmic,
        height=_TOP + len(groups) * group_height,
        groups=groups,
    )


def _scale(results: Results, metric: Metric, direct: bool) -> Callable[[float], float]:
    """From a value to where its bar ends. All charts of a metric have their own."""
    values = [
        metric.value(one)
        for cell in results.cells
        if cell.direct == direct
        for one in results.measured[cell]
    ]
    room = _WIDTH - _LEFT - _LABEL
    if not metric.logarithmic:
        most = max(*values, 1e-9)
        return lambda value: round(_LEFT + room * value / most, 1)
    low = math.floor(math.log10(min(values)))
    decades = max(math.log10(max(values)) - low, 1)
    return lambda value: round(_LEFT + room * (math.log10(value) - low) / decades, 1)
