"""Clang, for the target of each ABI: the bindings are what the facts say, to the last literal.

And the proof of the proof: bindings that are wrong in one place do not compile.
"""

import unittest
from collections.abc import Mapping

from codegen.abi import Clang
from codegen.abis import ABIS, find_abi
from tests.codegen import mutations
from tests.codegen.assertions import NEWEST, bindings_program
from tests.codegen.compiling import compile_for


def complaints(abi: str, changed: Mapping[str, str] | None = None) -> list[str]:
    """What clang says against the bindings on one ABI."""
    return compile_for(find_abi(abi, "test").clang, bindings_program(NEWEST[abi]), changed=changed)


class ProofTest(unittest.TestCase):
    """The bindings as they are."""

    def test_the_bindings_are_what_the_facts_say_on_every_abi(self) -> None:
        for abi in ABIS:
            with self.subTest(abi=abi.name):
                self.assertEqual(complaints(abi.name), [])

    def test_another_abi_is_told_what_to_do(self) -> None:
        # clang's arc is the big-endian one, which has no row; the others run no Linux.
        for target in ("arc", "bpfel", "lanai"):
            with self.subTest(target=target):
                said = compile_for(Clang(target), "#include <linux_aio/raw/abi.hpp>\n")
                self.assertIn("linux_aio lacks this ABI: add a row to codegen/abis.py", said[0])


class MutationTest(mutations.MutationTest):
    """The bindings with one mistake."""

    abis = list(NEWEST)

    def complaints(self, abi: str, changed: Mapping[str, str]) -> list[str]:
        return complaints(abi, changed)


if __name__ == "__main__":
    unittest.main()
