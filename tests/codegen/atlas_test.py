"""The atlas states the facts: each is read off the page again, for every ABI and kernel."""

import re
import unittest

from codegen.abis import ABIS
from codegen.atlas import make_atlas
from codegen.documentation import Documentation
from codegen.facts import Key
from codegen.history import History
from codegen.symbols import GROUPS, SYSCALLS
from tests.codegen.atlas_reading import (
    HISTORY,
    NEWEST,
    PAGE,
    ROWS,
    all_facts,
    changed,
    page_of,
    table,
)
from tests.codegen.html_page import Element, parse_page


class SystemCallsTest(unittest.TestCase):
    """The table of numbers."""

    def test_every_number_of_every_abi_in_every_kernel_is_stated(self) -> None:
        cells = {name.split()[0]: row for name, row in table("numbers")}
        self.assertEqual(list(cells), [abi.name for abi in ABIS])
        checked = 0
        for abi, kernel, facts in all_facts():
            for call in SYSCALLS:
                cell = cells[abi][call]
                self.assertEqual(number_of(cell), facts.syscalls[call], f"{abi} {kernel} {call}")
                for data in cell.all("data"):
                    self.assertEqual(data.attributes["value"], str(facts.syscalls[call]))
                checked += 1
        self.assertEqual(checked, sum(len(HISTORY.of_kernel(one)) for one in HISTORY.kernels) * 7)
        self.assertIn("No number differs between the kernels.", PAGE.text)

    def test_the_bit_of_x32_is_shown_apart(self) -> None:
        cells = next(row for name, row in table("numbers") if name.startswith("x32 "))
        self.assertEqual(cells["io_setup"].text, "543 + 0x40000000")

    def test_every_call_that_waits_says_which_timespec_it_takes(self) -> None:
        for name, row in table("numbers"):
            abi = ROWS[name.split()[0]]
            for call, entry in (
                ("io_getevents", abi.getevents),
                ("io_pgetevents", abi.pgetevents),
            ):
                expected = entry.timespec if entry else "absent"
                self.assertEqual(row[call].text.split()[-1], expected, f"{abi.name} {call}")
            there = NEWEST[abi.name].syscalls["io_pgetevents_time64"] is not None
            self.assertEqual("kernel_timespec" in row["io_pgetevents_time64"].text, there)
            for call in ("io_setup", "io_destroy", "io_submit", "io_cancel"):
                self.assertNotIn("timespec", row[call].text)

    def test_every_entry_point_is_named(self) -> None:
        found = {
            (abi, row["Call"].text, row["Timespec"].text, row["Table, and what it says"].text)
            for _, row in table("sources")
            for abi in row["ABIs"].text.split(", ")
        }
        expected = {
            (abi.name, call, entry.timespec, entry.reason)
            for abi in ABIS
            for call, entry in (("io_getevents", abi.getevents), ("io_pgetevents", abi.pgetevents))
            if entry
        }
        self.assertEqual(found, expected)

    def test_a_number_that_changed_stands_with_its_kernels(self) -> None:
        page = parse_page(page_of(changed("arm", "5.10", ("syscalls", "io_submit"), 7)))
        cells = next(row for name, row in table("numbers", page) if name.startswith("arm "))
        self.assertEqual(cells["io_submit"].text, "7 in 5.10 246 in 6.1–7.3")
        self.assertNotIn("No number differs", page.text)


