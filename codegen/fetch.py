"""The command that brings the headers of the kernels into a cache."""

import argparse
import json
import os
import pwd
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from codegen.abis import ABIS
from codegen.command_line import user_path
from codegen.debian import Apt, find_mirror
from codegen.errors import CodegenError
from codegen.kernel_source import headers_of_package
from codegen.kernels import FILE, Pin, load_pins

COMMAND = "./bazelw run //codegen:fetch"

_DESCRIPTION = """\
Brings the headers of each kernel in codegen/kernels.toml, for all architectures, into a cache, and
its tables of system calls. They come from Debian's packages of the kernel's source (about 150 MB
each), through apt with a configuration of its own: the machine's is only asked for its mirror. A
kernel that is there already is left alone; an interrupted fetch goes on where it was.
"""
_EPILOG = f"""\
examples:
  {COMMAND}
  {COMMAND} -- --kernel 7.2 --cache /tmp/headers
"""


def default_cache() -> Path:
    """Where the headers lie: $LINUX_AIO_HEADERS, or a folder in the user's home.

    Not of $HOME, which Bazel gives its tests another of.
    """
    home = Path(pwd.getpwuid(os.getuid()).pw_dir, ".cache/linux_aio/headers")
    return Path(os.environ.get("LINUX_AIO_HEADERS", home))


def cached_tree(cache: Path, pin: Pin) -> Path | None:
    """The tree of a kernel, if it is there, whole, and of the package that is pinned now."""
    return cache / pin.kernel if _label(cache, pin) == _made_of(pin) else None


def _made_of(pin: Pin) -> dict[str, object]:
    """The label of a tree: what it is made of, and what is in it."""
    return {
        "package": pin.package,
        "version": pin.version,
        "sha256": pin.sha256,
        "holds": ["headers", "tables of system calls"],
    }


def _label(cache: Path, pin: Pin) -> dict[str, object]:
    """What the tree of a kernel says of itself, if there is one."""
    try:
        text = (cache / pin.kernel / "pin.json").read_text(encoding="utf-8")
        return dict(json.loads(text))
    except (OSError, ValueError, TypeError):
        return {}


def fetch(pins: Sequence[Pin], cache: Path, mirror: str | None) -> list[CodegenError]:
    """Brings what is missing; returns what went wrong, kernel by kernel."""
    errors = []
    missing = [pin for pin in pins if cached_tree(cache, pin) is None]
    for pin in pins:
        if pin not in missing:
            print(f"{pin.kernel}: there, {cache / pin.kernel}", flush=True)
    if not missing:
        return []
    try:
        cache.mkdir(parents=True, exist_ok=True)
        suites = list(dict.fromkeys(pin.suite for pin in missing))
        apt = Apt(cache / "apt", mirror or find_mirror(), suites)
        for pin in missing:
            try:
                _fetch_one(pin, cache, apt)
            except CodegenError as error:  # another kernel may be had all the same
                errors.append(error)
    except OSError as error:
        raise CodegenError(
            cache, f"cannot be written ({error})", "see to the folder, or name one: --cache DIR"
        ) from error
    return errors


def _fetch_one(pin: Pin, cache: Path, apt: Apt) -> None:
    start = time.monotonic()

    def say(what: str) -> None:
        print(f"{pin.kernel}: {time.monotonic() - start:3.0f} s  {what}", flush=True)

    if _label(cache, pin).get("sha256") == pin.sha256:
        say("there, but an older fetch did not keep the tables of system calls: making it anew")
    say(f"downloading {pin}")
    package = apt.download(pin)
    architectures = sorted({abi.kernel_arch for abi in ABIS})
    with tempfile.TemporaryDirectory(dir=cache, prefix=f".{pin.kernel}.") as temporary:
        tree = headers_of_package(package, architectures, Path(temporary), say)
        (tree / "pin.json").write_text(json.dumps(_made_of(pin), indent=2) + "\n", encoding="utf-8")
        final = cache / pin.kernel
        if final.exists():  # of another package
            final.rename(Path(temporary, "stale"))
        tree.rename(final)
    package.unlink()
    say(f"done, {final}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        pins = load_pins(options.pins)
        known = [pin.kernel for pin in pins]
        for kernel in options.kernel:
            if kernel not in known:
                raise CodegenError(
                    "--kernel", f"no kernel '{kernel}' is pinned", f"one of {', '.join(known)}"
                )
        wanted = [pin for pin in pins if pin.kernel in options.kernel or not options.kernel]
        errors = fetch(wanted, options.cache, options.mirror)
    except CodegenError as error:
        errors = [error]
    except KeyboardInterrupt:
        print("codegen: interrupted; what is whole is kept, run it again", file=sys.stderr)
        return 130
    for refusal in errors:
        print(f"codegen: {refusal}", file=sys.stderr)
    return 1 if errors else 0


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
        "--pins", type=user_path, metavar="FILE", default=FILE, help="default: codegen/kernels.toml"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
