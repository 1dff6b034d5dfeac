"""Clang, for the target of each ABI: the bindings are what the facts say, to the last literal.

And the proof of the proof: bindings that are wrong in one place do not compile.
"""

import unittest
from collections.abc import Mapping
from pathlib import Path

from codegen.abi import Clang
from codegen.abis import ABIS, find_abi
from codegen.facts_files import load_history
from tests.codegen.assertions import about_bindings
from tests.codegen.compiling import GENERATED, compile_for

FACTS = load_history(Path(__file__).parents[2] / "codegen/facts").newest()
RAW = "linux_aio/raw"


def complaints(abi: str, changed: Mapping[str, str] | None = None) -> list[str]:
    """What clang says against the bindings on one ABI."""
    code = "#include <linux_aio/raw/abi.hpp>\n" + about_bindings(FACTS[abi])
    return compile_for(find_abi(abi, "test").clang, code, changed=changed)


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


class MutationTest(unittest.TestCase):
    """The bindings with one mistake."""

    def assert_caught(self, abi: str, name: str, *edits: tuple[str, str]) -> None:
        """Expects clang to object to a file of the bindings in which some text is another."""
        text = (GENERATED / RAW / name).read_text(encoding="utf-8")
        for old, new in edits:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.assertNotEqual(complaints(abi, {f"{RAW}/{name}": text}), [], f"{abi}: {edits}")

    def test_a_wrong_number_on_any_abi(self) -> None:
        for abi in FACTS:
            for call in ("io_setup", "io_submit"):
                old = f"nr_{call} = "
                self.assert_caught(abi, f"abi/{abi}.hpp", (old, f"{old}1 + "))

    def test_a_call_that_is_taken_for_absent_on_any_abi(self) -> None:
        for abi in FACTS:
            self.assert_caught(abi, f"abi/{abi}.hpp", ("nr_io_cancel = ", "nr_io_cancel = -1; //"))

    def test_an_absent_call_that_is_given_a_number_on_any_abi(self) -> None:
        for abi, facts in FACTS.items():
            for call, number in facts.syscalls.items():
                if number is None:
                    old = f"nr_{call} = nr_absent"
                    self.assert_caught(abi, f"abi/{abi}.hpp", (old, f"nr_{call} = 416"))

    def test_the_file_of_another_abi(self) -> None:
        for abi, other in (("ppc64", "ppc"), ("x32", "x86_64"), ("arm", "arm_oabi")):
            old, new = f"abi/{abi}.hpp", f"abi/{other}.hpp"
            self.assert_caught(abi, "abi.hpp", (old, new))

    def test_a_wrong_constant(self) -> None:
        for abi in ("x86_64", "s390x", "sh"):
            self.assert_caught(abi, "constants/rwf.hpp", ("0x00000008", "0x00000018"))
            self.assert_caught(abi, "constants/opcodes.hpp", ("preadv = 7", "preadv = 8"))
            self.assert_caught(abi, "constants/ioprio.hpp", ("class_rt = 1", "class_rt = 2"))

    def test_a_wrong_poll_mask_of_one_abi(self) -> None:
        for abi, mask in (("x86_64", "0x0200"), ("mips_o32", "0x0100"), ("xtensa", "0x0100")):
            old = f"pollwrband = {mask}"
            self.assert_caught(abi, f"abi/{abi}.hpp", (old, "pollwrband = 0x0400"))

    def test_fields_in_the_order_of_the_other_byte_order(self) -> None:
        # With what the header asserts of itself made to agree.
        swapped = (
            ("__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__", "__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__"),
        )
        for abi in ("x86_64", "i386", "s390x", "ppc", "mipsel_n32"):
            self.assert_caught(abi, "types.hpp", *swapped)

    def test_a_wrong_offset(self) -> None:
        fields = "  std::int64_t res;", "  std::int64_t res2;"
        self.assert_caught(
            "arm",
            "types.hpp",
            (fields[0], "  std::int64_t other;"),
            (fields[1], "  std::int64_t res;"),
            ("  std::int64_t other;", "  std::int64_t res2;"),
            (
                "static_assert(offsetof(io_event, res",
                "static_assert(true || offsetof(io_event, data",
            ),
        )

    def test_a_wrong_width_of_the_kernels_long(self) -> None:
        self.assert_caught(
            "x32", "types.hpp", ("using kernel_long_t = long long;", "using kernel_long_t = long;")
        )
        self.assert_caught(
            "riscv64",
            "types.hpp",
            ("kernel_ulong_t = unsigned long;", "kernel_ulong_t = unsigned long long;"),
        )


if __name__ == "__main__":
    unittest.main()
