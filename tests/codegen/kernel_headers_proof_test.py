"""Clang, for the target of each ABI: bindings, facts and the kernel's own headers are one.

For each kernel whose headers are in the cache of //codegen:fetch. They are read as C++ here, beside
the bindings, and no value goes through the generator.
"""

import dataclasses
import unittest
from collections.abc import Mapping
from pathlib import Path

from codegen.abis import find_abi
from codegen.facts import AbiFacts
from codegen.tree import find_headers
from tests.codegen.assertions import HISTORY, NEWEST, bindings_program, headers_program
from tests.codegen.cached import kernel_trees
from tests.codegen.compiling import GENERATED, compile_for


def complaints(
    tree: Path, facts: AbiFacts, newest: AbiFacts, changed: Mapping[str, str] | None = None
) -> list[str]:
    """What clang says if one ABI's headers, the bindings and the facts come together."""
    abi = find_abi(facts.abi, "test")
    headers = find_headers(tree, abi)
    code = headers_program(headers.names, facts, newest)
    return compile_for(abi.clang, code, headers.include_dirs, changed)


def without_headers(facts: AbiFacts, changed: Mapping[str, str]) -> list[str]:
    """What clang says of bindings and facts alone."""
    return compile_for(find_abi(facts.abi, "test").clang, bindings_program(facts), changed=changed)


class KernelHeadersProofTest(unittest.TestCase):
    """Every ABI of every kernel in the cache."""

    def setUp(self) -> None:
        self.trees = kernel_trees()
        if not self.trees:
            self.skipTest("no headers of any kernel")

    def test_bindings_facts_and_headers_are_one(self) -> None:
        for kernel, tree in self.trees.items():
            for abi, facts in HISTORY.of_kernel(kernel).items():
                with self.subTest(kernel=kernel, abi=abi):
                    self.assertEqual(complaints(tree, facts, NEWEST[abi]), [])

    def test_a_number_that_is_wrong_in_the_facts_too_is_caught_by_the_headers(self) -> None:
        for tree in self.trees.values():
            for abi, facts in NEWEST.items():
                number = facts.syscalls["io_submit"] or 0
                calls: dict[str, int | None] = {**facts.syscalls, "io_submit": number + 1}
                wrong = dataclasses.replace(facts, syscalls=calls)
                name = f"linux_aio/raw/abi/{abi}.hpp"
                text = (GENERATED / name).read_text(encoding="utf-8")
                changed = {name: text.replace("nr_io_submit = ", "nr_io_submit = 1 + ")}
                self.assertEqual(without_headers(wrong, changed), [])
                if abi in HISTORY.of_kernel(tree.name):
                    self.assertNotEqual(complaints(tree, wrong, wrong, changed), [], abi)


if __name__ == "__main__":
    unittest.main()
