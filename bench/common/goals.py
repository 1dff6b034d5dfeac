"""What linux_aio is to reach, and whether it does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.common.tables import Row, Table


@dataclass(frozen=True)
class Goal:
    """A goal, and what was measured."""

    text: str
    measured: float
    limit: float
    unit: str = ""
    whole: bool = False
    """Whether it is shown without decimals."""
    at_least: bool = False
    """Whether more is better."""

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def cells(self) -> Sequence[str]:
        """Of a row."""
        digits = 0 if self.whole else 2
        return (
            self.text,
            f"{'≥' if self.at_least else '≤'} {self.limit:.{digits}f}{self.unit}",
            f"{self.measured:.{digits}f}{self.unit}",
            "reached" if self.reached else "missed",
        )


def goal_table(goals: Iterable[Goal], measured: str) -> Table:
    """A row for each; `measured` is what they compare."""
    return Table(
        f"Goals of linux_aio, as {measured}",
        ("Goal", "Limit", "Measured", "Result"),
        [Row(goal.cells) for goal in goals],
    )


def goals_as_json(table: Table) -> Sequence[Mapping[str, str]]:
    """Those of a table."""
    heads = [head.lower() for head in table.heads]
    return [dict(zip(heads, row.cells, strict=True)) for row in table.rows]
