"""What a report consists of, whatever its format: tables of text, and sentences."""

from collections.abc import Iterator

from bench.common.goals import goal_table
from bench.common.programs import not_optimised
from bench.common.spread import Spread
from bench.common.tables import Row, Table, count_of
from bench.experiment.goals import goals
from bench.experiment.results import (
    PHYSICAL,
    RUNTIME,
    THREADS,
    UTILISATION,
    VIRTUAL,
    Cell,
    Metric,
    Results,
    mode_title,
)


def tables(results: Results) -> Iterator[Table]:
    """The four, without O_DIRECT and with it: a row for each way, a column for so many files."""
    for direct in results.setting.modes:
        for metric in (RUNTIME, THREADS, PHYSICAL, UTILISATION):
            yield _table(results, metric, direct)


def table_of_goals(results: Results) -> Table:
    """What is to be reached, and what was."""
    return goal_table(goals(results), "ratios of medians")


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
    reservation = not_optimised(setting.machine.get("compiler", ""))
    if reservation:
        yield reservation


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
