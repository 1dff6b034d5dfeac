"""GCC says the same as clang: of the bindings, of their mistakes, and beside the kernel's headers.

Clang reads the headers, and has no target for some ABIs, for which another stands in. GCC has most
of those.
"""

import dataclasses
import unittest
from collections.abc import Mapping

from codegen.abis import ABIS, find_abi
from codegen.pins import load_pins
from codegen.tree import find_headers
from tests.codegen import mutations
from tests.codegen.assertions import HISTORY, NEWEST, bindings_program, headers_program
from tests.codegen.cached import kernel_trees
from tests.codegen.gcc import HOST, TARGETS, WITHOUT, compile_with, find_compilers

COMPILERS = find_compilers()
HERE = [abi for abi, target in TARGETS.items() if target.compiler in COMPILERS]


def complaints(abi: str, changed: Mapping[str, str] | None = None) -> list[str]:
    """What GCC says against the bindings on one ABI."""
    target = TARGETS[abi]
    program = bindings_program(NEWEST[abi])
    return compile_with(COMPILERS[target.compiler], target, program, changed=changed)


class GccTest(unittest.TestCase):
    """A test that asks the compilers that are here."""

    def setUp(self) -> None:
        if not HERE:
            self.skipTest("no GCC that runs here")


class TableTest(unittest.TestCase):
    """The table of targets."""

    def test_every_abi_has_a_compiler_or_a_reason_why_not(self) -> None:
        self.assertEqual({*TARGETS, *WITHOUT}, {abi.name for abi in ABIS})
        self.assertEqual(TARGETS.keys() & WITHOUT.keys(), set())

    def test_every_compiler_that_is_fetched_is_asked(self) -> None:
        pinned = {pin.name for pin in load_pins() if pin.kind == "compiler"}
        self.assertEqual({target.compiler for target in TARGETS.values()}, {*pinned, HOST})


class ProofTest(GccTest):
    """The bindings as they are."""

    def test_the_bindings_are_what_the_facts_say(self) -> None:
        for abi in HERE:
            with self.subTest(abi=abi):
                self.assertEqual(complaints(abi), [])

    def test_bindings_facts_and_the_kernels_headers_are_one(self) -> None:
        for kernel, tree in kernel_trees().items():
            for abi, facts in HISTORY.of_kernel(kernel).items():
                if abi not in HERE:
                    continue
                target = TARGETS[abi]
                headers = find_headers(tree, find_abi(abi, "test"))
                program = headers_program(headers.names, facts, NEWEST[abi])
                said = compile_with(
                    COMPILERS[target.compiler], target, program, headers.include_dirs
                )
                with self.subTest(kernel=kernel, abi=abi):
                    self.assertEqual(said, [])


class MutationTest(GccTest, mutations.MutationTest):
    """The bindings with one mistake."""

    abis = HERE

    def complaints(self, abi: str, changed: Mapping[str, str]) -> list[str]:
        return complaints(abi, changed)

    def test_an_alignment_that_is_twice_the_abis(self) -> None:
        for abi in HERE:
            facts = NEWEST[abi]
            iocb = facts.structs["iocb"]
            wrong = dataclasses.replace(iocb, alignment=2 * iocb.alignment)
            facts = dataclasses.replace(facts, structs={**facts.structs, "iocb": wrong})
            program = bindings_program(facts)
            target = TARGETS[abi]
            said = compile_with(COMPILERS[target.compiler], target, program)
            self.assertRegex("\n".join(said), mutations.FAILED)


if __name__ == "__main__":
    unittest.main()
