"""The way from one kernel to the next, played through with the facts of real ones: 6.12 to 7.2."""

import difflib
import unittest
from pathlib import Path

from codegen.documentation import Documentation
from codegen.drift import drift
from codegen.facts import version_key
from codegen.facts_files import load_history, to_files
from codegen.history import History
from codegen.regenerate import generate
from codegen.symbols import GROUPS

FACTS = Path(__file__).parents[2] / "codegen/facts"
HISTORY = load_history(FACTS)
RAW = "linux_aio/raw"


def until(kernel: str) -> History:
    """What was known when a kernel was the newest."""
    kernels = HISTORY.kernels[: HISTORY.kernels.index(kernel) + 1]
    return History(one for each in kernels for one in HISTORY.of_kernel(each).values())


def added_and_removed(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines that a diff of two texts shows."""
    lines = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    added, removed = ([line[2:].strip() for line in lines if line[0] == sign] for sign in "+-")
    return added, removed


class NewKernelTest(unittest.TestCase):
    """What the command does with the headers of 7.2, when 6.12 was the newest known."""

    def setUp(self) -> None:
        self.before = until("6.12")
        self.after = self.before.with_facts(list(HISTORY.of_kernel("7.2").values()))

    def test_the_diff_of_the_facts_is_what_changed(self) -> None:
        old, new = to_files(self.before), to_files(self.after)
        added, removed = added_and_removed(old["constants.json"], new["constants.json"])
        self.assertEqual(
            added,
            [
                '"RWF_DONTCACHE": {"*": {"7.2": 128}},',
                '"RWF_NOSIGNAL": {"*": {"7.2": 256}},',
                '"RWF_SUPPORTED": {"*": {"5.10": 31, "6.12": 127, "7.2": 511}},',
            ],
        )
        self.assertEqual(removed, ['"RWF_SUPPORTED": {"*": {"5.10": 31, "6.12": 127}},'])
        changed = [
            line
            for name in ("structs.json", "syscalls.json", "typedefs.json", "kernels.json")
            for line in added_and_removed(old[name], new[name])[0]
            if "loongarch32" not in line
        ]
        self.assertEqual(
            changed,
            [
                '"x32": {"5.10": 4, "7.2": 8},',  # the size and the alignment of tv_nsec
                '"x32": {"5.10": 4, "7.2": 8},',
                '"type": {"*": {"5.10": "long", "7.2": "__kernel_long_t"}}',
                '"7.2": {"version": "7.2.12", "without": []}',
            ],
        )

    def test_the_diff_of_the_bindings_is_what_changed(self) -> None:
        old, new = (
            {name: text for name, text in generate(history).items() if name.startswith(RAW)}
            for history in (self.before, self.after)
        )
        self.assertEqual(new.keys() - old.keys(), {f"{RAW}/abi/loongarch32.hpp"})
        self.assertEqual(old.keys() - new.keys(), set())
        changed = {}
        for name, text in old.items():
            banner, *lines = added_and_removed(text, new[name])[0]
            self.assertIn("the UAPI headers of Linux 7.2.12.", banner)
            if lines:
                changed[name.removeprefix(f"{RAW}/")] = lines
        self.assertEqual(changed.keys(), {"abi.hpp", "types.hpp", "constants/rwf.hpp"})
        self.assertEqual(changed["types.hpp"], ["kernel_long_t tv_nsec;"])

    def test_the_drift_is_as_expected(self) -> None:
        found = drift(self.after, "6.12", "7.2")
        self.assertEqual(
            [(change.severity, change.symbol) for change in found.changes],
            [
                ("to review", "constant.RWF_SUPPORTED"),
                ("to review", "struct.__kernel_old_timespec.tv_nsec"),
                ("additive", "abi.loongarch32"),
                ("additive", "constant.RWF_DONTCACHE"),
                ("additive", "constant.RWF_NOSIGNAL"),
            ],
        )

    def test_the_order_in_which_kernels_are_read_does_not_matter(self) -> None:
        again = self.after.with_facts(list(HISTORY.of_kernel("6.12").values()))
        late = History()
        for kernel in reversed(self.after.kernels):
            late = late.with_facts(list(HISTORY.of_kernel(kernel).values()))
        self.assertEqual(to_files(again), to_files(self.after))
        self.assertEqual(to_files(late), to_files(self.after))


class SinceTest(unittest.TestCase):
    """The documentation says since which Linux a symbol is there; the known kernels must agree."""

    def test_the_documented_version_is_between_the_kernels_without_and_with_it(self) -> None:
        documentation = Documentation()
        for group in GROUPS:
            for name in HISTORY.newest()["x86_64"].constants[group.header]:
                since = version_key(documentation.entry("constants", name).since)
                for kernel, facts in HISTORY.of_abi("x86_64").items():
                    known = facts.constants[group.header]
                    if name in known:
                        self.assertLessEqual(since[:2], version_key(kernel), name)
                    elif known:  # else the header was not exported yet
                        self.assertGreater(since, version_key(kernel), name)


if __name__ == "__main__":
    unittest.main()
