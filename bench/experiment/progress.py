"""Says on standard error how far the experiment is."""

import sys
import time

from bench.experiment.results import mode_title
from bench.experiment.running import Step
from bench.experiment.tables import count_of

_SECONDS_BETWEEN_LINES = 10


class Progress:
    """On a terminal one line that changes, elsewhere a line now and then."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._said = self._begun - _SECONDS_BETWEEN_LINES
        self._changes = sys.stderr.isatty()

    def report(self, step: Step) -> None:
        """A step begins."""
        now = time.monotonic()
        if not self._changes and now < self._said + _SECONDS_BETWEEN_LINES:
            return
        self._said = now
        cell = step.cell
        done = step.number - 1
        left = (now - self._begun) / done * (step.total - done) if done else None
        text = (
            f"[{step.number}/{step.total}] {mode_title(cell.direct)}, "
            f"{count_of(cell.files, 'file')}: {cell.way.title}"
            + (f"; {_duration(left)} left" if left is not None else "")
        )
        self._print(text)

    def end(self) -> None:
        """Nothing is left to do."""
        self._print("")

    def _print(self, text: str) -> None:
        if self._changes:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        elif text:
            print(text, file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
