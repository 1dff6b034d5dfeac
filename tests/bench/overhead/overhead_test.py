"""The benchmarks, run as their user runs them, but shortly: what they say is no matter, only that
each of them did what it is to measure."""

import json
import platform
import re
import subprocess
import unittest
from collections.abc import Iterable
from typing import Any

from tests.bench.seccomp import IO_URING_SETUP, forbid

_PROGRAM = "bench/overhead/overhead"
_TINY = ["--benchmark_min_time=0.00001", "--benchmark_repetitions=2"]
_BATCHES = (1, 4, 16, 64, 256)
_WORKS = ("null_write_512", "zero_read_512", "zero_read_4096", "eventfd_poll")
_ON_ANY_KERNEL = ("by_hand", "by_hand_again", "raw", "run", "run_each", "submit", "async")
_PEERS = ("libaio", "io_uring", "io_uring_registered", "blocking", "posix_aio", "thread_pool")
# Of two system calls, by machine.
_IO_SETUP = {"x86_64": 206, "aarch64": 0, "riscv64": 0}
_PWRITE64 = {"x86_64": 18, "aarch64": 68, "riscv64": 68}


# What one and two threads do.
_IN_THREADS = {
    "zero_read_4096/submit_in_threads/batch:16/min_time:0.500/process_time/real_time"
    f"/threads:{threads}"
    for threads in (1, 2)
}


def _run(*options: str, program: str = _PROGRAM, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *_TINY, *options], capture_output=True, text=True, check=False, **how
    )


def _names(rows: Iterable[str]) -> set[str]:
    """What the benchmarks of these rows are called."""
    return {
        f"{work}/{row}/batch:{batch}/process_time"
        for work in _WORKS
        for row in rows
        for batch in _BATCHES
        if not (row == "run" and batch > 4 or row == "posix_aio" and work == "eventfd_poll")
    }


def _left_out(said: str) -> dict[str, str]:
    return dict(re.findall(r"^LEFT OUT: ([^:]+): (.*)$", said, re.MULTILINE))


def _ratios(said: str) -> dict[str, dict[str, list[str]]]:
    """The tables of ratios: of each work, the cells of each row."""
    tables: dict[str, dict[str, list[str]]] = {}
    for table in re.finditer(
        r"^(\w+): (?:CPU )?time in that of hand-written C.*\n((?:  .*\n)+)", said, re.MULTILINE
    ):
        lines = [line for line in table[2].splitlines() if not line.startswith("  void: ")]
        tables[table[1]] = {
            line[2:24].strip(): re.findall(r"\d+ ns|\S+", line[24:]) for line in lines
        }
    return tables