class PropertiesTest(unittest.TestCase):
    """The table of properties, and the map above it."""

    def test_every_property_of_every_abi_is_stated(self) -> None:
        rows = dict(table("properties"))
        self.assertEqual(list(rows), [abi.name for abi in ABIS])
        for abi in ABIS:
            alignments = {
                field.name: field.alignment for field in NEWEST[abi.name].structs["iocb"].fields
            }
            expected = {
                "Architecture": abi.kernel_arch,
                "Word": f"{abi.word_bits} bits",
                "Byte order": abi.byte_order,
                "Kernel’s long": f"{abi.kernel_long_bits} bits",
                "64-bit integers aligned to": f"{alignments['aio_data']} bytes",
                "Signal set": f"{abi.sigset_size} bytes",
                "First Linux": abi.since,
            }
            for column, text in expected.items():
                self.assertEqual(rows[abi.name][column].text, text, f"{abi.name} {column}")

    def test_every_abi_says_in_which_kernels_it_is(self) -> None:
        for abi, row in table("properties"):
            for kernel in HISTORY.kernels:
                expected = "–" if kernel in HISTORY.of_abi(abi) else "not yet"
                self.assertIn(expected, row[kernel].text, f"{abi} {kernel}")

    def test_an_abi_whose_headers_were_not_read_is_not_said_to_be_absent(self) -> None:
        some = [one for abi, kernel, one in all_facts() if (abi, kernel) != ("arm", "7.3")]
        rows = dict(table("properties", parse_page(page_of(History(some)))))
        self.assertEqual(rows["arm"]["7.3"].text, "not read")

    def test_the_map_has_each_abi_in_its_place(self) -> None:
        head, *rows = PAGE.one("table", class_="map").grid()
        found = {
            link.text: (cells[0].text, top.text)
            for cells in rows
            for top, cell in zip(head, cells, strict=True)
            for link in cell.all("a")
        }
        self.assertEqual(
            found,
            {abi.name: (f"{abi.word_bits}-bit", f"{abi.byte_order}-endian") for abi in ABIS},
        )


