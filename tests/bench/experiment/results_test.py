"""What is made of measurements: medians, spreads, and whether goals are reached."""

import unittest
from dataclasses import replace

from bench.common.goals import Goal
from bench.common.spread import Spread, spread
from bench.experiment.goals import goals
from bench.experiment.results import (
    PHYSICAL,
    RUNTIME,
    UTILISATION,
    Cell,
    Results,
)
from bench.experiment.tables import show_spread
from tests.bench.experiment.made_up import WAY, made_up


class SpreadTest(unittest.TestCase):
    """Of several measurements of the same."""

    def test_it_is_the_median_the_least_and_the_most(self) -> None:
        self.assertEqual(spread([5, 1, 3]), Spread(3, 1, 5))

    def test_the_median_of_two_is_between_them(self) -> None:
        self.assertEqual(spread([1, 2]), Spread(1.5, 1, 2))

    def test_one_measurement_is_all_three(self) -> None:
        self.assertEqual(spread([7]), Spread(7, 7, 7))

    def test_it_is_of_the_processes_of_one_cell(self) -> None:
        found = made_up().spread(RUNTIME, Cell(WAY["pread"], 1, True))
        self.assertEqual(found, Spread(2, 1.5, 9))

    def test_utilisation_is_cpu_time_by_runtime(self) -> None:
        found = made_up().spread(UTILISATION, Cell(WAY["libaio"], 6, False))
        self.assertEqual(found, Spread(0.25, 0.25, 0.25))

    def test_it_is_shown_with_brackets_only_if_something_differs(self) -> None:
        self.assertEqual(show_spread(Spread(1.5, 1.25, 2), RUNTIME), "1.500 [1.250–2.000]")
        self.assertEqual(show_spread(Spread(1.5001, 1.5, 1.5002), RUNTIME), "1.500")
        self.assertEqual(show_spread(Spread(2500, 2500, 2500), PHYSICAL), "2,500 KiB")
        self.assertEqual(show_spread(Spread(20480, 20480, 20480), PHYSICAL), "20 MiB")


def _goal(results: Results, beginning: str) -> Goal:
    found = [goal for goal in goals(results) if goal.text.startswith(beginning)]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} goals begin with {beginning}")
    return found[0]


class GoalTest(unittest.TestCase):
    """What linux_aio is to reach."""

    def test_runtimes_are_compared_with_the_most_files_and_direct_io(self) -> None:
        results = made_up()
        for way, seconds in (("open_read", 4.0), ("linux_aio", 2.0), ("linux_aio_late", 1.6)):
            cell = Cell(WAY[way], 6, True)
            results.measured[cell] = [replace(results.measured[cell][0], seconds=seconds)]
        at_once = _goal(results, "Runtime, O_DIRECT, 6 files: linux_aio /")
        late = _goal(results, "Runtime, O_DIRECT, 6 files: linux_aio_late /")
        self.assertEqual((at_once.measured, at_once.limit, at_once.reached), (0.5, 0.65, True))
        self.assertEqual((late.measured, late.limit, late.reached), (0.4, 0.35, False))

    def test_a_second_thread_in_one_cell_misses_the_goal(self) -> None:
        results = made_up()
        for cell, measured in results.measured.items():
            results.measured[cell] = [replace(one, threads=1) for one in measured]
        self.assertTrue(_goal(results, "Threads").reached)
        cell = Cell(WAY["linux_aio_late"], 1, False)
        results.measured[cell] = [replace(one, threads=2) for one in results.measured[cell]]
        self.assertEqual(_goal(results, "Threads").measured, 2)
        self.assertFalse(_goal(results, "Threads").reached)

    def test_memory_is_what_is_beyond_that_of_blocking_reads(self) -> None:
        # The rows of linux_aio are 7, 8 and 9 after that of open_read, with 10 KiB more each.
        self.assertEqual(_goal(made_up(), "Memory beyond").measured, 80)
        self.assertFalse(_goal(made_up(), "Memory beyond").reached)
        self.assertEqual(_goal(made_up(), "Memory written beyond").measured, 8)

    def test_cpu_time_is_compared_and_not_its_share_of_the_runtime(self) -> None:
        results = made_up()
        for way, seconds, cpu in (("pread", 2.0, 0.2), ("linux_aio", 1.0, 0.21)):
            cell = Cell(WAY[way], 6, False)
            changed = replace(results.measured[cell][0], seconds=seconds, cpu=cpu)
            results.measured[cell] = [changed]
        found = _goal(results, "CPU time, cached, 6 files: linux_aio / pread")
        self.assertAlmostEqual(found.measured, 1.05)
        self.assertTrue(found.reached)

    def test_without_direct_io_there_are_no_goals_of_it(self) -> None:
        texts = [goal.text for goal in goals(made_up("no disk"))]
        self.assertEqual(len(texts), 4)
        self.assertNotIn("O_DIRECT", "".join(texts))

    def test_without_a_way_there_is_nothing_to_compare_with_it(self) -> None:
        results = made_up()
        results.left_out[WAY["open_read"]] = "it is not wanted"
        self.assertEqual(
            [goal.text.split(",")[0] for goal in goals(results)], ["Threads", "CPU time"]
        )


if __name__ == "__main__":
    unittest.main()
