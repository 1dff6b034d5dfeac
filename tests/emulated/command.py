"""The command that runs the tests on kernels of other architectures."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from codegen.cache import user_cache
from codegen.command_line import user_path
from codegen.errors import CodegenError
from tests.emulated.console import Console, Suite
from tests.emulated.guest import Run, Settings, run
from tests.emulated.kernels import Kernel, load_kernels
from tests.emulated.machines import MACHINES, Machine
from tests.emulated.programs import Programs, build
from tests.emulated.table import as_markdown, as_text
from tests.emulated.tools import tool

_COMMAND = "./bazelw run //tests/emulated --"
_DESCRIPTION = """\
Boots a Debian kernel in a machine that QEMU emulates, and runs the tests of the raw layer, of the
kernel and of the safe layer in it, built for that machine, with their files on an ext4 of its disk.
Its kernel comes from Debian's mirror into a cache, pinned in tests/emulated/kernels.toml; nothing
is installed, and nothing else is left behind. The random tests are shorter than on a real machine,
unless --env says otherwise. The exit status is 0 if all that ran passed.
"""
_EPILOG = f"""\
examples:
  {_COMMAND} --arch aarch64
  {_COMMAND} --arch x86_64 --kernel 5.10 --suite 'kernel/*' --verbose
  {_COMMAND} --matrix --format md
"""


_SHORT = {"LINUX_AIO_TEST_STEPS": "1000", "LINUX_AIO_TEST_ROUNDS": "50"}
"""Of the tests in tests/mixture, for a processor that is emulated."""


def say(what: str) -> None:
    """Tells the user how far it is."""
    print(what, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is cleaned up
    options = _parser().parse_args(arguments)
    runs: list[Run] = []
    try:
        kernels = _wanted(options)
        if options.list:
            print("\n".join(map(str, kernels)))
            return 0
        for one in _run_all(kernels, options):
            runs.append(one)
    except CodegenError as error:
        say(f"emulated: {error}")
        return 1
    except KeyboardInterrupt:
        say("emulated: interrupted")
        return 130
    finally:  # what is known is not lost, whatever ends the rest
        if runs:
            print(as_markdown(runs) if options.format == "md" else as_text(runs))
    return 1 if any(one.failed for one in runs) else 0


def _missing(kernels: Sequence[Kernel], options: argparse.Namespace) -> dict[Kernel, str]:
    """Sees to it that there are a QEMU and the kernels; else says what is missing."""
    missing = {}
    for kernel in kernels:
        try:
            tool(f"qemu-system-{kernel.machine.qemu}", kernel.machine.package)
            kernel.fetch(options.cache, options.mirror, lambda what: say(f"fetch: {what}"))
        except CodegenError as error:
            missing[kernel] = str(error)
            say(f"emulated: {error}")
    return missing


def _run_all(kernels: Sequence[Kernel], options: argparse.Namespace) -> Iterator[Run]:
    """Machine by machine, so that each is built for once. What cannot run stops no other."""
    missing = _missing(kernels, options)
    if options.skip_missing and missing:
        print("\n".join(f"SKIPPED: {kernel}: {why}" for kernel, why in missing.items()))
        kernels = [kernel for kernel in kernels if kernel not in missing]
    done = 0
    for machine in MACHINES:
        of_machine = [kernel for kernel in kernels if kernel.machine == machine]
        is_needed = any(kernel not in missing for kernel in of_machine)
        programs = _built(machine, options) if is_needed else ""
        for kernel in of_machine:
            done += 1
            say(f"{kernel}: {done} of {len(kernels)}")
            why = missing.get(kernel, programs)
            yield _not_run(kernel, why) if isinstance(why, str) else _run_one(kernel, why, options)


def _built(machine: Machine, options: argparse.Namespace) -> Programs | str:
    """The programs for a machine, or why there are none."""
    say(f"building the tests for {machine.name}")
    try:
        return build(machine, options.suite)
    except CodegenError as error:
        return str(error)


def _not_run(kernel: Kernel, why: str) -> Run:
    say(f"{kernel}: {why}")
    return Run(kernel, Console(), 0, why)


def _run_one(kernel: Kernel, programs: Programs, options: argparse.Namespace) -> Run:
    start = time.monotonic()

    def hear(line: str, ended: Suite | None) -> None:
        if options.verbose:
            say(line)
        if ended:
            say(
                f"{kernel}: {time.monotonic() - start:4.0f} s  {ended.name}: {ended.passed} passed"
                + (f", {ended.failed} FAILED ({ended.ending})" if ended.failed else "")
            )
            if ended.failed and not options.verbose:
                say("\n".join(ended.output))

    settings = Settings(options.time_limit, options.suite_limit, {**_SHORT, **dict(options.env)})
    try:
        done = run(kernel, options.cache, programs, settings, hear)
    except CodegenError as error:
        return _not_run(kernel, str(error))
    if done.problem:
        say(f"{kernel}: {done.problem}")
    say(f"{kernel}: {done.passed} passed, {done.failed} failed in {done.seconds:.0f} s")
    return done


def _wanted(options: argparse.Namespace) -> list[Kernel]:
    """The kernels that were asked for: of a machine the newest, unless it is said otherwise."""
    kernels = list(load_kernels())
    if options.arch:
        kernels = [kernel for kernel in kernels if kernel.machine.name in options.arch]
    elif not (options.matrix or options.list):
        raise CodegenError("emulated", "no machine is named", "--arch aarch64, say, or --matrix")
    if options.kernel:
        known = ", ".join(dict.fromkeys(kernel.name for kernel in kernels))
        kernels = [kernel for kernel in kernels if kernel.name in options.kernel]
        if not kernels:
            raise CodegenError("--kernel", "no such kernel is pinned", f"one of {known}")
    elif not (options.matrix or options.list):
        usual = [kernel for kernel in kernels if "-" not in kernel.name]
        kernels = list({kernel.machine: kernel for kernel in usual}.values())
    return kernels


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals) or " " in text:
        raise argparse.ArgumentTypeError("give NAME=VALUE, without a space")
    return name, value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="emulated",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--arch",
        action="append",
        choices=[machine.name for machine in MACHINES],
        help="the machine; repeatable",
    )
    add("--kernel", action="append", metavar="V", help="6.1, say; default: the newest; repeatable")
    add("--matrix", action="store_true", help="all kernels that are pinned, of the machines named")
    add("--list", action="store_true", help="say which these are, and do nothing")
    add(
        "--suite",
        action="append",
        default=[],
        metavar="PATTERN",
        help="run only safe/run_test, say, or kernel/*; repeatable",
    )
    add(
        "--env",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="for the suites: LINUX_AIO_TEST_STEPS=1000, say; repeatable",
    )
    add("--format", choices=["text", "md"], default="text", help="of the table")
    add(
        "--time-limit",
        type=int,
        default=1800,
        metavar="S",
        help="of a machine; default: %(default)s",
    )
    add(
        "--suite-limit", type=int, default=300, metavar="S", help="of a suite; default: %(default)s"
    )
    add("--verbose", action="store_true", help="print all that the machine says")
    add(
        "--skip-missing",
        action="store_true",
        help="say SKIPPED and succeed if QEMU or a kernel cannot be had",
    )
    add(
        "--cache",
        type=user_path,
        metavar="DIR",
        default=user_cache("kernels"),
        help="of kernels; default: $LINUX_AIO_KERNELS or ~/.cache/linux_aio/kernels",
    )
    add("--mirror", metavar="URL", help="of Debian; default: the one in the machine's apt sources")
    return parser


if __name__ == "__main__":
    sys.exit(main())
