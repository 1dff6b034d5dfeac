"""A report as text and as Markdown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.common.tables import Table


@dataclass(frozen=True)
class Report:
    """What it consists of."""

    conditions: Sequence[str]
    """Under which it was measured."""
    left_out: Sequence[str]
    """What was not measured, and why."""
    tables: Sequence[Table]
    explanations: Sequence[tuple[str, str]]
    """What the rows are."""


def as_text(report: Report) -> str:
    """For a terminal."""
    return _draw(report, _text_table, title="{}", item="  {}")


def as_markdown(report: Report) -> str:
    """For a page on GitHub, say."""
    return _draw(report, _markdown_table, title="### {}\n", item="- {}")


def _draw(report: Report, draw: Callable[[Table], str], title: str, item: str) -> str:
    blocks = ["\n".join(item.format(one) for one in report.conditions)]
    if report.left_out:
        blocks.append("\n".join(item.format(f"LEFT OUT: {one}") for one in report.left_out))
    blocks += [f"{title.format(one.title)}\n{draw(one)}" for one in report.tables if one.rows]
    rows = [item.format(f"{name}: {what}") for name, what in report.explanations]
    blocks.append(title.format("The rows") + "\n" + "\n".join(rows))
    return "\n\n".join(blocks) + "\n"


def _text_table(table: Table) -> str:
    lines = [table.heads, *(row.cells for row in table.rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(_text_line(line, widths) for line in lines)


def _text_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  " + "  ".join((first, *others)).rstrip()


def _markdown_table(table: Table) -> str:
    rule = ["---", *("--:" for _ in table.heads[1:])]
    lines = [table.heads, rule, *(row.cells for row in table.rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
