"""The command that runs the tests on kernels of other architectures."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence

from codegen.cache import user_cache
from codegen.command_line import user_path
from codegen.errors import CodegenError
from tests.emulated.console import Suite
from tests.emulated.guest import Run, Settings, run
from tests.emulated.kernels import Kernel, load_kernels
from tests.emulated.machines import MACHINES
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
    try:
        kernels = _wanted(options)
        if options.list:
            print("\n".join(map(str, kernels)))
            return 0
        if missing := _made_ready(kernels, options):
            if not options.skip_missing:
                raise missing
            print(f"SKIPPED: {missing}")
            return 0
        runs = _run_all(kernels, options)
    except CodegenError as error:
        say(f"emulated: {error}")
        return 1
    except KeyboardInterrupt:
        say("emulated: interrupted")
        return 130
    print(as_markdown(runs) if options.format == "md" else as_text(runs))
    return 1 if any(one.failed for one in runs) else 0


def _made_ready(kernels: Sequence[Kernel], options: argparse.Namespace) -> CodegenError | None:
    """Sees to it that there are a QEMU and the kernels; else says what is missing."""
    try:
        for kernel in kernels:
            tool(f"qemu-system-{kernel.machine.qemu}", kernel.machine.package)
        for kernel in kernels:
            kernel.fetch(options.cache, options.mirror, lambda what: say(f"fetch: {what}"))
    except CodegenError as error:
        return error
    return None


def _run_all(kernels: Sequence[Kernel], options: argparse.Namespace) -> list[Run]:
    """Machine by machine, so that each is built for once."""
    runs = []
    for machine in MACHINES:
        of_machine = [kernel for kernel in kernels if kernel.machine == machine]
        if of_machine:
            say(f"building the tests for {machine.name}")
            programs = build(machine, options.suite)
            runs += [_run_one(kernel, programs, options) for kernel in of_machine]
    return runs


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

    say(f"{kernel}: {len(programs.suites)} suites")
    settings = Settings(options.time_limit, options.suite_limit, {**_SHORT, **dict(options.env)})
    done = run(kernel, options.cache, programs, settings, hear)
    if done.problem:
        say(f"{kernel}: {done.problem}")
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
