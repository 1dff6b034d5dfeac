"""What a newer kernel changed: the real ones, and changes that no kernel may make."""

import contextlib
import dataclasses
import io
import json
import unittest
from collections.abc import Mapping, Sequence
from pathlib import Path

from codegen import abi_command
from codegen.abis import ABIS
from codegen.drift import Change, drift
from codegen.facts import AbiFacts, Field, Struct
from codegen.facts_files import load_history
from codegen.history import History

FACTS = Path(__file__).parents[2] / "codegen/facts"
HISTORY = load_history(FACTS)

HINTS = [f"IOPRIO_HINT_DEV_DURATION_LIMIT_{number}" for number in range(1, 8)] + [
    f"IOPRIO_HINT_{name}" for name in ("MASK", "NONE", "NR_BITS", "SHIFT")
]
LEVELS = ["IOPRIO_LEVEL_MASK", "IOPRIO_LEVEL_NR_BITS"]
COUNTS = ["IOPRIO_CLASS_INVALID", "IOPRIO_NR_CLASSES", "IOPRIO_NR_HINTS"]


def run(*arguments: str) -> tuple[int, str]:
    """Runs the command: its exit status and what it says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = abi_command.main(["--facts", str(FACTS), *arguments])
    return status, said.getvalue()


class RealDriftTest(unittest.TestCase):
    """Kernels that were."""

    def test_from_6_1_to_7_2_flags_and_hints_came_and_one_layout_moved(self) -> None:
        found = drift(HISTORY, "6.1", "7.2")
        self.assertEqual((found.old, found.new), ("6.1.176", "7.2.12"))
        self.assertEqual(found.severity, "to review")
        flags = ["RWF_ATOMIC", "RWF_DONTCACHE", "RWF_NOAPPEND", "RWF_NOSIGNAL"]
        self.assertEqual(
            [change.symbol for change in found.changes if change.severity == "additive"],
            sorted(
                ["abi.loongarch32"]
                + [f"constant.{name}" for name in flags + HINTS + LEVELS + COUNTS]
            ),
        )
        reviewed = [change for change in found.changes if change.severity == "to review"]
        self.assertEqual(
            [(change.symbol, change.what, change.abis) for change in reviewed],
            [
                (
                    "constant.RWF_SUPPORTED",
                    "31 -> 511: the mask of all flags, and there are more",
                    found.common,
                ),
                (
                    "struct.__kernel_old_timespec.tv_nsec",
                    "size 4 -> 8, alignment 4 -> 8",
                    ("x32",),
                ),
            ],
        )
        self.assertEqual(len(found.changes), len(reviewed) + 21)
        self.assertEqual(len(found.common), 35)

    def test_from_7_2_to_7_3_nothing_changed(self) -> None:
        found = drift(HISTORY, "7.2", "7.3")
        self.assertEqual((found.severity, found.changes), ("none", ()))


class ForbiddenDriftTest(unittest.TestCase):
    """The facts of 7.3, changed in one place, as those of a kernel 7.4."""

    def changed(self, abi: str, **values: object) -> Sequence[Change]:
        """What the drift is to a kernel in which one ABI has other facts."""
        facts = HISTORY.of_kernel("7.3")
        fresh = [
            dataclasses.replace(one, kernel="7.4.0", **values if one.abi == abi else {})
            for one in facts.values()
        ]
        return drift(HISTORY.with_facts(fresh), "7.3", "7.4").changes

    def facts(self, abi: str) -> AbiFacts:
        """The facts of one ABI in 7.3."""
        return HISTORY.of_kernel("7.3")[abi]

    def with_field(self, abi: str, name: str, **values: object) -> Sequence[Change]:
        """What the drift is if one field of iocb is another."""
        struct = self.facts(abi).structs["iocb"]
        fields = tuple(
            dataclasses.replace(field, **values if field.name == name else {})
            for field in struct.fields
        )
        changed = dataclasses.replace(struct, fields=fields)
        return self.changed(abi, structs={**self.facts(abi).structs, "iocb": changed})

    def test_a_number_that_changed_is_breaking(self) -> None:
        calls: dict[str, int | None] = {**self.facts("sparc").syscalls, "io_submit": 1}
        self.assertEqual(
            self.changed("sparc", syscalls=calls),
            (Change("breaking", "syscall.io_submit", "270 -> 1", ("sparc",)),),
        )

    def test_a_call_that_is_gone_is_breaking(self) -> None:
        calls: dict[str, int | None] = {**self.facts("sh").syscalls, "io_cancel": None}
        self.assertEqual(
            self.changed("sh", syscalls=calls),
            (Change("breaking", "syscall.io_cancel", "gone, was 249", ("sh",)),),
        )

    def test_a_call_that_came_is_additive(self) -> None:
        calls: dict[str, int | None] = {**self.facts("m68k").syscalls, "io_pgetevents": 500}
        self.assertEqual(
            self.changed("m68k", syscalls=calls),
            (Change("additive", "syscall.io_pgetevents", "new, 500", ("m68k",)),),
        )

    def test_a_mask_that_lost_a_bit_is_breaking(self) -> None:
        constants: dict[str, Mapping[str, int]] = {**self.facts("arc").constants}
        constants["linux/fs.h"] = {**constants["linux/fs.h"], "RWF_SUPPORTED": 0x1FE}
        self.assertEqual(
            self.changed("arc", constants=constants),
            (Change("breaking", "constant.RWF_SUPPORTED", "511 -> 510", ("arc",)),),
        )

    def test_a_field_that_moved_is_breaking(self) -> None:
        self.assertEqual(
            self.with_field("ppc", "aio_flags", offset=48),
            (Change("breaking", "struct.iocb.aio_flags", "offset 56 -> 48", ("ppc",)),),
        )

    def test_a_field_that_lost_its_sign_is_to_be_reviewed(self) -> None:
        self.assertEqual(
            self.with_field("ppc", "aio_offset", type="__u64"),
            (Change("to review", "struct.iocb.aio_offset", "type __s64 -> __u64", ("ppc",)),),
        )

    def test_a_type_that_is_spelled_otherwise_is_no_change(self) -> None:
        self.assertEqual(self.with_field("ppc", "aio_offset", type="long long"), ())

    def test_a_struct_that_grew_is_breaking(self) -> None:
        old = self.facts("arm").structs["io_event"]
        fields = (*old.fields, Field("more", "__u64", 32, 8, 8))
        structs: dict[str, Struct] = {
            **self.facts("arm").structs,
            "io_event": Struct(40, 8, fields),
        }
        self.assertEqual(
            self.changed("arm", structs=structs),
            (
                Change("breaking", "struct.io_event.size", "32 -> 40", ("arm",)),
                Change("additive", "struct.io_event.more", "new, offset 32", ("arm",)),
            ),
        )

    def test_a_type_behind_a_name_that_changed_is_breaking(self) -> None:
        typedefs = {**self.facts("x32").typedefs, "aio_context_t": "unsigned long"}
        self.assertEqual(
            [change.severity for change in self.changed("x32", typedefs=typedefs)], ["breaking"]
        )

    def test_an_abi_that_is_gone_is_breaking(self) -> None:
        known = [one for one in HISTORY.of_kernel("7.3").values() if one.abi != "nios2"]
        fresh = [dataclasses.replace(one, kernel="7.4.0") for one in known]
        self.assertEqual(
            drift(HISTORY.with_facts(fresh), "7.3", "7.4").changes,
            (Change("breaking", "abi.nios2", "gone", ("nios2",)),),
        )


class CommandTest(unittest.TestCase):
    """What //codegen:abi prints."""

    def test_it_lists_the_abis_and_the_kernels(self) -> None:
        status, said = run("list")
        lines = said.splitlines()
        self.assertEqual((status, lines[0]), (0, "36 ABIs"))
        self.assertEqual(lines[38], f"{len(HISTORY.kernels)} kernels")
        self.assertIn("  5.10   5.10.223   34 ABIs", lines)

    def test_it_shows_one_abi_as_a_table_for_programs(self) -> None:
        status, said = run("show", "--abi", "x86_64", "--format", "tsv")
        self.assertEqual(status, 0)
        for row in (
            "syscall.io_setup\t206",
            "syscall.io_pgetevents_time64\t-",
            "constant.RWF_NOWAIT\t8",
            "struct.iocb.size\t64",
            "struct.iocb.aio_key.offset\t8",
            "typedef.aio_context_t\tunsigned long",
        ):
            self.assertIn(row, said.splitlines())

    def test_every_abi_has_the_same_rows_in_every_kernel(self) -> None:
        def names(abi: str, kernel: str) -> list[str]:
            _, said = run("show", "--abi", abi, "--kernel", kernel, "--format", "tsv")
            return [line.partition("\t")[0] for line in said.splitlines()]

        self.assertEqual(names("sh", "5.10"), names("mips_n64", "7.3.4"))

    def test_what_an_older_kernel_lacks_is_a_dash(self) -> None:
        _, said = run("show", "--abi", "arm", "--kernel", "6.1", "--format", "tsv")
        self.assertIn("constant.RWF_ATOMIC\t-\n", said)
        self.assertIn("constant.RWF_SUPPORTED\t31\n", said)

    def test_the_exit_status_tells_a_breaking_drift(self) -> None:
        self.assertEqual(
            [run("drift", *pair)[0] for pair in (("6.1", "7.2"), ("7.2", "6.1"))], [0, 1]
        )

    def test_the_formats_say_the_same(self) -> None:
        texts = {form: run("drift", "6.12", "7.2", "--format", form)[1] for form in ("text", "md")}
        data = json.loads(run("drift", "6.12", "7.2", "--format", "json")[1])
        self.assertEqual(data["severity"], "to review")
        self.assertTrue(texts["text"].startswith("Linux 6.12.107 -> 7.2.12: to review\n"))
        self.assertTrue(texts["md"].startswith("# Linux 6.12.107 → 7.2.12: to review\n"))
        self.assertIn("| `constant.RWF_NOSIGNAL` | new, 256 | all ABIs |\n", texts["md"])
        for change in data["changes"]:
            for text in texts.values():
                self.assertIn(change["symbol"], text)

    def test_unknown_names_are_refused(self) -> None:
        for said, *arguments in (
            ("--abi: there is no ABI 'pdp11': use one of", "show", "--abi", "pdp11"),
            (
                "--kernel: there are no facts of loongarch32 in Linux 6.1: use one of 7.2, 7.3",
                *("show", "--abi", "loongarch32", "--kernel", "6.1"),
            ),
            ("2.4: there are no facts of this kernel: use one of 5.10.", "drift", "2.4", "7.2"),
        ):
            status, answer = run(*arguments)
            self.assertEqual(status, 1)
            self.assertIn(said, answer)


class HistoryTest(unittest.TestCase):
    """The facts that the drift rests on."""

    def test_the_known_kernels_have_every_abi_that_there_was(self) -> None:
        for kernel in ("5.10", "6.1", "6.12", "7.2", "7.3"):
            missing = {abi.name for abi in ABIS} - HISTORY.of_kernel(kernel).keys()
            there = {"5.10": {"loongarch64", "loongarch32"}, "6.1": {"loongarch32"}}
            there["6.12"] = there["6.1"]
            self.assertEqual(missing, there.get(kernel, set()), kernel)

    def test_the_api_offers_the_newest(self) -> None:
        self.assertEqual({one.series for one in HISTORY.newest().values()}, {HISTORY.kernels[-1]})
        older = History(HISTORY.of_kernel("6.1").values())
        self.assertNotIn("RWF_ATOMIC", older.newest()["arm"].constants["linux/fs.h"])


if __name__ == "__main__":
    unittest.main()
