"""A machine is made, followed and cleaned up after, whatever it does: here QEMU is a script."""

import os
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from codegen.errors import CodegenError
from tests.emulated import guest
from tests.emulated.console import Suite
from tests.emulated.guest import Run, Settings, run
from tests.emulated.kernels import load_kernels
from tests.emulated.programs import Programs

PASSED = """\
@@ kernel 9.9 4096
@@ begin /disk/suites/raw+prep_test
All tests passed (9 assertions in 3 test cases)
@@ end exit 0 0.1
@@ done
"""


class GuestTest(unittest.TestCase):
    """With a kernel, programs and tools that are files of ours."""

    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.kernel = next(one for one in load_kernels() if one.machine.name == "s390x")
        self.programs = Programs(self.root / "init", {"raw/prep_test": self.root / "prep_test"})
        for name in ("init", "prep_test"):
            (self.root / name).write_text(f"the program {name}")
        modules = self.kernel.place(self.root / "cache") / "modules"
        modules.mkdir(parents=True)
        (modules / "00 ext4.ko").touch()
        (self.root / "bin").mkdir()
        (self.root / "temporary").mkdir()
        self.put_tool("cpio", "cat")
        self.put_tool("mke2fs", 'for last; do :; done; find "$5"/suites -type f >"$last"')
        self.put_tool("qemu-system-s390x", f'echo "$*" >{self.root}/asked; cat {self.root}/said')
        self.enterContext(
            mock.patch.dict(os.environ, {"PATH": f"{self.root}/bin:{os.environ['PATH']}"})
        )
        temporary = str(self.root / "temporary")
        self.enterContext(mock.patch.object(tempfile, "tempdir", temporary))
        self.heard: list[Suite] = []

    def put_tool(self, name: str, script: str) -> None:
        """Puts a script where tools are looked for first."""
        path = self.root / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run_machine(self, said: str, limit: int = 60) -> Run:
        """The run of a machine that says this; nothing of it may be left."""
        (self.root / "said").write_text(said)

        def hear(_: str, ended: Suite | None) -> None:
            if ended:
                self.heard.append(ended)

        settings = Settings(limit, 7, {"LINUX_AIO_TEST_STEPS": "12"})
        done = run(self.kernel, self.root / "cache", self.programs, settings, hear)
        self.assertEqual(list((self.root / "temporary").iterdir()), [])
        return done

    def test_results_are_handed_back_and_told_as_they_come(self) -> None:
        done = self.run_machine(PASSED)
        self.assertEqual((done.passed, done.failed, done.problem), (3, 0, None))
        self.assertEqual([suite.name for suite in self.heard], ["raw/prep_test"])

    def test_the_kernel_is_told_what_the_suites_are_to_know(self) -> None:
        self.run_machine(PASSED)
        asked = (self.root / "asked").read_text()
        self.assertIn(f"-kernel {self.kernel.place(self.root / 'cache')}/image", asked)
        self.assertIn("console=ttysclp0 panic=-1", asked)
        self.assertIn("suite_limit=7 LINUX_AIO_TEST_STEPS=12", asked)

    def test_a_machine_that_does_not_end_is_switched_off(self) -> None:
        self.put_tool("qemu-system-s390x", f"cat {self.root}/said; exec sleep 60")
        start = time.monotonic()
        done = self.run_machine("@@ kernel 9.9 4096\nstill here\n", limit=1)
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(done.problem, "not at its end after 1 s, but at: still here")
        self.assertEqual(done.failed, 1)

    def test_a_machine_that_does_not_come_up_is_switched_off_sooner(self) -> None:
        self.put_tool("qemu-system-s390x", f"cat {self.root}/said; exec sleep 60")
        start = time.monotonic()
        with mock.patch.object(guest, "_BOOT_LIMIT", 1):
            self.assertEqual(
                self.run_machine("booting\n").problem, "not up after 1 s, but at: booting"
            )
            self.assertEqual(self.run_machine("").problem, "not up after 1 s, and said nothing")
        self.assertLess(time.monotonic() - start, 30)

    def test_a_machine_that_dies_fails_with_its_last_words(self) -> None:
        done = self.run_machine(PASSED.replace("@@ done", "Kernel panic - not syncing"))
        self.assertIn("ended too early: ", str(done.problem))
        self.assertIn("Kernel panic - not syncing", str(done.problem))

    def test_a_suite_that_was_not_run_is_a_failure(self) -> None:
        done = self.run_machine("@@ kernel 9.9 4096\n@@ done\n")
        self.assertEqual(done.problem, "did not run raw/prep_test")

    def test_a_tool_that_is_missing_is_named_with_its_package(self) -> None:
        (self.root / "bin/qemu-system-s390x").unlink()
        with mock.patch.dict(os.environ, {"PATH": str(self.root / "bin")}):
            with self.assertRaisesRegex(CodegenError, "apt-get install .* qemu-system-misc"):
                self.run_machine(PASSED)

    def test_a_tool_that_fails_says_why(self) -> None:
        self.put_tool("mke2fs", "echo no room >&2; exit 1")
        with self.assertRaisesRegex(CodegenError, "mke2fs: failed .no room."):
            self.run_machine(PASSED)


if __name__ == "__main__":
    unittest.main()
