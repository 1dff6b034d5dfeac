"""What is made of rounds: ratios, noise, goals, and tables."""

import json
import unittest

from bench.common.goals import Goal
from bench.common.spread import Spread
from bench.device.engines import AGAIN, BASELINE, BY_NAME
from bench.device.goals import goals
from bench.device.report import FORMATS
from bench.device.results import Cell, Results, cpu_per_request, iops
from tests.bench.device.made_up import CACHED_READS, READS, made_up, one_round, set_rounds

_OURS = BY_NAME["linux_aio"]


class RatioTest(unittest.TestCase):
    """Of an engine to another."""

    def test_it_is_of_rounds_in_the_same_repetition(self) -> None:
        results = made_up()
        # The disk became slower and slower, for both: the ratio of medians would be 1.25 as well,
        # but the spreads would tell nothing.
        set_rounds(
            results,
            32,
            {
                "libaio": [one_round(rate) for rate in (400, 200, 100)],
                "linux_aio": [one_round(rate) for rate in (440, 250, 150)],
            },
        )
        found = results.ratio(iops, Cell(READS, 32, _OURS), BASELINE)
        self.assertEqual(found, Spread(1.25, 1.1, 1.5))

    def test_there_is_none_of_what_was_not_measured(self) -> None:
        results = made_up()
        self.assertIsNone(results.ratio(iops, Cell(READS, 32, BY_NAME["blocking"]), BASELINE))
        for cell in [cell for cell in results.measured if cell.engine is BASELINE]:
            del results.measured[cell]
        self.assertIsNone(results.ratio(iops, Cell(READS, 32, _OURS), BASELINE))

    def test_figures_per_request_are_of_all_requests_of_a_round(self) -> None:
        one = one_round(1000, cpu=2e-6)
        self.assertEqual(one.iops, 1000)
        self.assertAlmostEqual(one.cpu_per_request, 2e-6)
        self.assertEqual(one.sleeps_per_request, 0.5)
        self.assertEqual(one.submission_per_request, 0.001 / 400)
        self.assertEqual(one.share_of_calls_that_slept, 0.25)
        self.assertIsNone(one_round(1000, submits=False).submission_per_request)

    def test_noise_is_how_much_the_same_differs_from_itself(self) -> None:
        results = made_up()
        self.assertEqual(results.noise(iops), Spread(0, 0, 0))
        set_rounds(results, 32, {AGAIN.name: [one_round(288_000)] * 3})
        noise = results.noise(iops)
        assert noise
        self.assertEqual((noise.median, noise.least), (0, 0))
        self.assertAlmostEqual(noise.most, 0.1)
        results.measured = {
            cell: rounds for cell, rounds in results.measured.items() if cell.engine is not AGAIN
        }
        self.assertIsNone(results.noise(iops))
        self.assertNotIn("Noise", FORMATS["text"](results))


def _goal(results: Results, part: str) -> Goal:
    found = [goal for goal in goals(results) if part in goal.text]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} goals have {part}")
    return found[0]


