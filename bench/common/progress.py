"""Says on standard error how far a benchmark is."""

import sys
import time

_SECONDS_BETWEEN_LINES = 10


class Progress:
    """On a terminal one line that changes, elsewhere a line now and then."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._said = self._begun - _SECONDS_BETWEEN_LINES
        self._changes = sys.stderr.isatty()

    def report(self, number: int, total: int, what: str) -> None:
        """A step begins, which is the `number`th, from 1."""
        now = time.monotonic()
        if not self._changes and now < self._said + _SECONDS_BETWEEN_LINES:
            return
        self._said = now
        done = number - 1
        left = (now - self._begun) / done * (total - done) if done else None
        self._print(
            f"[{number}/{total}] {what}" + (f"; {duration(left)} left" if left is not None else "")
        )

    def end(self) -> None:
        """Nothing is left to do."""
        self._print("")

    def _print(self, text: str) -> None:
        if self._changes:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        elif text:
            print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """In minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
