"""Tables of text, whatever the format of the report that they are in."""

from collections.abc import Sequence
from dataclasses import dataclass


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


def count_of(count: int, what: str) -> str:
    """With the plural of `what`, if it is one."""
    return f"{count} {what}{'' if count == 1 else 's'}"
