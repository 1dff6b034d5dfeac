"""The charts draw what was measured, and are files of their own."""

import unittest
from dataclasses import replace
from xml.etree import ElementTree

from bench.experiment.charts import Chart, charts
from bench.experiment.results import Cell, Results
from bench.experiment.ways import DEFAULT
from tests.bench.experiment.made_up import WAY, made_up

_SVG = "{http://www.w3.org/2000/svg}"


def _chart(results: Results, name: str) -> Chart:
    return {chart.name: chart for chart in charts(results)}[name]


class ChartsTest(unittest.TestCase):
    """Of made-up results."""

    def test_there_is_one_for_each_table(self) -> None:
        names = [chart.name for chart in charts(made_up())]
        metrics = ("runtime", "cpu", "memory", "threads")
        self.assertEqual(
            names, [f"{mode}_{metric}" for mode in ("cached", "o_direct") for metric in metrics]
        )
        self.assertEqual(len(list(charts(made_up("no disk")))), 4)

    def test_bars_are_as_long_as_what_they_show(self) -> None:
        chart = _chart(made_up(), "cached_runtime")
        lengths = [group.bars[0].end - chart.left for group in chart.groups]
        for number, length in enumerate(lengths, 1):  # the median of the first is 0.5 s
            self.assertAlmostEqual(length, number * lengths[0], delta=1)

    def test_the_line_reaches_from_the_least_to_the_most(self) -> None:
        chart = _chart(made_up(), "cached_runtime")
        last = chart.groups[-1].bars[0]
        reach = [place - chart.left for place in (last.least, last.end, last.most)]
        self.assertAlmostEqual(reach[1] / reach[0], 2, places=1)
        self.assertAlmostEqual(reach[2] / reach[0], 16, delta=0.2)

    def test_on_a_logarithmic_scale_a_factor_is_a_distance(self) -> None:
        ends = [group.bars[0].end for group in _chart(made_up(), "cached_threads").groups]
        self.assertAlmostEqual(ends[1] - ends[0], ends[3] - ends[1], delta=0.3)  # 1, 2, 4
        self.assertAlmostEqual(ends[3] - ends[1], ends[7] - ends[3], delta=0.3)  # 2, 4, 8

    def test_all_is_within_the_picture(self) -> None:
        for chart in charts(made_up()):
            for group in chart.groups:
                for one in group.bars:
                    self.assertLessEqual(max(one.end, one.most), chart.width - 60)
                    self.assertGreaterEqual(one.least, chart.left)
                    self.assertLess(one.middle, chart.height)

    def test_what_took_nothing_can_be_drawn(self) -> None:
        results = made_up()
        for cell, measured in results.measured.items():
            results.measured[cell] = [replace(one, cpu=0) for one in measured]
        self.assertEqual(_chart(results, "cached_cpu").groups[0].bars[0].label, "0.0%")

    def test_a_file_is_well_formed_and_has_its_colours(self) -> None:
        for chart in charts(made_up()):
            text = chart.as_file()
            root = ElementTree.fromstring(text)
            titles = [one.text for one in root.iter(f"{_SVG}text") if one.get("class") == "way"]
            self.assertEqual(titles, [way.title for way in DEFAULT])
            self.assertIn("prefers-color-scheme: dark", text)
            self.assertNotIn("http", text.replace("http://www.w3.org/2000/svg", ""))

    def test_a_way_that_is_left_out_has_no_bars(self) -> None:
        results = made_up()
        way = WAY["io_uring"]
        results.left_out[way] = "EPERM"
        del results.measured[Cell(way, 1, False)]
        self.assertNotIn(way.title, [group.title for group in _chart(results, "cached_cpu").groups])


if __name__ == "__main__":
    unittest.main()
