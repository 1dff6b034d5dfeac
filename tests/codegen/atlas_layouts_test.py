"""The atlas draws every layout, and says of every ABI in what it differs."""

import re
import unittest
from collections.abc import Callable

from codegen.abi import Abi
from codegen.abis import ABIS
from codegen.atlas_layouts import SUPPLEMENT
from codegen.facts import version_key
from codegen.regenerate import generate
from codegen.symbols import STRUCTS
from tests.codegen.atlas_reading import HISTORY, NEWEST, PAGE, ROWS, all_facts, table

Place = tuple[str, int, int]
"""Name, offset and size of a field."""


class LayoutsTest(unittest.TestCase):
    """The byte maps."""

    def maps(self, struct: str) -> dict[str, tuple[Place, ...]]:
        """The fields as they are drawn, by title; what is said beside must agree."""
        found = {}
        for one in PAGE.all("table", data_struct=struct):
            head, *rows = one.grid()
            places: dict[str, list[int]] = {}
            for cells in rows:
                for byte, cell in list(zip(head, cells, strict=True))[1:]:
                    name, _, _ = cell.text.partition(" at ")
                    places.setdefault(name, []).append(int(cells[0].text) + int(byte.text))
            for cell in one.all("td", class_="moves"):
                name, _, offset = cell.text.partition(" at ")
                self.assertEqual(int(offset), places[name][0])
            size = sum(len(offsets) for offsets in places.values())
            self.assertTrue(one.one("caption").text.endswith(f", {size} bytes"))
            for offsets in places.values():
                self.assertEqual(offsets, list(range(offsets[0], offsets[0] + len(offsets))))
            found[one.one("b").text] = tuple(
                (name, offsets[0], len(offsets)) for name, offsets in places.items()
            )
        return found

    def holds(self, title: str, abi: Abi, kernel: str) -> bool:
        """Whether a layout of that title is said to be the ABI's in that kernel."""
        if until := re.fullmatch(r"(\w+) until ([\d.]+)", title):
            return abi.name == until[1] and version_key(kernel) <= version_key(until[2])
        return {
            "Every ABI": True,
            "Little-endian": abi.byte_order == "little",
            "Big-endian": abi.byte_order == "big",
            "Kernel’s long of 64 bits": abi.kernel_long_bits == 64,
            "Kernel’s long of 32 bits": abi.kernel_long_bits == 32,
        }[title]

    def test_every_layout_of_every_abi_in_every_kernel_is_drawn(self) -> None:
        for struct in STRUCTS:
            maps = self.maps(struct)
            for abi, kernel, facts in all_facts():
                fields = [(one.name, one.offset, one.size) for one in facts.structs[struct].fields]
                titles = [title for title in maps if self.holds(title, ROWS[abi], kernel)]
                # A layout of the past is an exception from the others.
                drawn = [place for place in maps[titles[-1]] if place[0] != "padding"]
                self.assertEqual(drawn, fields, f"{struct} {abi} {kernel}")

    def test_the_halves_of_an_iocb_that_change_places_are_marked(self) -> None:
        for one in PAGE.all("table", data_struct="iocb"):
            marked = {cell.text.split()[0] for cell in one.all("td", class_="moves")}
            self.assertEqual(marked, {"aio_key", "aio_rw_flags"})

    def test_the_structs_of_the_supplement_are_drawn_as_they_are_declared(self) -> None:
        supplement = generate(HISTORY)["linux_aio/raw/supplement.hpp"]
        for struct, fields in SUPPLEMENT.items():
            body = supplement.split(f"struct {struct} {{\n")[1].split("};")[0]
            self.assertEqual(
                re.findall(r"^  ([\w:]+) (\w+);$", body, re.M),
                [(cpp_type, name) for name, cpp_type in fields],
            )
            for title, places in self.maps(struct).items():
                long_size = 8 if "64" in title else 4
                for name, offset, size in places:
                    said = re.search(rf"offsetof\({struct}, {name}\) == (.+?)\);", supplement)
                    self.assertIsNotNone(said)
                    expected = (
                        said[1].replace("sizeof(kernel_ulong_t)", str(long_size)) if said else ""
                    )
                    self.assertEqual(offset, int(expected), f"{struct}::{name}")
                    self.assertEqual(size, long_size)

    def test_every_alignment_is_said(self) -> None:
        captions = {
            (one.parent.one("b").text, one.parent.one("table").attributes["data-struct"]): one.text
            for one in PAGE.all("figcaption")
            if one.parent
        }
        for abi, _, facts in all_facts():
            for (title, struct), said in captions.items():
                if struct in STRUCTS and self.holds(title, ROWS[abi], facts.series):
                    first, *others = said.removeprefix("Aligned to ").split(".")[0].split("; to ")
                    of_abi = next((one for one in others if abi in re.split(r"[ ,]+", one)), first)
                    size = int(of_abi.split()[0])
                    self.assertEqual(size, facts.structs[struct].alignment, f"{struct} {abi}")

    def test_every_type_of_a_field_is_stated(self) -> None:
        for struct in STRUCTS:
            for name, row in table(f"fields-{struct}"):
                for abi, kernel, facts in all_facts():
                    field = next(one for one in facts.structs[struct].fields if one.name == name)
                    said = re.findall(r"(.+?) in ([\d.–]+)(?: |$)", row["Type"].text)
                    types = [one for one, kernels in said if kernel in _between(kernels)]
                    self.assertEqual(types or [row["Type"].text], [field.type], f"{abi} {name}")

    def test_every_type_behind_a_name_is_stated(self) -> None:
        said: dict[str, list[tuple[list[str], str]]] = {}
        for name, row in table("types"):
            said.setdefault(name, []).append((row["ABIs"].text.split(", "), row["Type"].text))
        for abi, _, facts in all_facts():
            for name, c_type in facts.typedefs.items():
                found = [one for abis, one in said[name] if abi in abis] or [said[name][0][1]]
                self.assertEqual(found, [c_type], f"{abi} {name}")


