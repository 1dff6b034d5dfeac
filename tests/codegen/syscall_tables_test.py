"""The kernel's own tables of system calls say what facts and rows say: numbers, absence, timespecs.

For each kernel in the cache of //codegen:fetch. Clang has no part in it, and the headers that it
reads only one: asm-generic/unistd.h, where a kernel has no table.
"""

import dataclasses
import shutil
import tempfile
import unittest
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.abi import Abi
from codegen.abis import ABIS, find_abi
from codegen.facts import AbiFacts
from codegen.symbols import SYSCALLS
from tests.codegen.assertions import HISTORY, NEWEST
from tests.codegen.cached import kernel_trees
from tests.codegen.syscall_tables import (
    GENERIC,
    Call,
    calls_of,
    calls_of_unistd,
    lines_of,
    timespecs,
)

_OURS = {
    "__kernel_timespec": "kernel_timespec",
    "old_timespec32": "kernel_old_timespec",
    "": "no timespec",
}


@dataclass(frozen=True)
class Source:
    """What the source of one kernel says of one ABI."""

    calls: Mapping[str, Call]
    takes: Mapping[str, str]
    """The timespec of each entry point."""

    def differences(self, abi: Abi, facts: AbiFacts) -> list[str]:
        """Where the facts and the row of the ABI say something else."""
        numbers = {name: call.number for name, call in self.calls.items()}
        found = [
            f"{name} is {numbers.get(name)}, not {facts.syscalls[name]}"
            for name in SYSCALLS
            if numbers.get(name) != facts.syscalls[name]
        ]
        for name, expected in _timespecs(abi, facts).items():
            call = self.calls.get(name)
            taken = _OURS[self.takes.get(call.entry, "")] if call else None
            if taken != expected:
                found.append(f"{name} takes {taken}, not {expected}")
        return found


def _timespecs(abi: Abi, facts: AbiFacts) -> Mapping[str, str | None]:
    """What we say that each call takes."""
    has_time64 = facts.syscalls["io_pgetevents_time64"] is not None
    return {
        "io_getevents": abi.getevents.timespec if abi.getevents else None,
        "io_pgetevents": abi.pgetevents.timespec if abi.pgetevents else None,
        "io_pgetevents_time64": "kernel_timespec" if has_time64 else None,
    }


def source_of(tree: Path, abi: Abi) -> Source:
    """What a tree of the cache says."""
    aio = (tree / "source/fs/aio.c").read_text(encoding="utf-8")
    return Source(calls_of(tree, abi), timespecs(aio))


class CacheTest(unittest.TestCase):
    """A test of the kernels in the cache."""

    def setUp(self) -> None:
        self.trees = kernel_trees()
        if not self.trees:
            self.skipTest("no kernel in the cache")
        self.newest = list(self.trees)[-1]
        self.facts = HISTORY.of_kernel(self.newest)
        self.abis = [abi for abi in ABIS if abi.name in self.facts]

    def differences(
        self, name: str, syscalls: Mapping[str, int | None] | None = None, **row: object
    ) -> list[str]:
        """Those of one ABI in the newest kernel, with a mistake in the facts or in its row."""
        abi, facts = find_abi(name, "test"), self.facts[name]
        wrong = dataclasses.replace(facts, syscalls={**facts.syscalls, **(syscalls or {})})
        source = source_of(self.trees[self.newest], abi)
        return source.differences(dataclasses.replace(abi, **row), wrong)


class ProofTest(CacheTest):
    """Facts and rows as they are."""

    def test_the_tables_say_the_same_of_every_abi(self) -> None:
        for kernel, tree in self.trees.items():
            for name, facts in HISTORY.of_kernel(kernel).items():
                with self.subTest(kernel=kernel, abi=name):
                    abi = find_abi(name, "test")
                    self.assertEqual(source_of(tree, abi).differences(abi, facts), [])

    def test_a_row_names_a_line_of_a_table(self) -> None:
        source = self.trees[self.newest] / "source"
        for abi in self.abis:
            for point in filter(None, (abi.getevents, abi.pgetevents)):
                path, _, line = point.reason.partition(": ")
                if path == GENERIC and not (source / path).exists():
                    continue  # which kernels up to 6.10 do not have
                text = (source / path).read_text(encoding="utf-8")
                lines = {f"{call.column} {name} {call.entry}" for name, call in lines_of(text)}
                self.assertIn(line, lines, f"{abi.name}: {path}")

    def test_the_old_timespec_is_that_of_32_bits(self) -> None:
        # The kernel's old_timespec32 always has 32 bits, ours has those of the kernel's long.
        for abi in ABIS:
            if "kernel_old_timespec" in _timespecs(abi, NEWEST[abi.name]).values():
                self.assertEqual(abi.kernel_long_bits, 32, abi.name)


