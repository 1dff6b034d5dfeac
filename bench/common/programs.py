"""Runs the programs that are measured, each time as a new process."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_NOT_HERE = 3
"""The exit status where what is to be measured cannot be had."""


class BenchmarkError(Exception):
    """What ends a benchmark, for its user to read."""


class NotHere(Exception):
    """Why something cannot be measured on this machine."""


def call(program: Path, arguments: Sequence[str]) -> dict[str, Any]:
    """The line of JSON that it prints. Raises BenchmarkError and NotHere."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode == _NOT_HERE:
        raise NotHere(done.stderr.strip())
    if done.returncode != 0:
        raise BenchmarkError(f"{done.stderr.strip()} (exit status {done.returncode})")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def build_of(program: Path) -> str:
    """The compiler that it was built with, and whether it optimised."""
    command: Sequence[str | Path] = [program, "--version"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def not_optimised(build: str) -> str | None:
    """What to say of a program that was built so, if it is to be said."""
    if "not optimised" not in build:
        return None
    return "The program is not optimised, so these figures mean little: build with -c opt."
