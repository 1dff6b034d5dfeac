"""The results as text, Markdown and JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bench.common import report
from bench.common.goals import goals_as_json
from bench.experiment.results import Results, mode_title
from bench.experiment.tables import conditions, explanations, left_out, table_of_goals, tables


def as_text(results: Results) -> str:
    """For a terminal."""
    return report.as_text(_report(results))


def as_markdown(results: Results) -> str:
    """For a page on GitHub, say."""
    return report.as_markdown(_report(results))


def as_json(results: Results) -> str:
    """All that was measured, process by process."""
    setting = results.setting
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
        "goals": goals_as_json(table_of_goals(results)),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Results], str]] = {
    "text": as_text,
    "md": as_markdown,
    "json": as_json,
}


def _report(results: Results) -> report.Report:
    return report.Report(
        conditions=list(conditions(results)),
        left_out=list(left_out(results)),
        tables=[*tables(results), table_of_goals(results)],
        explanations=list(explanations(results)),
    )
