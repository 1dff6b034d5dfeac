"""Runs a benchmark's driver as its user does."""

import os
import subprocess
import sys
from typing import Any


def command_of(module: str) -> list[str]:
    """How it is called."""
    return [sys.executable, "-m", module]


def environment() -> dict[str, str]:
    """In which it finds what it imports."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def run(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
    """To its end, whatever that is."""
    return subprocess.run(
        command, env=environment(), capture_output=True, text=True, check=False, **how
    )
