"""What a report consists of, whatever its format: tables of text, and sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.experiment.goals import Goal, goals
from bench.experiment.results import (
    PHYSICAL,
    RUNTIME,
    THREADS,
    UTILISATION,
    VIRTUAL,
    Cell,
    Metric,
    Results,
    Spread,
    mode_title,
)


@dataclass(frozen=True)
class Row:
    """A line, whose first cell is its head."""

    cells: Sequence[str]
    ours: bool = False


@dataclass(frozen=True)
class Table:
    """With a head above each column."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Row]


def tables(results: Results) -> Iterator[Table]:
    """The four, without O_DIRECT and with it: a row for each way, a column for so many files."""
    for direct in results.setting.modes:
        for metric in (RUNTIME, THREADS, PHYSICAL, UTILISATION):
            yield _table(results, metric, direct)


def goal_table(results: Results) -> Table:
    """What is to be reached, and what was."""
    return Table(
        "Goals of linux_aio, as ratios of medians",
        ("Goal", "Limit", "Measured", "Result"),
        [Row(_goal_cells(goal)) for goal in goals(results)],
    )


def count_of(count: int, what: str) -> str:
    """With the plural of `what`, if it is one."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def show_spread(values: Spread, metric: Metric) -> str:
    """The median, and the least and most if they look other than it."""
    median, least, most = (metric.show(one) for one in (values.median, values.least, values.most))
    return median if least == most else f"{median} [{least}–{most}]"


def conditions(results: Results) -> Iterator[str]:
    """Under which it was measured."""
    setting = results.setting
    yield (
        f"{setting.reads} reads of all files, {setting.interval / 1000:g} ms between two; "
        f"{count_of(setting.repetitions, 'time')}, each in a new process, in random order: "
        "medians, and in brackets the least and the most."
    )
    yield "; ".join(f"{name}: {text}" for name, text in setting.machine.items()) + "."
    if "not optimised" in setting.machine.get("compiler", ""):
        yield "The reader is not optimised, so these figures mean little: build with -c opt."


def left_out(results: Results) -> Iterator[str]:
    """What was not measured, and why."""
    if results.setting.direct_obstacle:
        yield f"O_DIRECT: {results.setting.direct_obstacle}: --directory takes another folder"
    for way, why in results.left_out.items():
        yield f"{way.title}: {why}"


def explanations(results: Results) -> Iterator[tuple[str, str]]:
    """What the rows are."""
    for way in results.ways:
        yield way.title, way.what


def _table(results: Results, metric: Metric, direct: bool) -> Table:
    unit = "physical (virtual)" if metric is PHYSICAL else metric.unit
    counts = results.setting.counts
    return Table(
        f"{mode_title(direct)}: {metric.title}, {unit}",
        ["", *(count_of(count, "file") for count in counts)],
        [
            Row(
                [
                    way.title,
                    *(_cell(results, metric, Cell(way, count, direct)) for count in counts),
                ],
                way.ours,
            )
            for way in results.ways
        ],
    )


def _cell(results: Results, metric: Metric, cell: Cell) -> str:
    values = results.spread(metric, cell)
    if metric is PHYSICAL:
        virtual = results.spread(VIRTUAL, cell).median
        return f"{metric.show(values.median)} ({VIRTUAL.show(virtual)})"
    return show_spread(values, metric)


def _goal_cells(goal: Goal) -> Sequence[str]:
    digits = 0 if goal.whole else 2
    return (
        goal.text,
        f"≤ {goal.limit:.{digits}f}{goal.unit}",
        f"{goal.measured:.{digits}f}{goal.unit}",
        "reached" if goal.reached else "missed",
    )
