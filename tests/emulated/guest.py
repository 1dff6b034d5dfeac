"""Boots a kernel in QEMU, with the suites on a disk, and reads its console to the end."""

import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.emulated.console import Console, Suite
from tests.emulated.kernels import Kernel
from tests.emulated.programs import Programs
from tests.emulated.tools import output_of, tool

_BOOT_LIMIT = 300
"""In seconds: a kernel that does not know its machine stops without a word."""
_MEMORY = "1G"
_DISK_SIZE = 1 << 30
"""Of a sparse file."""


@dataclass(frozen=True)
class Settings:
    """What is asked of a run."""

    time_limit: int
    """Of the machine, in seconds."""
    suite_limit: int
    """Of one suite, in seconds."""
    environment: Mapping[str, str]
    """Of the suites."""


@dataclass
class Run:
    """What came of a kernel and all suites."""

    kernel: Kernel
    console: Console
    seconds: float
    problem: str | None = None
    """Why it did not come to its end, or did not come up."""

    @property
    def passed(self) -> int:
        """How many test cases passed."""
        return sum(suite.passed for suite in self.console.suites)

    @property
    def failed(self) -> int:
        """How many did not, and whatever else went wrong."""
        return sum(suite.failed for suite in self.console.suites) + bool(self.problem)

    @property
    def skips(self) -> list[tuple[str, str]]:
        """Which suite did not run a part of it, and why, each reason once."""
        every = ((suite.name, why) for suite in self.console.suites for why in suite.skips)
        return list(dict.fromkeys(every))


def run(
    kernel: Kernel,
    cache: Path,
    programs: Programs,
    settings: Settings,
    hear: Callable[[str, Suite | None], None],
) -> Run:
    """Runs the suites on a kernel; `hear` gets each line, and the suite that it ends."""
    start = time.monotonic()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="linux_aio_emulated.") as temporary:
        folder = Path(temporary)
        command = _qemu(kernel, cache, folder, settings)
        _make_initramfs(folder, programs.init, kernel.place(cache) / "modules")
        _make_disk(folder, programs.suites)
        start = time.monotonic()
        over = _follow(command, settings.time_limit, console, hear)
    problem = _problem(console, over, set(programs.suites))
    return Run(kernel, console, time.monotonic() - start, problem)


def _problem(console: Console, over: str | None, wanted: set[str]) -> str | None:
    if console.problems:
        return "; ".join(console.problems)
    if over:
        said = " | ".join(console.tail[-3:])
        return f"{over}, but at: {said}" if said else f"{over}, and said nothing"
    if not console.done:
        return "ended too early: " + " | ".join(console.tail[-10:])
    missing = wanted - {suite.name for suite in console.suites}
    return f"did not run {', '.join(sorted(missing))}" if missing else None


def _qemu(kernel: Kernel, cache: Path, folder: Path, settings: Settings) -> Sequence[str]:
    machine = kernel.machine
    # Those that the kernel does not know become the environment of the first process.
    words = [f"console={machine.console}", "panic=-1", "quiet", "loglevel=1"]
    words += [f"suite_limit={settings.suite_limit}"]
    words += [f"{name}={value}" for name, value in settings.environment.items()]
    return [
        tool(f"qemu-system-{machine.qemu}", machine.package),
        *("-nodefaults", "-display", "none", "-no-reboot", "-m", _MEMORY, "-smp", "2"),
        *("-accel", "tcg"),
        *machine.options,
        *("-kernel", str(kernel.place(cache) / "image"), "-initrd", str(folder / "initramfs")),
        *("-append", " ".join(words)),
        *("-drive", f"file={folder / 'disk'},if=none,id=disk,format=raw,cache=unsafe"),
        *("-device", f"{machine.disk},drive=disk"),
    ]


def _make_initramfs(folder: Path, init: Path, modules: Path) -> None:
    root = folder / "root"
    shutil.copytree(modules, root / "modules")
    shutil.copy(init, root / "init")
    for name in ("bin", "dev", "disk", "proc", "sys", "tmp"):
        (root / name).mkdir()
    (root / "bin/sleep").symlink_to("/init")
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    command = ["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"]
    archive = output_of(command, "cpio", "\n".join(names).encode(), root)
    (folder / "initramfs").write_bytes(archive)


def _make_disk(folder: Path, suites: dict[str, Path]) -> None:
    content = folder / "content"
    (content / "suites").mkdir(parents=True)
    for name, path in suites.items():
        shutil.copy(path, content / "suites" / name.replace("/", "+"))
    disk = folder / "disk"
    with disk.open("wb") as file:
        file.truncate(_DISK_SIZE)
    output_of(["mke2fs", "-q", "-t", "ext4", "-d", str(content), str(disk)], "e2fsprogs")
    shutil.rmtree(content)


def _follow(
    command: Sequence[str],
    limit: int,
    console: Console,
    hear: Callable[[str, Suite | None], None],
) -> str | None:
    """Reads the console of a machine until it is off. Returns why it had to be switched off."""
    over: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as qemu:

        def switch_off(why: str) -> None:
            over.append(why)
            qemu.kill()

        boot_limit = min(limit, _BOOT_LIMIT)
        booting = threading.Timer(boot_limit, switch_off, [f"not up after {boot_limit} s"])
        running = threading.Timer(limit, switch_off, [f"not at its end after {limit} s"])
        booting.start()
        running.start()
        try:
            assert qemu.stdout is not None
            for line in qemu.stdout:
                hear(line.rstrip("\r\n"), console.read(line))
                if console.release:
                    booting.cancel()
        finally:
            booting.cancel()
            running.cancel()
            qemu.kill()
    return over[0] if over else None