class MutationTest(CacheTest):
    """Facts, rows and tables with one mistake."""

    def test_a_wrong_number_on_any_abi(self) -> None:
        for name, facts in self.facts.items():
            for call, number in facts.syscalls.items():
                if number is not None:
                    self.assertEqual(
                        self.differences(name, {call: number + 1}),
                        [f"{call} is {number}, not {number + 1}"],
                        name,
                    )

    def test_a_call_that_is_taken_for_absent_on_any_abi(self) -> None:
        for name in self.facts:
            said = self.differences(name, {"io_cancel": None})
            self.assertRegex(said[0], r"io_cancel is \d+, not None")

    def test_an_absent_call_that_is_given_a_number_on_any_abi(self) -> None:
        for name, facts in self.facts.items():
            for call, number in facts.syscalls.items():
                if number is None:
                    said = self.differences(name, {call: 416})
                    self.assertIn(f"{call} is None, not 416", said, name)

    def test_the_numbers_of_x86_64_on_x32(self) -> None:
        number = NEWEST["x86_64"].syscalls["io_setup"] or 0
        for wrong in (number, number + 0x40000000):
            self.assertNotEqual(self.differences("x32", {"io_setup": wrong}), [])

    def test_a_row_with_the_other_timespec_on_any_abi(self) -> None:
        for abi in self.abis:
            for call in ("getevents", "pgetevents"):
                point = getattr(abi, call)
                if point:
                    others = {"kernel_timespec", "kernel_old_timespec"} - {point.timespec}
                    wrong = {call: dataclasses.replace(point, timespec=others.pop())}
                    said = self.differences(abi.name, **wrong)
                    self.assertRegex("".join(said), f"^io_{call} takes kernel_", abi.name)

    def test_a_row_without_an_entry_point(self) -> None:
        for name in ("x86_64", "arm", "hexagon"):
            said = self.differences(name, getevents=None)
            self.assertRegex("".join(said), "^io_getevents takes kernel_.*timespec, not None$")

    def test_another_table(self) -> None:
        edits = {
            "x86_64": ("arch/x86/entry/syscalls/syscall_64.tbl", "206\t64", "207\t64"),
            "mips_o32": ("arch/mips/kernel/syscalls/syscall_o32.tbl", "241\to32", "242\to32"),
            "ppc": ("arch/powerpc/kernel/syscalls/syscall.tbl", "\t32\tio_get", "\t64\tio_other"),
            "riscv64": (GENERIC, "\tio_submit\t", "\tio_offer\t"),
            "arc": ("arch/arc/kernel/Makefile.syscalls", " time32", ""),
            "alpha": ("fs/aio.c", "(io_getevents,", "(io_others,"),
        }
        for name, (path, old, new) in edits.items():
            with tempfile.TemporaryDirectory() as folder, self.subTest(abi=name):
                shutil.copytree(self.trees[self.newest] / "source", f"{folder}/source")
                file = Path(folder, "source", path)
                if not file.exists():
                    continue  # which kernels up to 6.10 do not have
                text = file.read_text(encoding="utf-8")
                self.assertIn(old, text)
                file.write_text(text.replace(old, new), encoding="utf-8")
                abi = find_abi(name, "test")
                said = source_of(Path(folder), abi).differences(abi, self.facts[name])
                self.assertNotEqual(said, [])


class ReaderTest(unittest.TestCase):
    """How tables are read, which needs no cache."""

    def test_a_table_has_comments_and_calls_without_an_entry_point(self) -> None:
        text = "# n abi name entry\n\n1 64 a sys_a compat_sys_a\n2\tx32\tb\tsys_b # c\n3 64 c\n"
        self.assertEqual(
            list(lines_of(text)), [("a", Call(1, "64", "sys_a")), ("b", Call(2, "x32", "sys_b"))]
        )

    def test_a_table_with_a_call_twice_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "source/arch/alpha/kernel/syscalls/syscall.tbl")
            path.parent.mkdir(parents=True)
            path.write_text("1 common a sys_a\n2 common a sys_a\n", encoding="utf-8")
            with self.assertRaisesRegex(ValueError, "syscall.tbl has a twice for alpha"):
                calls_of(Path(folder), find_abi("alpha", "test"))

    def test_a_header_says_by_conditions_which_entry_point_there_is(self) -> None:
        text = """\
#if defined(__ARCH_WANT_TIME32_SYSCALLS) || __BITS_PER_LONG != 32
#define __NR_io_getevents 4
__SC_3264(__NR_io_getevents, sys_io_getevents_time32, sys_io_getevents)
#endif
"""
        getevents = {
            (bits, time32): dict(calls_of_unistd(text, bits, time32)).get("io_getevents")
            for bits, time32 in ((32, False), (32, True), (64, False))
        }
        self.assertEqual(
            getevents,
            {
                (32, False): None,
                (32, True): Call(4, "", "sys_io_getevents_time32"),
                (64, False): Call(4, "", "sys_io_getevents"),
            },
        )

    def test_a_condition_of_which_nothing_is_known_is_refused(self) -> None:
        text = "#if SOMETHING\n#define __NR_io_new 9\n__SYSCALL(__NR_io_new, sys_new)\n#endif\n"
        with self.assertRaisesRegex(KeyError, "SOMETHING"):
            list(calls_of_unistd(text, 64, False))

    def test_an_entry_point_takes_the_timespec_of_its_definition(self) -> None:
        text = """\
COMPAT_SYSCALL_DEFINE2(one, long, nr,
		struct old_timespec32 __user *, timeout)
{
	struct timespec64 ts;
}
SYSCALL_DEFINE1(two, long, nr)
{
	get(struct __kernel_timespec __user *);
}
"""
        self.assertEqual(timespecs(text), {"compat_sys_one": "old_timespec32"})


if __name__ == "__main__":
    unittest.main()
