"""Where it was measured: what kind of machine, not which one."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from bench.common.storage import file_system


def describe_machine(place: Path, compiler: str) -> Mapping[str, str]:
    """What to say of this one, of the disk that `place` is on, and of what is measured there."""
    kernel = os.uname()
    release = re.match(r"\d+\.\d+", kernel.release)
    return {
        "kernel": f"Linux {release.group() if release else kernel.release}, {kernel.machine}",
        "processors": f"{len(os.sched_getaffinity(0))} × {_processor()}",
        "file system": file_system(place),
        "compiler": compiler,
        "load at the beginning": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^(?:model name|Model|cpu model)\s*: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else "unknown"
