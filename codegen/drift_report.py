"""A drift as text, as Markdown for a pull request, and as JSON for a program."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from codegen.drift import SEVERITIES, Change, Drift


def as_text(drift: Drift) -> str:
    """For a terminal."""
    lines = [f"Linux {drift.old} -> {drift.new}: {drift.severity}"]
    width = max((len(change.symbol) for change in drift.changes), default=0)
    for severity, changes in _by_severity(drift):
        lines += ["", severity]
        lines += [
            f"  {change.symbol:{width}}  {change.what} ({_abis(drift, change)})"
            for change in changes
        ]
    return "\n".join(lines) + "\n"


def as_markdown(drift: Drift) -> str:
    """For a description of the change that brings the new kernel."""
    lines = [f"# Linux {drift.old} → {drift.new}: {drift.severity}"]
    for severity, changes in _by_severity(drift):
        lines += ["", f"## {severity.capitalize()}", ""]
        lines += ["| symbol | change | ABIs |", "| --- | --- | --- |"]
        lines += [
            f"| `{change.symbol}` | {change.what} | {_abis(drift, change)} |" for change in changes
        ]
    return "\n".join(lines) + "\n"


def as_json(drift: Drift) -> str:
    """For a program; each change with all its ABIs."""
    return json.dumps({"severity": drift.severity, **asdict(drift)}, indent=2) + "\n"


def _by_severity(drift: Drift) -> Iterator[tuple[str, list[Change]]]:
    for severity in SEVERITIES:
        changes = [change for change in drift.changes if change.severity == severity]
        if changes:
            yield severity, changes


def _abis(drift: Drift, change: Change) -> str:
    return "all ABIs" if change.abis == drift.common else ", ".join(change.abis)
