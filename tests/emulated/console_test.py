"""What a machine's console says is understood: results, skips, and how machines die."""

import unittest

from tests.emulated.console import Console, Suite

PASSED = """\
@@ kernel 6.12.95+deb12-s390x 4096
@@ begin /disk/suites/safe+run_test
SKIPPED: no huge pages are reserved
===============================================================================
All tests passed (1234 assertions in 5 test cases)


@@ end exit 0 1.5
@@ done
"""
FAILED = """\
@@ begin /disk/suites/kernel+poll_test
tests/kernel/poll_test.cpp:160: FAILED:
===============================================================================
test cases:  10 |  8 passed | 2 failed
assertions: 123 | 121 passed | 2 failed

@@ end exit 2 0.5
"""


def read(text: str) -> Console:
    """The console that said so."""
    console = Console()
    for line in text.splitlines(keepends=True):
        console.read(line)
    return console


def suite(summary: str, ending: str = "exit 0") -> Suite:
    """The suite that said so and ended so."""
    return read(f"@@ begin /disk/suites/raw+prep_test\n{summary}\n@@ end {ending} 0.1\n").suites[0]


class ConsoleTest(unittest.TestCase):
    """Line by line, as QEMU brings them."""

    def test_a_suite_that_passed_is_counted_with_what_it_skipped(self) -> None:
        console = read(PASSED)
        one = console.suites[0]
        self.assertEqual((one.name, one.passed, one.failed), ("safe/run_test", 5, 0))
        self.assertEqual(one.skips, ["no huge pages are reserved"])
        self.assertEqual((one.ending, one.seconds), ("exit 0", 1.5))
        self.assertEqual((console.release, console.page_size), ("6.12.95+deb12-s390x", 4096))
        self.assertTrue(console.done)

    def test_a_suite_that_failed_is_counted_and_keeps_what_it_said(self) -> None:
        one = read(FAILED).suites[0]
        self.assertEqual((one.passed, one.failed), (8, 2))
        self.assertIn("tests/kernel/poll_test.cpp:160: FAILED:", one.output)

    def test_catch2_has_a_summary_for_each_outcome(self) -> None:
        for summary, passed, failed in (
            ("All tests passed (1 assertion in 1 test case)", 1, 0),
            ("test cases: 4 | 4 passed\nassertions: - none -", 4, 0),
            ("test cases: 1 | 1 failed\nassertions: 2 | 1 passed | 1 failed", 0, 1),
            ("test cases: 3 | 1 passed | 2 failed\nassertions: 9 | 7 passed | 2 failed", 1, 2),
        ):
            with self.subTest(summary):
                one = suite(summary, f"exit {failed}")
                self.assertEqual((one.passed, one.failed), (passed, failed))

    def test_a_suite_that_ends_otherwise_than_by_success_has_failed(self) -> None:
        passed = "All tests passed (7 assertions in 3 test cases)"
        for summary, ending in (
            (passed, "signal 11"),
            (passed, "exit 1"),
            (passed, "timeout 0"),
            ("", "exit 0"),
            ("No tests ran", "exit 0"),
        ):
            with self.subTest(summary=summary, ending=ending):
                self.assertEqual(suite(summary, ending).failed, 1)

    def test_a_suite_is_returned_where_it_ends_and_only_there(self) -> None:
        console = Console()
        ended = [console.read(line) for line in PASSED.splitlines()]
        self.assertEqual([one.name for one in ended if one], ["safe/run_test"])
        self.assertEqual(ended.index(console.suites[0]), len(ended) - 2)

    def test_a_suite_in_which_the_machine_dies_has_failed(self) -> None:
        console = read("@@ begin /disk/suites/raw+prep_test\n[ 5.1] Kernel panic - not syncing\n")
        self.assertEqual(console.suites[0].failed, 1)
        self.assertFalse(console.done)
        self.assertEqual(console.tail, ["[ 5.1] Kernel panic - not syncing"])

    def test_a_mark_is_seen_behind_a_line_that_firmware_did_not_end(self) -> None:
        console = read("\x1b[2JSLOF **\r\r@@ kernel 7.2 65536\r\n@@ problem /disk: Invalid\n")
        self.assertEqual((console.release, console.page_size), ("7.2", 65536))
        self.assertEqual(console.problems, ["/disk: Invalid"])


if __name__ == "__main__":
    unittest.main()
