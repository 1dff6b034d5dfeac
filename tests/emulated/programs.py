"""The programs that run in a machine, which Bazel builds for it."""

import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from codegen.command_line import SOURCE
from codegen.errors import CodegenError
from tests.emulated.machines import Machine

_INIT = "//tests/emulated:init"
_FOLDERS = ("raw", "kernel", "safe", "mixture")
"""Of tests, whose programs need nothing but a kernel and a folder."""


@dataclass(frozen=True)
class Programs:
    """What runs in the machine, built for it."""

    init: Path
    suites: dict[str, Path]
    """By name: safe/run_test."""


def build(machine: Machine, wanted: Sequence[str]) -> Programs:
    """Builds what runs in a machine: the suites whose names match a pattern, or all."""
    config = f"--config={machine.config}"
    names = [name for name in _suites() if matches(name, wanted)]
    if not names:
        raise CodegenError(" ".join(wanted), "no suite is called so", "safe/run_test, say")
    labels = [f"//tests/{name.replace('/', ':')}" for name in names]
    _bazel("build", "--keep_going", config, _INIT, *labels)
    folder = Path(_bazel("info", config, "bazel-bin")[-1], "tests")
    return Programs(folder / "emulated/init", {name: folder / name for name in names})


def matches(name: str, wanted: Sequence[str]) -> bool:
    """Whether a suite is one of those that are asked for."""
    return not wanted or any(fnmatch(name, pattern) for pattern in wanted)


def _suites() -> list[str]:
    """The names of all suites that can be built for any machine."""
    folders = " + ".join(f"//tests/{folder}/..." for folder in _FOLDERS)
    query = f"kind(cc_test, {folders})"
    # The long ones, and those of a sanitizer.
    for attribute, value in (("tags", "manual"), ("target_compatible_with", ":incompatible")):
        query += f" except attr({attribute}, '{value}', //tests/...)"
    labels = _bazel("query", query)
    return sorted(label.removeprefix("//tests/").replace(":", "/") for label in labels)


def _bazel(command: str, *arguments: str) -> list[str]:
    """The lines of what Bazel prints; what it says of its progress is the user's to see."""
    words = [str(SOURCE / "bazelw"), command, "--noshow_progress", *arguments]
    with subprocess.Popen(words, cwd=SOURCE, stdout=subprocess.PIPE, text=True) as bazel:
        try:
            output = str(bazel.communicate()[0])
        except BaseException:
            bazel.send_signal(signal.SIGINT)  # killed, it would build on
            raise
    if bazel.returncode:
        raise CodegenError("bazelw", f"{command} failed", "see what it says above")
    return output.splitlines()
