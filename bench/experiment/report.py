"""The results as text, Markdown and JSON."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from bench.experiment.results import Results, mode_title
from bench.experiment.tables import (
    Table,
    conditions,
    explanations,
    goal_table,
    left_out,
    tables,
)


def as_text(results: Results) -> str:
    """For a terminal."""
    return _report(results, _text_table, title="{}", item="  {}")


def as_markdown(results: Results) -> str:
    """For a page on GitHub, say."""
    return _report(results, _markdown_table, title="### {}\n", item="- {}")


def as_json(results: Results) -> str:
    """All that was measured, process by process."""
    setting = results.setting
    goals = goal_table(results)
    whole: dict[str, Any] = {
        "reads": setting.reads,
        "interval_microseconds": setting.interval,
        "repetitions": setting.repetitions,
        "machine": dict(setting.machine),
        "left_out": {way.name: why for way, why in results.left_out.items()}
        | ({"O_DIRECT": setting.direct_obstacle} if setting.direct_obstacle else {}),
        "cells": [
            {
                "way": cell.way.name,
                "files": cell.files,
                "mode": mode_title(cell.direct),
                "measured": [
                    asdict(one) | {"utilisation": round(one.utilisation, 6)}
                    for one in results.measured[cell]
                ],
            }
            for cell in results.cells
        ],
        "goals": [
            dict(zip((head.lower() for head in goals.heads), row.cells, strict=True))
            for row in goals.rows
        ],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Results], str]] = {
    "text": as_text,
    "md": as_markdown,
    "json": as_json,
}


def _report(results: Results, draw: Callable[[Table], str], title: str, item: str) -> str:
    blocks = ["\n".join(item.format(one) for one in conditions(results))]
    without = [item.format(f"LEFT OUT: {one}") for one in left_out(results)]
    if without:
        blocks.append("\n".join(without))
    blocks += [
        f"{title.format(one.title)}\n{draw(one)}"
        for one in (*tables(results), goal_table(results))
        if one.rows
    ]
    rows = [item.format(f"{name}: {what}") for name, what in explanations(results)]
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
