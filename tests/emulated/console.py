"""What an emulated machine says on its console, and what that means: see init.cpp."""

import re
from dataclasses import dataclass, field
from pathlib import PurePath

_MARK = "@@ "
_SUMMARIES = (
    # Catch2's, of a suite that passed and of one that did not.
    re.compile(r"All tests passed \(\d+ assertions? in (?P<passed>\d+) test cases?\)"),
    re.compile(r"test cases: +\d+ \|(?: +(?P<passed>\d+) passed)?[ |]*(?:(?P<failed>\d+) failed)?"),
)
_SKIPPED = "SKIPPED: "


@dataclass
class Suite:
    """What came of one test program."""

    name: str
    output: list[str] = field(default_factory=list)
    ending: str = "not ended"
    """How it ended: exit 0, signal 11, timeout 0."""
    seconds: float = 0

    @property
    def passed(self) -> int:
        """How many test cases passed."""
        return self._count("passed")

    @property
    def failed(self) -> int:
        """How many did not; a program that did not get to say so counts as one."""
        failed = self._count("failed")
        return failed or int(self.ending != "exit 0" or not self.passed)

    @property
    def skips(self) -> list[str]:
        """Why which part of it was not run."""
        return [line.removeprefix(_SKIPPED) for line in self.output if line.startswith(_SKIPPED)]

    def _count(self, what: str) -> int:
        for line in reversed(self.output):
            for summary in _SUMMARIES:
                if found := summary.search(line):
                    return int(found.groupdict().get(what) or 0)
        return 0


@dataclass
class Console:
    """Reads it line by line."""

    suites: list[Suite] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What the first process could not do."""
    release: str = ""
    """Of the kernel, as it calls itself."""
    page_size: int = 0
    done: bool = False
    tail: list[str] = field(default_factory=list)
    """The last lines: of the kernel's, if it died."""
    _current: Suite | None = None

    def read(self, line: str) -> Suite | None:
        """Takes in one line; returns the suite that it ends."""
        line = line.rstrip("\r\n")
        # Firmware need not end its last line, nor the kernel one that interrupts.
        _, mark, told = line.partition(_MARK)
        if not mark:
            if self._current:
                self._current.output.append(line)
            self.tail = [*self.tail[-30:], line]
            return None
        word, _, rest = told.partition(" ")
        if word == "end":
            return self._end(rest)
        if word == "begin":
            self._current = Suite(PurePath(rest).name.replace("+", "/"))
            self.suites.append(self._current)
        elif word == "kernel":
            self.release, page_size = rest.split(" ")
            self.page_size = int(page_size)
        elif word == "problem":
            self.problems.append(rest)
        elif word == "done":
            self.done = True
        return None

    def _end(self, told: str) -> Suite | None:
        ended, self._current = self._current, None
        if ended:
            ended.ending, _, seconds = told.rpartition(" ")
            ended.seconds = float(seconds)
        return ended