class OverheadTest(unittest.TestCase):
    """From the command line to what it prints."""

    def _check(self, done: subprocess.CompletedProcess[str], rows: Iterable[str]) -> None:
        """Each of the rows has run, whole, and is compared."""
        self.assertEqual(done.returncode, 0, done.stderr)
        runs = json.loads(done.stdout)["benchmarks"]
        self.assertEqual([run for run in runs if run.get("error_occurred")], [])
        threads = _IN_THREADS if "thread_pool" in rows else set()
        self.assertEqual({run["run_name"] for run in runs}, _names(rows) | threads)
        said = r"^zero_read_4096/submit_in_threads: 2 threads, .* do \d+\.\d\d times what one does$"
        self.assertEqual(bool(re.search(said, done.stderr, re.MULTILINE)), bool(threads))
        tables = _ratios(done.stderr)
        self.assertEqual(list(tables), list(_WORKS))
        for work, table in tables.items():
            self.assertEqual(table["batch"], [str(batch) for batch in _BATCHES])
            compared = [row for row in rows if not (row == "posix_aio" and work == "eventfd_poll")]
            names = ["by_hand_again (A/A)" if row == "by_hand_again" else row for row in compared]
            self.assertEqual(list(table)[1:], names)
            for row in names[1:]:
                cells = table[row]
                self.assertEqual(len(cells), len(_BATCHES))
                self.assertEqual([cell == "-" for cell in cells[:2]], [False, False])
                for cell in cells:
                    if cell != "-":
                        self.assertGreater(float(cell), 0)

    def test_each_row_does_what_it_should_on_this_kernel(self) -> None:
        done = _run("--benchmark_format=json")
        left_out = _left_out(done.stderr)
        missing = set(left_out) - {"run, run_each", "posix_aio"}
        self.assertLessEqual(missing, {"libaio", "io_uring", "io_uring_registered"})
        for row in sorted(missing):
            print(f"SKIPPED: {row}: {left_out[row]}")
        self._check(done, [row for row in _ON_ANY_KERNEL + _PEERS if row not in missing])

    def test_each_wrapper_does_what_it_should_on_the_fake_kernel(self) -> None:
        done = _run("--benchmark_format=json", "--fake_kernel")
        self._check(done, _ON_ANY_KERNEL)
        self.assertEqual(json.loads(done.stdout)["context"]["kernel"], "fake")
        self.assertLessEqual(set(_PEERS), set(_left_out(done.stderr)))

    def test_on_the_fake_kernel_nothing_is_asked_of_the_real_one(self) -> None:
        if platform.machine() not in _IO_SETUP:
            print(f"SKIPPED: the number of io_setup on {platform.machine()} is not known here")
            return
        forbidden = forbid(_IO_SETUP[platform.machine()])
        without_aio = _run("--benchmark_filter=/blocking/batch:4/", preexec_fn=forbidden)
        self.assertIn("by_hand", _left_out(without_aio.stdout))
        done = _run("--benchmark_filter=/batch:4/", "--fake_kernel", preexec_fn=forbidden)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(_ratios(done.stdout)), set(_WORKS))

    def test_where_libaio_and_liburing_are_missing_they_are_left_out(self) -> None:
        done = _run("--benchmark_format=json", program=f"{_PROGRAM}_without_peers")
        missing = "built without {0}: apt-get install {0}-dev, then ./bazelw shutdown"
        left_out = _left_out(done.stderr)
        self.assertEqual(left_out["libaio"], missing.format("libaio"))
        self.assertEqual(left_out["io_uring"], missing.format("liburing"))
        self.assertEqual(left_out["io_uring_registered"], missing.format("liburing"))
        self._check(done, _ON_ANY_KERNEL + ("blocking", "posix_aio", "thread_pool"))

    def test_where_io_uring_is_forbidden_it_is_left_out(self) -> None:
        done = _run("--benchmark_filter=null.*/batch:1/", preexec_fn=forbid(IO_URING_SETUP))
        self.assertEqual(done.returncode, 0, done.stderr)
        for row in ("io_uring", "io_uring_registered"):
            self.assertRegex(
                _left_out(done.stdout)[row],
                r"^io_uring_setup: EPERM: a seccomp profile|^built without",
            )
        self.assertNotIn("io_uring", _ratios(done.stdout)["null_write_512"])

    def test_a_row_that_transfers_less_fails(self) -> None:
        if platform.machine() not in _PWRITE64:
            print(f"SKIPPED: the number of pwrite64 on {platform.machine()} is not known here")
            return
        done = _run(
            "--benchmark_filter=/(by_hand|blocking)/batch:4/",
            preexec_fn=forbid(_PWRITE64[platform.machine()], 0),
        )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            set(re.findall(r"^FAILED: (\S+?)(?:/repeats\S*)?: (.*)$", done.stderr, re.MULTILINE)),
            {
                (
                    "null_write_512/blocking/batch:4/process_time",
                    "a batch gave 0 instead of 2048",
                )
            },
        )

    def test_the_table_is_google_benchmarks_and_the_ratios_follow_it(self) -> None:
        done = _run("--benchmark_filter=null.*/(by_hand|raw)/batch:1/", "--ratio_of=cpu_time")
        self.assertEqual(done.returncode, 0, done.stderr)
        table = done.stdout.index("\nnull_write_512/raw/batch:1/process_time_median")
        ratios = done.stdout.index("\nnull_write_512: CPU time in that of hand-written C")
        self.assertLess(table, ratios)
        self.assertIn("  void: there is no A/A row at batch 1\n", done.stdout)

    def test_what_is_not_understood_is_refused(self) -> None:
        for flag in ("--fake_kernels", "--ratio_of=time", "--benchmark_format=csv"):
            done = _run(flag)
            self.assertEqual(done.returncode, 2, flag)
            self.assertIn(flag.split("=", maxsplit=1)[0], done.stderr)

    def test_a_filter_that_matches_nothing_is_an_error(self) -> None:
        self.assertEqual(_run("--benchmark_filter=aio_read").returncode, 1)

    def test_help_tells_its_own_flags_and_google_benchmarks(self) -> None:
        done = _run("--help")
        self.assertEqual(done.returncode, 0)
        for flag in ("--fake_kernel", "--ratio_of", "[--benchmark_filter=<regex>]"):
            self.assertIn(flag, done.stdout)


if __name__ == "__main__":
    unittest.main()
