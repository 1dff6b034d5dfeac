"""The command that says what the recorded facts know: ABIs, kernels, values, and what changed."""

import argparse
import sys
from collections.abc import Sequence

from codegen.abis import ABIS, find_abi
from codegen.command_line import SOURCE, user_path
from codegen.drift import drift
from codegen.drift_report import as_json, as_markdown, as_text
from codegen.errors import CodegenError
from codegen.facts import label
from codegen.facts_files import load_history
from codegen.history import History

COMMAND = "./bazelw run //codegen:abi"

_EPILOG = f"""\
examples:
  {COMMAND} -- list
  {COMMAND} -- show --abi s390x --kernel 6.1 --format tsv
  {COMMAND} -- drift 6.1 7.2
"""
_FORMATS = {"text": as_text, "md": as_markdown, "json": as_json}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status: 1 if it is refused or the drift is breaking."""
    options = _parser().parse_args(arguments)
    try:
        history = load_history(options.facts)
        if not history.kernels:
            raise CodegenError(options.facts, "no facts here", "name another folder with --facts")
        if options.command == "list":
            print(_list(history), end="")
        elif options.command == "show":
            print(_show(history, options.abi, options.kernel, options.format), end="")
        else:
            old, new = (_known(history, kernel) for kernel in (options.old, options.new))
            found = drift(history, old, new)
            print(_FORMATS[options.format](found), end="")
            return 1 if found.severity == "breaking" else 0
    except CodegenError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    return 0


def _list(history: History) -> str:
    lines = [f"{len(ABIS)} ABIs"]
    for abi in ABIS:
        kernels = ", ".join(history.of_abi(abi.name)) or "none"
        lines.append(
            f"  {abi.name:12} {abi.word_bits} bits, {abi.byte_order:6}  since Linux {abi.since:6} "
            f"facts of {kernels}"
        )
    lines += ["", f"{len(history.kernels)} kernels"]
    for kernel in history.kernels:
        known = len(history.of_kernel(kernel))
        lines.append(f"  {kernel:6} {history.version(kernel):10} {known} ABIs")
    return "\n".join(lines) + "\n"


def _show(history: History, abi: str, kernel: str | None, form: str) -> str:
    find_abi(abi, asked_by="--abi")
    known = history.of_abi(abi)
    series = _known(history, kernel or history.kernels[-1])
    if series not in known:
        raise CodegenError(
            "--kernel",
            f"there are no facts of {abi} in Linux {series}",
            f"use one of {', '.join(known)}",
        )
    everywhere = {
        label(key)
        for one in history.kernels
        for facts in history.of_kernel(one).values()
        for key in facts.values()
    }
    values = {label(key): value for key, value in known[series].values().items()}
    rows = [(name, str(values.get(name, "-"))) for name in sorted(everywhere)]
    width = max(len(name) for name, _ in rows)
    return "".join(
        f"{name}\t{value}\n" if form == "tsv" else f"{name:{width}}  {value}\n"
        for name, value in rows
    )


def _known(history: History, kernel: str) -> str:
    """The series of a kernel that is given as 7.2, or as 7.2.12 if that is the one known."""
    for series in history.kernels:
        if kernel in (series, history.version(series)):
            return series
    known = ", ".join(history.version(series) for series in history.kernels)
    raise CodegenError(
        kernel, "there are no facts of this kernel", f"use one of {known}, or extract them"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="abi",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--facts",
        type=user_path,
        metavar="DIR",
        default=SOURCE / "codegen/facts",
        help="default: codegen/facts",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="the ABIs, and the kernels of which there are facts")
    show = commands.add_parser("show", help="all facts of one ABI; - is what it does not have")
    show.add_argument("--abi", required=True, metavar="NAME", help="x86_64, say; see list")
    show.add_argument("--kernel", metavar="V", help="default: the newest")
    show.add_argument("--format", choices=("text", "tsv"), default="text", help="default: text")
    compare = commands.add_parser(
        "drift",
        help="what changed between two kernels; exit status 1 if that is breaking",
        description="What changed between two kernels, for each ABI. Breaking: a number or a value "
        "changed, a layout moved, something is gone. To review: a mask grew, a field changed in "
        "its place. Additive: something is new.",
    )
    compare.add_argument("old", metavar="OLD", help="6.1, say; see list")
    compare.add_argument("new", metavar="NEW")
    compare.add_argument("--format", choices=tuple(_FORMATS), default="text", help="default: text")
    return parser


if __name__ == "__main__":
    sys.exit(main())
