"""The table says what came of each run, and each reason once."""

import unittest

from tests.emulated.console import Console
from tests.emulated.guest import Run
from tests.emulated.kernels import load_kernels
from tests.emulated.table import as_markdown, as_text

SUITE = "@@ begin /disk/suites/{}\n{}\n@@ end {} 1.0\n"
PASSED = "All tests passed (9 assertions in 12 test cases)"


def ran(name: str, *said: str, problem: str | None = None) -> Run:
    """The run of a kernel, as `list` names it, whose console said so."""
    console = Console()
    for line in "".join(["@@ kernel 9.9 4096\n", *said]).splitlines():
        console.read(line)
    kernel = next(kernel for kernel in load_kernels() if str(kernel) == name)
    return Run(kernel, console, 61.4, problem)


class TableTest(unittest.TestCase):
    """In text and in Markdown."""

    def setUp(self) -> None:
        skipping = SUITE.format("safe+run_test", f"SKIPPED: it is too small\n{PASSED}", "exit 0")
        failing = SUITE.format("raw+prep_test", "test cases: 3 | 1 passed | 2 failed", "exit 2")
        self.good = ran("s390x 6.12", skipping)
        self.bad = ran("aarch64 7.2", skipping, failing, problem="not at its end after 9 s")

    def test_text_has_its_columns_below_each_other(self) -> None:
        head, good, bad = as_text([self.good, self.bad]).splitlines()[:3]
        self.assertEqual(head.split()[-4:], ["passed", "failed", "skipped", "seconds"])
        self.assertEqual(good.split(), ["s390x", "9.9", "4", "KiB", "12", "0", "1", "61"])
        self.assertEqual(bad.split(), ["aarch64", "9.9", "4", "KiB", "13", "3", "1", "61"])
        for word, number in (("passed", "12"), ("seconds", "61")):
            end = head.index(word) + len(word)
            self.assertEqual(good[end - 2 : end], number)

    def test_what_failed_is_named_with_where_and_how(self) -> None:
        text = as_text([self.good, self.bad])
        self.assertIn("FAILED: aarch64 7.2: raw/prep_test: 2 failed (exit 2)\n", text)
        self.assertIn("FAILED: aarch64 7.2: not at its end after 9 s\n", text)
        self.assertNotIn("FAILED: s390x", text)

    def test_a_reason_to_skip_is_said_once_with_where_it_holds(self) -> None:
        both = as_text([self.good, self.bad])
        self.assertIn("skipped: safe/run_test: it is too small (all)", both)
        self.assertEqual(both.count("too small"), 1)
        self.assertIn("it is too small (s390x 6.12)", as_text([self.good]))

    def test_markdown_has_a_rule_and_a_row_for_each_run(self) -> None:
        lines = as_markdown([self.good, self.bad]).splitlines()
        self.assertEqual(lines[1], "| --- | --- | ---: | ---: | ---: | ---: | ---: |")
        self.assertEqual(lines[2], "| s390x | 9.9 | 4 KiB | 12 | 0 | 1 | 61 |")
        self.assertIn("- aarch64 7.2: raw/prep_test: 2 failed (exit 2)", lines)
        self.assertIn("- safe/run_test: it is too small (all)", lines)

    def test_a_machine_that_said_nothing_has_a_row_too(self) -> None:
        silent = ran("s390x 6.12")
        silent.console = Console()
        silent.problem = "ended too early"
        self.assertIn("| s390x | 6.12 |  | 0 | 1 | 0 | 61 |", as_markdown([silent]))


if __name__ == "__main__":
    unittest.main()
