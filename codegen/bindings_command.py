"""The command behind linux_aio_bindings (bazel/bindings.bzl): a tree of headers to bindings.

It writes where it is told, and nothing else: what Bazel declares is all it reads.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen.abi import Abi
from codegen.abis import find_abis
from codegen.bindings import bindings
from codegen.documentation import Documentation
from codegen.errors import CodegenError
from codegen.extract import extract
from codegen.facts_files import load_history
from codegen.output import write_files
from codegen.render import render


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        known = Documentation().symbols("constants")
        fresh = [
            extract(_tree_of(abi, options.headers), abi, known)
            for abi in find_abis(options.abi, asked_by="--abi")
        ]
        model, left_out = bindings(fresh, load_history(options.facts), options.asked_by)
        write_files(options.output, render(model))
    except CodegenError as error:
        print(_to_the_user_of_the_rule(f"{options.asked_by}: {error}"), file=sys.stderr)
        return 1
    for what in left_out:
        print(f"{options.asked_by}: left out: {what}", file=sys.stderr)
    return 0


def _tree_of(abi: Abi, trees: Sequence[Path]) -> Path:
    """The tree that has an ABI's headers: of several, the one named as its architecture is."""
    if len(trees) == 1:
        return trees[0]
    for name in (abi.kernel_arch, *abi.triplets):
        for tree in trees:
            if name in tree.parts:
                return tree
    raise CodegenError(
        trees[0],
        f"one of {len(trees)} trees of headers, none of which is for {abi.name}",
        f"put one below a folder called {' or '.join((abi.kernel_arch, *abi.triplets))}",
    )


def _to_the_user_of_the_rule(line: str) -> str:
    """What the user has written is not our options but the rule's attributes."""
    return line.replace("--headers", "kernel_headers").replace("--abi", "abis")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bindings", description=__doc__)
    parser.add_argument(
        "--headers",
        action="append",
        required=True,
        type=Path,
        metavar="DIR",
        help="a tree of kernel headers; repeatable, if each architecture has its own",
    )
    parser.add_argument("--abi", action="append", required=True, metavar="NAME", help="repeatable")
    parser.add_argument("--facts", type=Path, required=True, metavar="DIR")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--asked-by", required=True, metavar="LABEL", help="the target, for messages and banners"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
