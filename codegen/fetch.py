"""The command that brings the headers of the kernels, and compilers, into a cache."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from codegen import cache as caches
from codegen.abis import ABIS
from codegen.cache import COMMAND, default_cache
from codegen.command_line import user_path
from codegen.compiler_package import compiler_of_package
from codegen.debian import Apt, find_mirror
from codegen.errors import CodegenError
from codegen.kernel_source import headers_of_package
from codegen.pins import FILE, Pin, load_pins

_DESCRIPTION = """\
Brings what codegen/pins.toml pins into a cache: the headers of each kernel, for all architectures,
with its tables of system calls, and cross compilers, of each of which only cc1plus is kept. They
come from Debian's packages of the kernel's source (about 150 MB each) and of GCC (about 9 MB each),
through apt with a configuration of its own: the machine's is only asked for its mirror, and nothing
is installed. What is there already is left alone; an interrupted fetch goes on where it was.
"""
_EPILOG = f"""\
examples:
  {COMMAND}
  {COMMAND} -- --compilers
  {COMMAND} -- --kernel 7.2 --cache /tmp/headers
"""


def fetch(pins: Sequence[Pin], cache: Path, mirror: str | None) -> list[CodegenError]:
    """Brings what is missing; returns what went wrong, pin by pin."""
    errors = []
    missing = [pin for pin in pins if caches.find(cache, pin) is None]
    for pin in pins:
        if pin not in missing:
            print(f"{pin.name}: there, {caches.place(cache, pin)}", flush=True)
    if not missing:
        return []
    try:
        cache.mkdir(parents=True, exist_ok=True)
        suites = list(dict.fromkeys(pin.suite for pin in missing))
        apt = Apt(cache / "apt", mirror or find_mirror(), suites)
        for pin in missing:
            try:
                _fetch_one(pin, cache, apt)
            except CodegenError as error:  # another may be had all the same
                errors.append(error)
    except OSError as error:
        raise CodegenError(
            cache, f"cannot be written ({error})", "see to the folder, or name one: --cache DIR"
        ) from error
    return errors


def _fetch_one(pin: Pin, cache: Path, apt: Apt) -> None:
    start = time.monotonic()

    def say(what: str) -> None:
        print(f"{pin.name}: {time.monotonic() - start:3.0f} s  {what}", flush=True)

    if caches.is_of_an_older_fetch(cache, pin):
        say("there, but an older fetch did not keep the tables of system calls: making it anew")
    say(f"downloading {pin}")
    package = apt.download(pin)
    with tempfile.TemporaryDirectory(dir=cache, prefix=f".{pin.name}.") as temporary:
        caches.put(cache, pin, _make(pin, package, Path(temporary), say), Path(temporary))
    package.unlink()
    say(f"done, {caches.place(cache, pin)}")


def _make(pin: Pin, package: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """Makes what is kept of a package, below `folder`."""
    if pin.kind == "compiler":
        return compiler_of_package(package, folder)
    return headers_of_package(package, sorted({abi.kernel_arch for abi in ABIS}), folder, say)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        errors = fetch(_wanted(options), options.cache, options.mirror)
    except CodegenError as error:
        errors = [error]
    except KeyboardInterrupt:
        print("codegen: interrupted; what is whole is kept, run it again", file=sys.stderr)
        return 130
    for refusal in errors:
        print(f"codegen: {refusal}", file=sys.stderr)
    return 1 if errors else 0


def _wanted(options: argparse.Namespace) -> list[Pin]:
    """The pins that were asked for: all, if none was named."""
    pins = load_pins(options.pins)
    known = [pin.name for pin in pins if pin.kind == "kernel"]
    for kernel in options.kernel:
        if kernel not in known:
            raise CodegenError(
                "--kernel", f"no kernel '{kernel}' is pinned", f"one of {', '.join(known)}"
            )
    named = [pin for pin in pins if pin.kind == "kernel" and pin.name in options.kernel]
    if options.compilers:
        named += [pin for pin in pins if pin.kind == "compiler"]
    return named or list(pins)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fetch",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--kernel",
        action="append",
        default=[],
        metavar="V",
        help="bring only this kernel, 7.2 say; repeatable",
    )
    parser.add_argument(
        "--compilers", action="store_true", help="bring only the compilers, and a --kernel"
    )
    parser.add_argument(
        "--cache",
        type=user_path,
        metavar="DIR",
        default=default_cache(),
        help="default: $LINUX_AIO_HEADERS or ~/.cache/linux_aio/headers",
    )
    parser.add_argument(
        "--mirror", metavar="URL", help="of Debian; default: the one in the machine's apt sources"
    )
    parser.add_argument(
        "--pins", type=user_path, metavar="FILE", default=FILE, help="default: codegen/pins.toml"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
