"""Where it was measured: what kind of machine, not which one."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from bench.experiment.corpus import file_system
from bench.experiment.running import reader_build


def describe_machine(folder: Path) -> Mapping[str, str]:
    """What to say of this one, and of the disk that the folder is on."""
    kernel = os.uname()
    release = re.match(r"\d+\.\d+", kernel.release)
    return {
        "kernel": f"Linux {release.group() if release else kernel.release}, {kernel.machine}",
        "processors": f"{len(os.sched_getaffinity(0))} × {_processor()}",
        "file system": file_system(folder),
        "compiler": reader_build(),
        "load at the beginning": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^(?:model name|Model|cpu model)\s*: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else "unknown"
