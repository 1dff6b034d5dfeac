"""The results as text, Markdown and JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bench.common import report
from bench.common.goals import goals_as_json
from bench.device.results import Cell, Results, cpu_per_request, iops
from bench.device.tables import report_of, table_of_goals


def as_json(results: Results) -> str:
    """All that was measured, round by round."""
    setting = results.setting
    whole: dict[str, Any] = {
        "file": setting.file,
        "block_size": setting.block_size,
        "seconds": setting.seconds,
        "repetitions": setting.repetitions,
        "machine": dict(setting.machine),
        "left_out": dict(setting.left_out)
        | {engine.name: why for engine, why in results.not_here.items()},
        "noise": {
            name: spread and asdict(spread)
            for name, spread in (
                ("iops", results.noise(iops)),
                ("cpu_time", results.noise(cpu_per_request)),
            )
        },
        "cells": [
            _cell(results, cell)
            for workload in setting.workloads
            for depth in setting.depths
            for cell in results.cells(workload, depth)
        ],
        "goals": goals_as_json(table_of_goals(results)),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Results], str]] = {
    "text": lambda results: report.as_text(report_of(results)),
    "md": lambda results: report.as_markdown(report_of(results)),
    "json": as_json,
}


def _cell(results: Results, cell: Cell) -> dict[str, Any]:
    return {
        "pattern": cell.workload.pattern.name,
        "mode": cell.workload.mode.name,
        "depth": cell.depth,
        "engine": cell.engine.name,
        "measured": [asdict(one) | {"iops": round(one.iops, 1)} for one in results.measured[cell]],
    }