class DifferencesTest(unittest.TestCase):
    """The cards that say what differs where."""

    def test_every_abi_is_with_its_value(self) -> None:
        def timespec(call: str) -> Callable[[Abi], str]:
            numbers = {abi: facts.syscalls[call] for abi, facts in NEWEST.items()}

            def value(abi: Abi) -> str:
                entry = {"io_getevents": abi.getevents, "io_pgetevents": abi.pgetevents}.get(call)
                there = entry.timespec if entry else "kernel_timespec"
                return there if numbers[abi.name] is not None else "no such call"

            return value

        expected: dict[str, Callable[[Abi], str]] = {
            "Word": lambda abi: f"{abi.word_bits} bits",
            "Kernel’s long": lambda abi: f"{abi.kernel_long_bits} bits",
            "Byte order": lambda abi: abi.byte_order,
            "Alignment of 64-bit integers": (
                lambda abi: f"{NEWEST[abi.name].structs['iocb'].alignment} bytes"
            ),
            "Kernel’s signal set": lambda abi: f"{abi.sigset_size} bytes",
            "High bits of the numbers": (
                lambda abi: {"x32": "0x40000000", "arm_oabi": "0x900000"}.get(abi.name, "none")
            ),
            "Timespec of io_getevents": timespec("io_getevents"),
            "Timespec of io_pgetevents": timespec("io_pgetevents"),
            "Timespec of io_pgetevents_time64": timespec("io_pgetevents_time64"),
        }
        cards = {card.one("h3").text: card for card in PAGE.all("article")}
        self.assertEqual(cards.keys(), expected.keys())
        for title, value in expected.items():
            values = [one.text for one in cards[title].all("span", class_="value")]
            listed = [one.text.split(", ") for one in cards[title].all("dd")]
            self.assertEqual(listed[0], ["all others"])
            named = {abi for abis in listed for abi in abis}
            listed[0] = [abi.name for abi in ABIS if abi.name not in named]
            for one, abis in zip(values, listed, strict=True):
                having = [abi.name for abi in ABIS if value(abi) == one]
                self.assertEqual(abis, having, f"{title} {one}")
            counts = [one.text for one in cards[title].all("span", class_="count")]
            self.assertEqual([int(one.split()[0]) for one in counts], [len(one) for one in listed])
            bars = list(cards[title].one("div", class_="shares").all("span"))
            widths = [one.attributes["style"] for one in bars]
            self.assertEqual(widths, [f"flex-grow: {len(one)}" for one in listed])


def _between(kernels: str) -> list[str]:
    """The kernels of 5.10–6.12."""
    first, _, last = kernels.partition("–")
    known = HISTORY.kernels
    return known[known.index(first) : known.index(last or first) + 1]


if __name__ == "__main__":
    unittest.main()
