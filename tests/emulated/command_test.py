"""The command runs what it is asked for, and says what it cannot."""

import contextlib
import io
import unittest
from typing import Any
from unittest import mock

from codegen.errors import CodegenError
from tests.emulated import command
from tests.emulated.console import Console
from tests.emulated.guest import Run
from tests.emulated.kernels import Kernel
from tests.emulated.programs import Programs


class CommandTest(unittest.TestCase):
    """With machines that only say which kernel they are given."""

    def setUp(self) -> None:
        self.programs = mock.Mock(spec=Programs, suites={"raw/prep_test": None})
        self.build = self.patch("build", return_value=self.programs)
        self.tool = self.patch("tool")
        self.patch("run", side_effect=self.run_machine)
        self.enterContext(mock.patch.object(Kernel, "fetch"))
        self.enterContext(mock.patch("signal.signal"))
        self.ran: list[str] = []
        self.problem: str | None = None
        self.interrupted = ""

    def patch(self, name: str, **what: Any) -> mock.Mock:
        """Puts something else in the place of what the command uses."""
        replaced: mock.Mock = self.enterContext(mock.patch.object(command, name, **what))
        return replaced

    def run_machine(self, kernel: Kernel, *_: object) -> Run:
        """A machine without suites."""
        if str(kernel) == self.interrupted:
            raise KeyboardInterrupt
        self.ran.append(str(kernel))
        return Run(kernel, Console(), 1.0, self.problem)

    def run_command(self, *arguments: str) -> tuple[int, str]:
        """Its exit status and what it says."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = command.main(arguments)
        return status, said.getvalue()

    def test_without_a_kernel_it_is_the_newest_of_the_usual_ones(self) -> None:
        self.assertEqual(self.run_command("--arch", "aarch64", "--arch", "s390x")[0], 0)
        self.assertEqual(self.ran, ["aarch64 7.2", "s390x 6.12"])

    def test_the_matrix_has_all_kernels_and_builds_once_for_each_machine(self) -> None:
        self.run_command("--matrix", "--arch", "x86_64", "--arch", "i386")
        self.assertLessEqual({"x86_64 5.10", "x86_64 7.2", "i386 6.1"}, set(self.ran))
        self.assertEqual(self.build.call_count, 2)

    def test_a_machine_that_failed_is_a_failure(self) -> None:
        self.problem = "ended too early"
        status, said = self.run_command("--arch", "s390x")
        self.assertEqual(status, 1)
        self.assertIn("FAILED: s390x 6.12: ended too early", said)

    def test_a_machine_that_cannot_be_built_for_stops_no_other(self) -> None:
        self.build.side_effect = [CodegenError("bazelw", "build failed", "see"), self.programs]
        status, said = self.run_command("--arch", "i386", "--arch", "s390x")
        self.assertEqual((status, self.ran), (1, ["s390x 6.12"]))
        self.assertIn("FAILED: i386 6.1: bazelw: build failed: see", said)

    def test_what_is_known_is_told_when_the_rest_is_interrupted(self) -> None:
        self.interrupted = "s390x 6.12"
        status, said = self.run_command("--arch", "i386", "--arch", "s390x", "--format", "md")
        self.assertEqual((status, self.ran), (130, ["i386 6.1"]))
        self.assertIn("| i386 | 6.1 |", said)

    def test_nothing_runs_unless_a_machine_is_named(self) -> None:
        status, said = self.run_command()
        self.assertEqual((status, self.ran), (1, []))
        self.assertIn("no machine is named: --arch aarch64, say, or --matrix", said)

    def test_a_kernel_that_is_not_pinned_is_an_error_that_names_those_that_are(self) -> None:
        status, said = self.run_command("--arch", "x86_64", "--kernel", "4.4")
        self.assertEqual((status, self.ran), (1, []))
        self.assertIn("--kernel: no such kernel is pinned: one of 5.10, 6.1, 6.12, 7.2", said)

    def test_what_cannot_be_had_is_an_error_unless_it_may_be_skipped(self) -> None:
        self.tool.side_effect = CodegenError("qemu-system-s390x", "not installed", "apt-get")
        status, said = self.run_command("--arch", "s390x")
        self.assertEqual((status, self.ran), (1, []))
        self.assertIn("emulated: qemu-system-s390x: not installed: apt-get", said)
        status, said = self.run_command("--arch", "s390x", "--skip-missing")
        self.assertEqual((status, self.ran), (0, []))
        self.assertIn("SKIPPED: s390x 6.12: qemu-system-s390x: not installed: apt-get\n", said)

    def test_a_kernel_that_cannot_be_had_stops_no_other(self) -> None:
        self.tool.side_effect = [CodegenError("qemu-system-i386", "not installed", "apt-get"), ""]
        status, said = self.run_command("--arch", "i386", "--arch", "s390x")
        self.assertEqual((status, self.ran), (1, ["s390x 6.12"]))
        self.assertIn("FAILED: i386 6.1: qemu-system-i386: not installed: apt-get", said)

    def test_a_setting_of_the_suites_is_name_and_value(self) -> None:
        for wrong in ("NAME", "=value", "NAME=a b"):
            with self.subTest(wrong), self.assertRaises(SystemExit):
                self.run_command("--arch", "s390x", "--env", wrong)

    def test_the_list_runs_nothing(self) -> None:
        status, said = self.run_command("--list", "--arch", "i386")
        self.assertEqual((status, self.ran), (0, []))
        self.assertEqual(said, "i386 5.10\ni386 6.1\n")


if __name__ == "__main__":
    unittest.main()
