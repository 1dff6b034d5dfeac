"""The experiment, run as its user runs it, on the real kernel; how long it takes is no matter."""

import json
import os
import subprocess
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from bench.common.programs import BenchmarkError
from bench.common.storage import direct_obstacle, file_system
from bench.experiment import running
from bench.experiment.corpus import make_files
from bench.experiment.results import Setting
from bench.experiment.running import run_all
from bench.experiment.ways import WAYS
from tests.bench.command import command_of, environment, run
from tests.bench.seccomp import IO_URING_SETUP, forbid
from tests.codegen.html_page import parse_page

_COMMAND = command_of("bench.experiment.experiment")
_TINY = ["--reads=3", "--interval=0.1", "--repetitions=2", "--files=1,3"]
_WITHOUT_PEERS = running.READER.with_name("reader_without_peers")
_SETTING = Setting(
    reads=2, interval=100, repetitions=1, counts=(2,), ways=WAYS, direct_obstacle="not wanted"
)


def _run(*options: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return run([*_COMMAND, *_TINY, *options], **how)


class ExperimentTest(unittest.TestCase):
    """From the command line to what it prints and writes."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_each_way_is_measured_in_each_cell(self) -> None:
        done = _run("--rows=all", "--format=json", f"--directory={self.folder}")
        self.assertEqual(done.returncode, 0, done.stderr)
        whole = json.loads(done.stdout)
        left_out = set(whole["left_out"])
        self.assertLessEqual(
            left_out, {"libaio", "libaio_late", "io_uring", "io_uring_late", "O_DIRECT"}
        )
        if left_out:
            print(f"SKIPPED: {whole['left_out']}")
        modes = ["Cached"] + (["O_DIRECT"] if "O_DIRECT" not in left_out else [])
        self.assertEqual(
            [(one["mode"], one["files"], one["way"]) for one in whole["cells"]],
            [
                (mode, files, way.name)
                for mode in modes
                for files in (1, 3)
                for way in WAYS
                if way.name not in left_out
            ],
        )
        for cell in whole["cells"]:
            self.assertEqual(len(cell["measured"]), 2)
            for one in cell["measured"]:
                self.assertGreaterEqual(one["seconds"], 3 * 0.0001)
                self.assertGreater(one["resident"], one["written"])
                self.assertGreater(one["virtual"], one["resident"])

    def test_a_way_has_the_threads_that_it_says(self) -> None:
        rows = "open_read,pread,pool_4,pool_320,linux_aio,linux_aio_late,linux_aio_absolute"
        done = _run(f"--rows={rows}", "--format=json", f"--directory={self.folder}")
        threads = {
            one["way"]: {process["threads"] for process in one["measured"]}
            for one in json.loads(done.stdout)["cells"]
        }
        of_pools = {"pool_4": {5}, "pool_320": {321}}
        self.assertEqual(threads, {name: of_pools.get(name, {1}) for name in rows.split(",")})

    def test_it_removes_its_files(self) -> None:
        self.assertEqual(_run("--rows=pread", f"--directory={self.folder}").returncode, 0)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_it_removes_them_when_it_is_ended_too(self) -> None:
        command = [*_COMMAND, "--reads=100000", f"--directory={self.folder}"]
        with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE) as process:
            assert process.stderr
            process.stderr.readline()  # of its progress: it reads
            self.assertEqual(len(list(self.folder.iterdir())), 1)
            process.terminate()
        self.assertEqual(process.returncode, 1)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_it_writes_a_page_and_a_file_for_each_chart(self) -> None:
        done = _run(
            "--rows=pread,linux_aio",
            f"--directory={self.folder}",
            f"--html={self.folder}/page.html",
            f"--svg={self.folder}/charts",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        page = parse_page((self.folder / "page.html").read_text(encoding="utf-8"))
        written = sorted(path.name for path in (self.folder / "charts").iterdir())
        self.assertEqual(len(written), len(list(page.all("svg"))))
        self.assertIn("cached_runtime.svg", written)
        self.assertIn("Cached: Runtime, seconds", done.stdout)

    def test_progress_goes_to_standard_error(self) -> None:
        done = _run("--rows=pread", f"--directory={self.folder}")
        self.assertRegex(done.stderr, r"^\[1/\d+\] .*: pread\n")
        self.assertNotIn("[1/", done.stdout)

    def test_where_io_uring_is_forbidden_it_is_left_out(self) -> None:
        done = _run(
            "--rows=pread,io_uring", f"--directory={self.folder}", preexec_fn=forbid(IO_URING_SETUP)
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(
            done.stdout,
            r"LEFT OUT: io_uring: (io_uring_setup: EPERM: a seccomp profile|built without)",
        )
        self.assertIn("\n  pread ", done.stdout)

    def test_on_a_tmpfs_direct_io_is_left_out(self) -> None:
        memory = Path("/dev/shm")
        if not os.access(memory, os.W_OK) or file_system(memory) != "tmpfs":
            print("SKIPPED: /dev/shm is no tmpfs to write to")
            return
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            done = _run("--rows=pread", f"--directory={folder}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("LEFT OUT: O_DIRECT: a tmpfs has no disk", done.stdout)
        self.assertNotIn("O_DIRECT: Runtime", done.stdout)

    def test_a_row_that_there_is_not_is_said_with_those_that_there_are(self) -> None:
        done = _run("--rows=pread,aio")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no row is called aio; there are: open_read, pread,", done.stderr)

    def test_an_interval_that_is_none_is_refused(self) -> None:
        for interval in ("0", "inf", "soon"):
            done = _run(f"--interval={interval}")
            self.assertEqual(done.returncode, 2)
            self.assertIn("argument --interval: invalid number of milliseconds", done.stderr)

    def test_a_page_that_cannot_be_written_is_said_before_anything_is_measured(self) -> None:
        done = _run(f"--html={self.folder}/none/page.html")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--html: there is no folder ", done.stderr)

    def test_a_folder_that_is_not_there_is_an_error(self) -> None:
        done = _run(f"--directory={self.folder}/none")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^experiment: .*No such file or directory: .*/none/")


class RunningTest(unittest.TestCase):
    """How the reader is run, and what is believed of what it says."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_each_way_reads_what_is_in_the_files_past_the_page_cache_too(self) -> None:
        files = make_files(self.folder / "files", 2, cached=False)
        obstacle = direct_obstacle(files[0].path, self.folder)
        if obstacle:
            print(f"SKIPPED: O_DIRECT: {obstacle}")
        setting = replace(_SETTING, direct_obstacle=obstacle)
        results = run_all(setting, {False: files, True: files}, lambda _: None)
        self.assertEqual(len(results.measured), len(results.ways) * len(setting.modes))

    def test_what_is_not_in_the_file_is_not_taken_for_read(self) -> None:
        files = make_files(self.folder / "files", 2, cached=True)
        files[1] = replace(files[1], checksum=files[1].checksum ^ 1)
        for way in WAYS[:2]:
            setting = replace(_SETTING, ways=[way])
            with self.assertRaisesRegex(BenchmarkError, f"^{way.title}: what was read of"):
                run_all(setting, {False: files}, lambda _: None)

    def test_a_file_that_is_away_is_named(self) -> None:
        files = make_files(self.folder / "files", 2, cached=True)
        files[1].path.unlink()
        with self.assertRaisesRegex(BenchmarkError, r"file0001: .*ENOENT"):
            run_all(replace(_SETTING, ways=WAYS[:1]), {False: files}, lambda _: None)

    def test_what_was_not_there_to_build_with_is_left_out(self) -> None:
        files = make_files(self.folder / "files", 2, cached=True)
        with mock.patch.object(running, "READER", _WITHOUT_PEERS):
            results = run_all(_SETTING, {False: files}, lambda _: None)
        missing = "built without {0}: apt-get install {0}-dev, then ./bazelw shutdown"
        self.assertEqual(
            {way.name: why for way, why in results.left_out.items()},
            {
                "libaio": missing.format("libaio"),
                "libaio_late": missing.format("libaio"),
                "io_uring": missing.format("liburing"),
                "io_uring_late": missing.format("liburing"),
            },
        )
        self.assertEqual(len(results.measured), len(WAYS) - 4)


if __name__ == "__main__":
    unittest.main()
