"""What the engines do: which blocks, in which direction, past the page cache or through it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """Which blocks, and whether they are written."""

    name: str
    title: str
    arguments: Sequence[str]

    @property
    def writes(self) -> bool:
        """Else it reads."""
        return "--write" in self.arguments


@dataclass(frozen=True)
class Mode:
    """How the page cache is used."""

    name: str
    title: str
    arguments: Sequence[str]


DIRECT = Mode("direct", "O_DIRECT", ("--direct",))
CACHED = Mode("cached", "buffered, cached", ())
COLD = Mode("cold", "buffered, cold", ("--cold",))

PATTERNS = {
    pattern.name: pattern
    for pattern in (
        Pattern("random_read", "Random reads", ()),
        Pattern("sequential_read", "Sequential reads", ("--sequential",)),
        Pattern("random_write", "Random writes", ("--write",)),
        Pattern("sequential_write", "Sequential writes", ("--write", "--sequential")),
    )
}
MODES = {mode.name: mode for mode in (DIRECT, CACHED, COLD)}


@dataclass(frozen=True)
class Workload:
    """A pattern in a mode."""

    pattern: Pattern
    mode: Mode

    @property
    def title(self) -> str:
        """In tables."""
        return f"{self.pattern.title}, {self.mode.title}"

    @property
    def arguments(self) -> Sequence[str]:
        """For the program that is measured."""
        return (*self.pattern.arguments, *self.mode.arguments)


def workloads(patterns: Sequence[Pattern], modes: Sequence[Mode]) -> Iterator[Workload]:
    """Of all these; a write of whole blocks is never cold."""
    for mode in modes:
        for pattern in patterns:
            if not (pattern.writes and mode is COLD):
                yield Workload(pattern, mode)
