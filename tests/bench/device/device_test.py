"""The benchmark, run as its user runs it, on the real kernel; how fast it is is no matter."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

from bench.common.storage import direct_obstacle, file_system
from bench.device import running
from bench.device.engines import ENGINES
from bench.device.results import Setting
from bench.device.running import run_all
from bench.device.workloads import MODES, PATTERNS, Workload, workloads
from tests.bench.command import command_of, environment, run
from tests.bench.seccomp import IO_URING_SETUP, forbid

_COMMAND = command_of("bench.device.device")
_TINY = ["--seconds=0.01", "--repetitions=1", "--depths=1,3"]
_SMALL = "--size=1M"
_BLOCK = 4096
_WITHOUT_PEERS = running.ROUND.with_name("device_round_without_peers")


def _run(*options: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return run([*_COMMAND, *_TINY, *options], **how)


def _state(path: Path) -> tuple[str, int]:
    return hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns


class _InFolder(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "file"
        self.here = f"--folder={self.folder}"

    def make_file(self, size: int = 1 << 20) -> None:
        """Whose content nobody could make up."""
        self.file.write_bytes(os.urandom(size))

    def modes(self) -> str:
        """All, or those that the folder permits."""
        probe = self.folder / "probe"
        probe.touch()
        obstacle = direct_obstacle(probe, self.folder)
        probe.unlink()
        if obstacle:
            print(f"SKIPPED: O_DIRECT: {obstacle}")
        return "cached,cold" if obstacle else "all"


class EnginesTest(_InFolder):
    """Each engine, in each kind of work."""

    def setUp(self) -> None:
        super().setUp()
        self.chosen = self.modes()
        self.available = [
            one for name, one in MODES.items() if self.chosen == "all" or name != "direct"
        ]

    def expect_sense(self, one: Mapping[str, Any], engine: str, depth: int) -> None:
        """Of a round."""
        self.assertGreater(one["requests"], 0)
        self.assertGreater(one["cpu"], 0)
        self.assertAlmostEqual(one["iops"], one["requests"] / one["seconds"], delta=1)
        latency = one["latency"]
        self.assertGreater(latency["p50"], 0)
        self.assertLessEqual(latency["p50"], latency["p99"])
        self.assertLessEqual(latency["p99"], latency["p99.9"])
        # Nobody has more than `depth` requests in flight: what completes takes as long on average
        # as the time is by the requests that there were for each slot.
        self.assertLessEqual(latency["p50"] * one["requests"] / 2 / depth, one["seconds"] * 1.1e9)
        submission = one["submission"]
        self.assertEqual(submission is not None, "linux_aio" in engine or "libaio" in engine)
        if submission:
            self.assertGreater(submission["seconds"], 0)
            self.assertLessEqual(submission["calls_that_slept"], submission["calls"])
            self.assertLessEqual(submission["calls"], submission["requests"])
            self.assertLessEqual(submission["requests"], submission["calls"] * depth)

    def test_each_engine_is_measured_in_each_kind_of_work_at_each_depth(self) -> None:
        patterns = ("random_read", "sequential_write")
        done = _run(
            self.here,
            _SMALL,
            f"--patterns={','.join(patterns)}",
            f"--modes={self.chosen}",
            "--format=json",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        whole = json.loads(done.stdout)
        left_out = set(whole["left_out"])
        if left_out:
            print(f"SKIPPED: {whole['left_out']}")
        self.assertLessEqual(left_out, {"io_uring", "libaio", "libaio_again", "libaio_batches"})
        self.assertEqual(
            [(one["mode"], one["pattern"], one["depth"], one["engine"]) for one in whole["cells"]],
            [
                (mode.name, pattern, depth, engine.name)
                for mode in self.available
                for pattern in patterns
                if (mode.name, pattern) != ("cold", "sequential_write")
                for depth in (1, 3)
                for engine in ENGINES
                if engine.has_depth(depth) and engine.name not in left_out
            ],
        )
        for cell in whole["cells"]:
            self.assertEqual(len(cell["measured"]), 1)
            self.expect_sense(cell["measured"][0], cell["engine"], cell["depth"])

    def test_what_each_engine_transfers_is_what_is_in_the_file(self) -> None:
        # The program compares each block with what pread(2) finds in its place.
        self.make_file()
        modes = [mode for mode in self.available if mode.name != "cold"]
        for engine in sorted({tuple(engine.arguments) for engine in ENGINES}):
            for workload in workloads(list(PATTERNS.values()), modes):
                before = self.file.read_bytes()
                done = subprocess.run(
                    [
                        str(running.ROUND),
                        *engine,
                        *workload.arguments,
                        "--depth=16",
                        "--check",
                        str(self.file),
                    ],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if done.returncode == 3:
                    print(f"SKIPPED: {engine[0]}: {done.stderr.strip()}")
                    continue
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertGreaterEqual(json.loads(done.stdout)["compared"], 256)
                self.assertEqual(before != self.file.read_bytes(), workload.pattern.writes)

    def test_what_was_not_there_to_build_with_is_left_out(self) -> None:
        self.make_file()
        setting = Setting(
            workloads=[Workload(PATTERNS["random_read"], MODES["cached"])],
            depths=(2,),
            engines=ENGINES,
            block_size=_BLOCK,
            seconds=0.01,
            repetitions=1,
            file="a file",
        )
        with mock.patch.object(running, "ROUND", _WITHOUT_PEERS):
            results = run_all(setting, str(self.file), lambda _: None)
        missing = "built without {0}: apt-get install {0}-dev, then ./bazelw shutdown"
        self.assertEqual(
            {engine.name: why for engine, why in results.not_here.items()},
            {
                name: missing.format("libaio")
                for name in ("libaio", "libaio_again", "libaio_batches")
            }
            | {"io_uring": missing.format("liburing")},
        )
        self.assertEqual(
            {cell.engine.name for cell in results.measured},
            {"linux_aio", "linux_aio_batches", "posix_aio", "thread_pool"},
        )

    def test_where_io_uring_is_forbidden_it_is_left_out(self) -> None:
        done = _run(
            self.here,
            _SMALL,
            "--modes=cached",
            "--engines=linux_aio,io_uring",
            preexec_fn=forbid(IO_URING_SETUP),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(
            done.stdout,
            r"LEFT OUT: io_uring: (io_uring_setup: EPERM: a seccomp profile|built without)",
        )
        self.assertIn("\n  linux_aio ", done.stdout)


class FileTest(_InFolder):
    """What becomes of the user's file, and of one that is made."""

    def test_a_file_is_only_read_unless_it_is_said_otherwise(self) -> None:
        self.make_file()
        before = _state(self.file)
        done = _run(str(self.file), "--modes=cached")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("LEFT OUT: Writes: FILE is only read: --write permits", done.stdout)
        self.assertIn("Random reads, buffered, cached", done.stdout)
        self.assertNotIn("Random writes", done.stdout)
        self.assertEqual(_state(self.file), before)

    def test_writes_that_are_not_permitted_are_refused(self) -> None:
        self.make_file()
        before = _state(self.file)
        done = _run(str(self.file), "--modes=cached", "--patterns=random_read,random_write")
        self.assertEqual(done.returncode, 2)
        self.assertIn("random_write: would overwrite FILE: permit it with --write", done.stderr)
        self.assertEqual(_state(self.file), before)

    def test_with_write_it_is_overwritten_and_keeps_its_size(self) -> None:
        self.make_file((1 << 20) + 100)
        before = self.file.read_bytes()
        done = _run(
            str(self.file),
            "--write",
            "--modes=cached",
            "--patterns=sequential_write",
            "--engines=linux_aio",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        after = self.file.read_bytes()
        self.assertEqual(len(after), len(before))
        self.assertNotEqual(after[:-100], before[:-100])
        self.assertEqual(after[-100:], before[-100:])  # no whole block

    def test_a_file_that_is_made_has_no_name_and_is_gone_afterwards(self) -> None:
        done = _run(self.here, _SMALL, "--modes=cached", "--engines=blocking")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("of a new file of 1 MiB", done.stdout)
        self.assertRegex(done.stdout, r"; disk: (\w+, |of no single)")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_it_is_gone_however_the_program_is_ended(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            command = [*_COMMAND, "--modes=cached", "--seconds=0.05", self.here, "--size=8M"]
            with subprocess.Popen(
                command, env=environment(), stderr=subprocess.PIPE, text=True
            ) as process:
                assert process.stderr
                while "checking" not in process.stderr.readline():
                    self.assertIsNone(process.poll())
                self.assertEqual(self.sizes_of_unnamed_files(process.pid), [8 << 20])
                self.assertEqual(list(self.folder.iterdir()), [])
                process.send_signal(number)
                said = process.stderr.read()
            self.assertEqual(process.returncode, -9 if number == signal.SIGKILL else 1, said)
            self.assertNotIn("Traceback", said)
            self.assertEqual(list(self.folder.iterdir()), [])
            if number == signal.SIGINT:
                self.assertIn("device: interrupted\n", said)

    def sizes_of_unnamed_files(self, process: int) -> list[int]:
        """Which a process has open in the folder."""
        sizes = []
        for link in Path(f"/proc/{process}/fd").iterdir():
            with suppress(FileNotFoundError):  # pipes come and go
                if os.readlink(link).startswith(str(self.folder)):
                    sizes.append(link.stat().st_size)
        return sizes

    def test_each_page_of_a_made_file_is_another_one(self) -> None:
        code = (
            "import sys; from pathlib import Path; from bench.device.target import *\n"
            "needs = Needs(4096, 1, writes=False, direct=False, cached=False)\n"
            f"folder = Path({str(self.folder)!r})\n"
            "with made_file(folder, 12 << 20, needs, lambda *_: None) as made:\n"
            "    sys.stdout.buffer.write(Path(made.path).read_bytes())\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE, check=True
        )
        pages = {done.stdout[at : at + _BLOCK] for at in range(0, len(done.stdout), _BLOCK)}
        self.assertEqual(len(done.stdout), 12 << 20)
        self.assertEqual(len(pages), (12 << 20) // _BLOCK)
        self.assertNotIn(bytes(_BLOCK), pages)


class RefusalTest(_InFolder):
    """What cannot be, and is said before anything is measured."""

    def refused(self, *options: str, status: int = 1) -> str:
        """What is said."""
        done = _run(*options)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("Traceback", done.stderr)
        self.assertNotIn("checking", done.stderr)
        return done.stderr

    def test_direct_io_on_a_tmpfs(self) -> None:
        memory = Path("/dev/shm")
        if not os.access(memory, os.W_OK) or file_system(memory) != "tmpfs":
            print("SKIPPED: /dev/shm is no tmpfs to write to")
            return
        said = self.refused(f"--folder={memory}", _SMALL)
        self.assertIn("device: O_DIRECT: a tmpfs has no disk to read from: --folder takes", said)
        self.assertEqual(
            _run(f"--folder={memory}", _SMALL, "--modes=cached", "--engines=blocking").returncode, 0
        )

    def test_blocks_that_direct_io_does_not_take(self) -> None:
        if self.modes() != "all":
            return
        said = self.refused(self.here, _SMALL, "--block-size=1000")
        self.assertRegex(said, "blocks of 1000 bytes are no multiple of (512|4096), which O_DIRECT")
        self.assertNotIn("making", said)

    def test_a_file_that_is_too_small(self) -> None:
        self.make_file(_BLOCK * 8)
        said = self.refused(str(self.file), "--modes=cached")
        self.assertIn(f"{self.file} has 32 KiB: too small for 3 requests of 4 KiB", said)
        self.assertIn("which need 48 KiB", said)
        self.assertIn("a file of 32 KiB", self.refused(self.here, "--size=32K"))

    def test_a_folder_that_is_not_there_or_not_to_be_written_to(self) -> None:
        said = self.refused(f"--folder={self.folder}/none")
        self.assertIn(f"device: no file can be made in {self.folder}/none: No such file", said)
        self.assertIn("--folder takes another", self.refused("--folder=/proc"))

    def test_a_disk_that_has_no_room(self) -> None:
        said = self.refused(self.here, "--size=1000000G", "--modes=cold")
        self.assertRegex(
            said, f"{self.folder} has room for \\d+ MiB, and a file of 1000000 GiB is to"
        )

    def test_more_than_memory_can_cache(self) -> None:
        said = self.refused(self.here, "--size=1000000G", "--modes=cached")
        self.assertIn("cannot be cached", said)

    def test_what_is_no_file(self) -> None:
        os.mkfifo(self.folder / "fifo")
        for path in (self.folder, self.folder / "fifo", "/dev/null"):
            said = self.refused(str(path))
            self.assertIn(f"device: {path} is neither a regular file nor a block device", said)
        self.assertIn(f"{self.file}: No such file", self.refused(str(self.file)))

    def test_options_that_are_none(self) -> None:
        for option, said in (
            ("--engines=aio", "no engine is called aio; there are: linux_aio, linux_aio_batches,"),
            ("--patterns=zigzag", "no pattern is called zigzag; there are: random_read,"),
            ("--modes=warm", "no mode is called warm; there are: direct, cached, cold"),
            ("--size=1T", "invalid size such as 4096, 64K, 512M or 1G value: '1T'"),
            ("--block-size=0", "invalid size"),
            ("--seconds=0", "invalid number of seconds, 0.01 to 3600, value"),
            ("--depths=0", "invalid list of numbers from 1 value"),
            ("--output=/none/report", "--output: there is no folder /none"),
        ):
            self.assertIn(said, self.refused(option, status=2))

    def test_options_that_do_not_fit_together(self) -> None:
        for options, said in (
            (("FILE", "--size=1G"), "--size: FILE has its own"),
            (("--modes=cold", "--patterns=random_write"), "cold is of reads only"),
            (("--engines=blocking", "--depths=2"), "none of them has one of these --depths"),
        ):
            self.assertIn(said, self.refused(*options, status=2))


class OutputTest(_InFolder):
    """Where it goes, and what it says while it measures."""

    def test_the_report_goes_into_a_file_if_it_is_to(self) -> None:
        output = self.folder / "report.md"
        done = _run(
            self.here,
            _SMALL,
            "--modes=cached",
            "--engines=linux_aio",
            "--format=md",
            f"--output={output}",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn(
            "\n### Random reads, buffered, cached, depth 3\n", output.read_text(encoding="utf-8")
        )

    def test_it_says_first_how_long_it_takes_and_then_how_far_it_is(self) -> None:
        done = _run(self.here, _SMALL, "--modes=cached", "--engines=linux_aio,blocking")
        self.assertRegex(
            done.stderr,
            r"(?s)^\[1/1\] making a file of 1 MiB\n.*device: 10 rounds, about \d+ s\n\[1/10\] ",
        )

    def test_help_names_the_engines(self) -> None:
        done = _run("--help")
        self.assertEqual(done.returncode, 0)
        for engine in ENGINES:
            self.assertIn(engine.name, done.stdout.replace("\n", " "))


if __name__ == "__main__":
    unittest.main()
