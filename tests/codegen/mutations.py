"""Mistakes in the bindings, each of which a compiler has to notice."""

import unittest
from collections.abc import Mapping, Sequence

from tests.codegen.assertions import NEWEST
from tests.codegen.compiling import GENERATED

RAW = "linux_aio/raw"
FAILED = "static(_assert|_assertion| assertion) failed"
"""As compilers say it."""


class MutationTest(unittest.TestCase):
    """The bindings with one mistake."""

    abis: Sequence[str]
    """For which there is a compiler."""

    def complaints(self, abi: str, changed: Mapping[str, str]) -> list[str]:
        """What the compiler says if some files of the bindings are others."""
        raise NotImplementedError

    def assert_caught(self, abi: str, name: str, *edits: tuple[str, str]) -> None:
        """Expects an assertion to fail if some text of one file of the bindings is another."""
        if abi not in self.abis:
            return
        text = (GENERATED / RAW / name).read_text(encoding="utf-8")
        for old, new in edits:
            self.assertIn(old, text)
            text = text.replace(old, new)
        said = self.complaints(abi, {f"{RAW}/{name}": text})
        self.assertRegex("\n".join(said), FAILED, f"{abi}: {edits}")

    def test_a_wrong_number_on_any_abi(self) -> None:
        for abi in self.abis:
            for call in ("io_setup", "io_submit"):
                old = f"nr_{call} = "
                self.assert_caught(abi, f"abi/{abi}.hpp", (old, f"{old}1 + "))

    def test_a_call_that_is_taken_for_absent_on_any_abi(self) -> None:
        for abi in self.abis:
            self.assert_caught(abi, f"abi/{abi}.hpp", ("nr_io_cancel = ", "nr_io_cancel = -1; //"))

    def test_an_absent_call_that_is_given_a_number_on_any_abi(self) -> None:
        for abi in self.abis:
            for call, number in NEWEST[abi].syscalls.items():
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
        # Two fields of one size change places, with what the header asserts of them made to agree.
        swapped = (
            ("  std::int64_t res;", "  std::int64_t other;"),
            ("  std::int64_t res2;", "  std::int64_t res;"),
            ("  std::int64_t other;", "  std::int64_t res2;"),
            ("offsetof(io_event, res) == 16", "offsetof(io_event, res) == 24"),
            ("offsetof(io_event, res2) == 24", "offsetof(io_event, res2) == 16"),
        )
        for abi in ("x86_64", "arm", "m68k", "alpha", "sparc"):
            self.assert_caught(abi, "types.hpp", *swapped)

    def test_a_wrong_width_of_the_kernels_long(self) -> None:
        self.assert_caught(
            "x32", "types.hpp", ("using kernel_long_t = long long;", "using kernel_long_t = long;")
        )
        self.assert_caught(
            "riscv64",
            "types.hpp",
            ("kernel_ulong_t = unsigned long;", "kernel_ulong_t = unsigned long long;"),
        )