class GoalTest(unittest.TestCase):
    """What linux_aio is to reach."""

    def test_iops_are_those_of_libaio_at_the_worst_depth(self) -> None:
        results = made_up()
        set_rounds(results, 1, {"linux_aio": [one_round(9_600)] * 3})
        goal = _goal(results, "IOPS, linux_aio / libaio,")
        self.assertEqual((goal.limit, goal.measured, goal.reached), (0.95, 0.96, True))
        self.assertIn("(worst at 1; libaio again: 1.00)", goal.text)
        set_rounds(results, 32, {"linux_aio": [one_round(288_000)] * 3})
        goal = _goal(results, "IOPS, linux_aio / libaio,")
        self.assertEqual((goal.measured, goal.reached), (0.9, False))
        self.assertIn("(worst at 32; libaio again: 1.00)", goal.text)

    def test_cpu_time_is_that_of_libaio_at_the_worst_depth(self) -> None:
        results = made_up()
        set_rounds(results, 32, {"linux_aio": [one_round(320_000, cpu=1.06e-5)] * 3})
        goal = _goal(results, "CPU time per request, linux_aio / libaio,")
        self.assertEqual((goal.limit, goal.reached), (1.05, False))
        self.assertAlmostEqual(goal.measured, 1.06)
        self.assertIn("(worst at 32; libaio again: 1.00)", goal.text)

    def test_depths_beyond_128_do_not_count(self) -> None:
        results = made_up()
        set_rounds(results, 256, {"linux_aio": [one_round(1000, cpu=1)] * 3})
        self.assertTrue(_goal(results, "IOPS, linux_aio / libaio,").reached)
        self.assertTrue(_goal(results, "CPU time per request, linux_aio / libaio,").reached)

    def test_at_depth_32_others_are_to_be_surpassed(self) -> None:
        results = made_up()
        for reached in (False, True):
            better = 1.001 if reached else 0.999
            set_rounds(
                results,
                32,
                {
                    "linux_aio": [one_round(320_000, cpu=1e-5 / better)] * 3,
                    "posix_aio": [one_round(80_000 / better)] * 3,
                    "linux_aio_batches": [one_round(352_000 * better)] * 3,
                    "thread_pool": [one_round(1, cpu=3e-5)] * 3,
                },
            )
            for part, limit in (
                ("linux_aio / posix_aio", 4),
                ("linux_aio_batches / libaio_batches", 1.1),
                ("linux_aio / thread_pool", 1 / 3),
            ):
                goal = _goal(results, part)
                self.assertEqual((goal.limit, goal.reached), (limit, reached), part)

    def test_they_are_about_direct_io_only(self) -> None:
        self.assertEqual(len(list(goals(made_up([CACHED_READS])))), 0)
        self.assertEqual(len(list(goals(made_up([CACHED_READS, READS])))), 5)

    def test_without_what_they_compare_with_there_are_none(self) -> None:
        results = made_up()
        results.measured = {
            cell: rounds
            for cell, rounds in results.measured.items()
            if "libaio" in cell.engine.name
        }
        self.assertEqual(list(goals(results)), [])

    def test_a_goal_says_in_which_direction_it_is(self) -> None:
        self.assertEqual(
            Goal("IOPS", 1.2, 1.1, at_least=True).cells[1:], ("≥ 1.10", "1.20", "reached")
        )
        self.assertEqual(Goal("CPU", 1.2, 1.1).cells[1:], ("≤ 1.10", "1.20", "missed"))


class ReportTest(unittest.TestCase):
    """What is printed."""

    def test_engines_are_compared_at_all_depths(self) -> None:
        results = made_up()
        set_rounds(results, 32, {"linux_aio": [one_round(240_000)] * 3})
        lines = FORMATS["text"](results).splitlines()
        begin = lines.index("Random reads, O_DIRECT: IOPS of libaio; the others in multiples of it")
        self.assertEqual(lines[begin + 1].split(), ["depth", "1", "32", "256"])
        self.assertEqual(lines[begin + 2].split(), ["libaio", "10,000", "320,000", "2,560,000"])
        self.assertEqual(lines[begin + 3].split(), ["linux_aio", "1.00", "0.75", "1.00"])
        self.assertIn(["pread,", "pwrite", "1.00", "-", "-"], [line.split() for line in lines])

    def test_a_row_has_all_that_was_measured_at_a_depth(self) -> None:
        lines = FORMATS["md"](made_up()).splitlines()
        begin = lines.index("### Random reads, O_DIRECT, depth 32")
        self.assertEqual(
            lines[begin + 4],
            "| linux_aio | 320,000 | 1,250 | 12 | 23 | 3,457 | 10.00 | 2.50 | 25.0% | 0.50 |",
        )

    def test_where_there_is_no_io_submit_there_is_a_dash(self) -> None:
        lines = FORMATS["md"](made_up()).splitlines()
        row = next(line for line in lines if line.startswith("| thread pool | 10,000 |"))
        self.assertIn(" | 10.00 | - | - | ", row)

    def test_the_least_and_the_most_are_shown_where_rounds_differ(self) -> None:
        results = made_up()
        set_rounds(results, 1, {"io_uring": [one_round(rate) for rate in (900, 2000, 1000)]})
        self.assertIn("| io_uring | 1,000 [900–2,000] |", FORMATS["md"](results))

    def test_what_is_left_out_is_said_with_its_reason(self) -> None:
        results = made_up()
        results.not_here[BY_NAME["io_uring"]] = "io_uring_setup: EPERM"
        text = FORMATS["text"](results)
        self.assertIn("  LEFT OUT: io_uring: io_uring_setup: EPERM\n", text)
        self.assertNotIn("\n  io_uring ", text)

    def test_json_has_each_round(self) -> None:
        whole = json.loads(FORMATS["json"](made_up()))
        self.assertEqual(len(whole["cells"]), 7 + 2 * 8)
        for cell in whole["cells"]:
            self.assertEqual(len(cell["measured"]), 3)
            self.assertEqual(cell["measured"][0]["iops"], 10_000 * cell["depth"])
        self.assertEqual(whole["noise"]["iops"], {"median": 0, "least": 0, "most": 0})
        self.assertEqual(len(whole["goals"]), 5)
        self.assertEqual(
            cpu_per_request(one_round(5)), whole["cells"][0]["measured"][0]["cpu"] / 10_000
        )


if __name__ == "__main__":
    unittest.main()