class ConstantsTest(unittest.TestCase):
    """The timelines, and the masks that differ."""

    def timelines(self, group: str, page: Element = PAGE) -> dict[tuple[str, str, str], str]:
        """What the page says by constant, ABI and kernel."""
        lines: dict[str, list[tuple[list[str], dict[str, Element]]]] = {}
        for name, row in table(f"timeline-{group}", page):
            about = row["What it is"].text
            abis = about.removeprefix("on ").split(", ") if name in lines else []
            lines.setdefault(name, []).append((abis, row))
        found = {}
        for name, rows in lines.items():
            named = {abi for abis, _ in rows for abi in abis}
            for abis, row in rows:
                for abi in abis or ROWS.keys() - named:
                    for kernel in HISTORY.kernels:
                        found[name, abi, kernel] = row[kernel].text
        return found

    def test_every_constant_of_every_abi_in_every_kernel_is_stated(self) -> None:
        for group in GROUPS:
            found = self.timelines(group.name)
            names = {name for name, _, _ in found}
            known = {name for _, _, one in all_facts() for name in one.constants[group.header]}
            self.assertEqual(names, known)
            for abi, kernel, facts in all_facts():
                symbols = facts.constants[group.header]
                for name in names:
                    expected = symbols.get(name, "absent" if symbols else "no header")
                    said = value_of(found[name, abi, kernel])
                    self.assertEqual(said, expected, f"{name} {abi} {kernel}")

    def test_every_constant_says_since_when_it_is_accepted(self) -> None:
        documentation = Documentation()
        for group in GROUPS:
            for name, row in table(f"timeline-{group.name}"):
                if not row["What it is"].text.startswith("on "):
                    entry = documentation.entry("constants", name)
                    self.assertEqual(row["Accepted since"].text, entry.since, name)
                    self.assertIn(entry.text, row["What it is"].text)

    def test_a_constant_of_one_abi_in_one_kernel_stands_apart(self) -> None:
        key = ("constants", "linux/fs.h", "RWF_SYNC")
        page = parse_page(page_of(changed("sh", "6.12", key, 77)))
        found = self.timelines("rwf", page)
        self.assertEqual(found["RWF_SYNC", "sh", "6.12"], "0x004d")
        self.assertEqual(found["RWF_SYNC", "sh", "7.2"], "0x0004")
        self.assertEqual(found["RWF_SYNC", "arm", "6.12"], "0x0004")

    def test_a_constant_that_is_gone_is_shown_as_gone(self) -> None:
        page = parse_page(
            page_of(changed("arm", "7.3", ("constants", "linux/fs.h", "RWF_SYNC"), None))
        )
        found = self.timelines("rwf", page)
        self.assertEqual(found["RWF_SYNC", "arm", "7.3"], "absent")
        self.assertEqual(found["RWF_SYNC", "arm", "7.2"], "0x0004")

    def test_the_masks_are_those_of_every_abi(self) -> None:
        for group in GROUPS:
            if not group.differs_by_abi:
                continue
            head, *rows = PAGE.one("table", id=f"masks-{group.name}-table").grid()
            columns = [re.sub(r" \d+ ABIs?$", "", cell.text).split(", ") for cell in head]
            named = {abi for column in columns[1:] for abi in column}
            for column in range(1, len(head)):
                abis = columns[column] if column > 1 else list(ROWS.keys() - named)
                for abi in abis:
                    found = {cells[0].text: int(cells[column].text, 16) for cells in rows}
                    self.assertEqual(found, NEWEST[abi].constants[group.header], abi)

    def test_the_bits_that_are_drawn_are_those_of_the_mask(self) -> None:
        for name, row in table("masks-poll-table"):
            for cell in list(row.values())[1:]:
                drawn = sum(1 << (90 - int(one.attributes["x"])) // 6 for one in cell.all("rect"))
                self.assertEqual(drawn, int(cell.text, 16), name)


class MutationTest(unittest.TestCase):
    """A fact that changes, and the page with it."""

    def test_each_fact_that_changes_changes_the_page(self) -> None:
        history = History(HISTORY.of_kernel("7.3").values())
        documentation = Documentation()
        unchanged = make_atlas(history, documentation)
        for key, value in NEWEST["openrisc"].values().items():
            other: int | str = f"{value} other" if isinstance(value, str) else value + 8
            atlas = make_atlas(changed("openrisc", "7.3", key, other, history), documentation)
            # The alignment of a field is stated once, as that of all 64-bit integers.
            of_a_field = key[0] == "structs" and len(key) == 4 and key[3] == "alignment"
            if not of_a_field or key == ("structs", "iocb", "aio_data", "alignment"):
                self.assertNotEqual(atlas, unchanged, key)

    def test_what_is_arranged_otherwise_reads_otherwise(self) -> None:
        before = page_of(HISTORY)
        changes: list[tuple[Key, int | str | None]] = [
            (("syscalls", "io_setup"), 9),
            (("syscalls", "io_setup"), None),
            (("constants", "asm/poll.h", "POLLMSG"), 2),
            (("structs", "iocb", "aio_key", "offset"), 8),
            (("structs", "io_event", "size"), 40),
            (("structs", "io_event", "alignment"), 8),
            (("structs", "iocb", "aio_data", "alignment"), 8),
            (("structs", "iocb", "aio_data", "type"), "__s64"),
            (("typedefs", "__kernel_rwf_t"), "long"),
        ]
        for key, value in changes:
            after = page_of(changed("openrisc", "7.3", key, value))
            parse_page(after)
            self.assertNotEqual(before, after, key)


def number_of(cell: Element) -> int | None:
    """The number of a call as a reader adds it up."""
    if found := re.match(r"(\d+)(?: \+ (0x[0-9a-f]+))?(?: |$)", cell.text):
        return int(found[1]) + int(found[2] or "0", 16)
    if cell.text != "absent":
        raise AssertionError(f"neither a number nor absent: {cell.text!r}")
    return None


def value_of(text: str) -> int | str:
    """The value of a constant, or the word in its place."""
    return int(text, 0) if re.fullmatch(r"0x[0-9a-f]+|\d+", text) else text


if __name__ == "__main__":
    unittest.main()
