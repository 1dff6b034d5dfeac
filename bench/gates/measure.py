"""What a program costs, exactly: by valgrind, as the difference of two run lengths."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROUNDS = (10, 110)


@dataclass(frozen=True)
class Counts:
    """What valgrind counted in one run, or what one request costs."""

    instructions: float
    system_calls: float
    allocations: float

    def per_request(self, shorter: "Counts", requests: int) -> "Counts":
        """What each of the `requests` costs that a shorter run had not."""
        return Counts(
            (self.instructions - shorter.instructions) / requests,
            (self.system_calls - shorter.system_calls) / requests,
            (self.allocations - shorter.allocations) / requests,
        )


def missing() -> str | None:
    """Why nothing can be measured here, if so."""
    return None if shutil.which("valgrind") else "there is no valgrind: apt-get install valgrind"


def valgrind(tool: str, command: list[str], *options: str) -> str:
    """Runs the command under a tool of valgrind; returns what valgrind says."""
    run = subprocess.run(
        ["valgrind", f"--tool={tool}", *options, *command],
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return run.stdout + run.stderr


def number(pattern: str, text: str) -> int:
    """The number that the pattern finds in what valgrind says."""
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"valgrind does not say {pattern}:\n{text}")
    return int(found.group(1).replace(",", ""))


def run_counts(command: list[str]) -> Counts:
    """What the whole of one run costs."""
    counted = valgrind("callgrind", command, "--callgrind-out-file=/dev/null")
    traced = valgrind("memcheck", command, "--trace-syscalls=yes", "--leak-check=no")
    # A call that may wait is told of twice, the second time as what it returned.
    calls = re.findall(r"^SYSCALL\[\d+,\d+\]\(\s*\d+\) (?!\.\.\. \[async\])", traced, re.MULTILINE)
    return Counts(
        instructions=number(r"Collected : (\d+)", counted),
        system_calls=len(calls),
        allocations=number(r"total heap usage: ([\d,]+) allocs", traced),
    )


def cost(program: str, shape: str, batch: int) -> Counts:
    """What a request of this shape costs."""
    short, long = (run_counts([program, shape, str(rounds)]) for rounds in ROUNDS)
    return long.per_request(short, (ROUNDS[1] - ROUNDS[0]) * batch)


def lines(header: str, folders: list[str]) -> int:
    """What a compiler has to read for a header: lines that are not empty, of all it includes."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "header.cpp"
        source.write_text(f"#include <{header}>\n", encoding="utf-8")
        command = ["g++", "-std=c++23", "-E", "-P", *(f"-I{folder}" for folder in folders)]
        said = subprocess.run([*command, source], check=True, capture_output=True, text=True)
        return len(said.stdout.splitlines())
