"""What came of each run, as a table: in text, or in Markdown."""

from collections.abc import Sequence

from tests.emulated.guest import Run

_HEAD = ("architecture", "kernel", "page", "passed", "failed", "skipped", "seconds")
_NUMBERS = 2
"""The first column that is of numbers."""


def as_text(runs: Sequence[Run]) -> str:
    """The table, in columns, with what went wrong and what was skipped below it."""
    rows = [_HEAD, *map(_row, runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "  ".join(_aligned(word, width, column >= _NUMBERS) for column, (word, width) in cells)
        for cells in (enumerate(zip(row, widths)) for row in rows)
    ]
    lines += [f"FAILED: {line}" for line in _failures(runs)]
    lines += [f"skipped: {line}" for line in _skips(runs)]
    return "\n".join(line.rstrip() for line in lines)


def as_markdown(runs: Sequence[Run]) -> str:
    """The same for a README."""
    rule = ["---"] * _NUMBERS + ["---:"] * (len(_HEAD) - _NUMBERS)
    lines = [f"| {' | '.join(row)} |" for row in (_HEAD, rule, *map(_row, runs))]
    for title, items in (("Failed", _failures(runs)), ("Skipped", _skips(runs))):
        if items:
            lines += ["", f"{title}:", "", *(f"- {item}" for item in items)]
    return "\n".join(lines)


def _aligned(word: str, width: int, is_number: bool) -> str:
    return word.rjust(width) if is_number else word.ljust(width)


def _row(run: Run) -> tuple[str, ...]:
    kibibytes = run.console.page_size // 1024
    return (
        run.kernel.machine.name,
        run.console.release or run.kernel.name,
        f"{kibibytes} KiB" if kibibytes else "",
        str(run.passed),
        str(run.failed),
        str(len(run.skips)),
        f"{run.seconds:.0f}",
    )


def _failures(runs: Sequence[Run]) -> list[str]:
    failures = []
    for run in runs:
        for suite in run.console.suites:
            if suite.failed:
                how = f"{suite.failed} failed" if suite.ending != "timeout 0" else "timed out"
                failures.append(f"{run.kernel}: {suite.name}: {how} ({suite.ending})")
        if run.problem:
            failures.append(f"{run.kernel}: {run.problem}")
    return failures


def _skips(runs: Sequence[Run]) -> list[str]:
    """Each reason once, with where it holds."""
    where: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for skip in run.skips:
            where.setdefault(skip, []).append(str(run.kernel))
    return [
        f"{suite}: {why} ({'all' if len(kernels) == len(runs) > 1 else ', '.join(kernels)})"
        for (suite, why), kernels in where.items()
    ]
