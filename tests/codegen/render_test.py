"""What facts become: the rules that the committed facts alone do not show."""

import dataclasses
import unittest
from collections.abc import Mapping
from pathlib import Path

from codegen.facts import AbiFacts, Struct
from codegen.facts_files import load_history
from codegen.history import History
from codegen.regenerate import generate

FACTS = load_history(Path(__file__).parents[2] / "codegen/facts").newest()
RAW = "linux_aio/raw"


def generated(abis: tuple[str, ...], **changed: AbiFacts) -> Mapping[str, str]:
    """The files for some ABIs, some of whose facts are changed."""
    return generate(History(changed.get(abi, FACTS[abi]) for abi in abis))


class RenderTest(unittest.TestCase):
    """Facts, changed in one place, and the text they give."""

    def test_a_poll_mask_that_differs_goes_to_each_abi(self) -> None:
        poll = {**FACTS["arm"].constants["asm/poll.h"], "POLLWRBAND": 0x100}
        arm = dataclasses.replace(
            FACTS["arm"], constants={**FACTS["arm"].constants, "asm/poll.h": poll}
        )
        files = generated(("x86_64", "arm"), arm=arm)
        declaration = "inline constexpr std::uint16_t pollwrband = "
        self.assertNotIn("pollwrband", files[f"{RAW}/constants/poll.hpp"])
        self.assertIn(f"{declaration}0x0200;", files[f"{RAW}/abi/x86_64.hpp"])
        self.assertIn(f"{declaration}0x0100;", files[f"{RAW}/abi/arm.hpp"])
        self.assertIn("#include <cstdint>", files[f"{RAW}/abi/arm.hpp"])

    def test_only_the_abis_that_have_facts_are_dispatched_to(self) -> None:
        files = generated(("i386",))
        self.assertIn("#if defined(__i386__)", files[f"{RAW}/abi.hpp"])
        self.assertNotIn("#elif", files[f"{RAW}/abi.hpp"])
        self.assertEqual([name for name in files if "/abi/" in name], [f"{RAW}/abi/i386.hpp"])

    def test_one_byte_order_alone_needs_no_distinction(self) -> None:
        types = generated(("x86_64", "i386"))[f"{RAW}/types.hpp"]
        self.assertNotIn("__BYTE_ORDER__", types)

    def test_one_word_size_alone_needs_no_distinction(self) -> None:
        types = generated(("i386", "arm"))[f"{RAW}/types.hpp"]
        self.assertIn("static_assert(sizeof(kernel_old_timespec) == 8);", types)
        types = generated(("i386", "aarch64"))[f"{RAW}/types.hpp"]
        self.assertIn("== (sizeof(kernel_long_t) == 8 ? 16 : 8));", types)

    def test_the_alignment_is_that_of_a_field_and_never_a_number(self) -> None:
        types = generated(("x86_64", "i386"))[f"{RAW}/types.hpp"]
        self.assertIn("static_assert(alignof(iocb) == alignof(std::uint64_t));", types)

    def test_an_absent_call_says_so(self) -> None:
        header = generated(("x86_64",))[f"{RAW}/abi/x86_64.hpp"]
        self.assertIn(
            "This ABI does not have it.\n"
            "inline constexpr long nr_io_pgetevents_time64 = nr_absent;",
            header,
        )

    def test_fields_that_byte_orders_share_at_the_end_stand_once(self) -> None:
        swapped = _with_fields_reversed(FACTS["armeb"], "io_event", 0, 2)
        types = generated(("arm", "armeb"), armeb=swapped)[f"{RAW}/types.hpp"]
        self.assertIn(
            "offsetof(io_event, obj) == 0);\nstatic_assert(offsetof(io_event, data)", types
        )
        self.assertEqual(types.count("offsetof(io_event, res2) == 24"), 1)
        self.assertEqual(types.count("offsetof(io_event, data)"), 2)


def _with_fields_reversed(facts: AbiFacts, name: str, start: int, end: int) -> AbiFacts:
    """Facts in which some fields of a struct have changed places; all have one size."""
    struct = facts.structs[name]
    fields = list(struct.fields)
    offsets = [field.offset for field in fields]
    fields[start:end] = reversed(fields[start:end])
    moved = tuple(
        dataclasses.replace(field, offset=offset)
        for field, offset in zip(fields, offsets, strict=True)
    )
    changed = Struct(struct.size, struct.alignment, moved)
    return dataclasses.replace(facts, structs={**facts.structs, name: changed})


if __name__ == "__main__":
    unittest.main()
