"""The report as text, Markdown and JSON."""

import json
import unittest

from bench.experiment.report import as_json, as_markdown, as_text
from bench.experiment.ways import DEFAULT
from tests.bench.experiment.made_up import WAY, made_up

_TITLES = [
    f"{mode}: {metric}"
    for mode in ("Cached", "O_DIRECT")
    for metric in (
        "Runtime, seconds",
        "Threads, at the end",
        "Memory, physical (virtual)",
        "CPU utilisation, of one processor",
    )
]


class TextTest(unittest.TestCase):
    """For a terminal."""

    def test_it_has_the_four_tables_without_direct_io_and_with_it(self) -> None:
        lines = as_text(made_up()).splitlines()
        self.assertEqual([line for line in lines if line in _TITLES], _TITLES)

    def test_a_table_has_a_row_for_each_way(self) -> None:
        lines = as_text(made_up()).splitlines()
        begin = lines.index(_TITLES[0])
        self.assertEqual(lines[begin + 1].split(), ["1", "file", "6", "files"])
        rows = lines[begin + 2 : begin + 2 + len(DEFAULT)]
        for row, way in zip(rows, DEFAULT, strict=True):
            self.assertTrue(row.startswith(f"  {way.title} "), row)
        self.assertIn("1.000 [0.500–8.000]", rows[1])

    def test_the_columns_of_a_table_are_below_each_other(self) -> None:
        lines = as_text(made_up()).splitlines()
        for title in _TITLES:
            begin = lines.index(title) + 1
            self.assertEqual(len({len(line) for line in lines[begin : begin + 11]}), 1, title)

    def test_it_says_how_it_was_measured(self) -> None:
        text = as_text(made_up())
        self.assertIn("200 reads of all files, 1.5 ms between two; 3 times", text)
        self.assertIn("kernel: Linux <7.3>; compiler: g++ 12, optimised", text)
        self.assertNotIn("-c opt", text)

    def test_what_is_left_out_is_said_with_its_reason(self) -> None:
        results = made_up("a tmpfs has no disk")
        results.left_out[WAY["io_uring"]] = "io_uring_setup: EPERM"
        text = as_text(results)
        self.assertIn("LEFT OUT: O_DIRECT: a tmpfs has no disk", text)
        self.assertIn("LEFT OUT: io_uring: io_uring_setup: EPERM", text)
        self.assertNotIn("O_DIRECT: Runtime", text)
        self.assertNotIn("\n  io_uring ", text)
        self.assertNotIn("LEFT OUT", as_text(made_up()))

    def test_it_says_when_the_program_is_not_optimised(self) -> None:
        results = made_up()
        assert isinstance(results.setting.machine, dict)
        results.setting.machine["compiler"] = "g++ 12, not optimised"
        self.assertIn("build with -c opt", as_text(results))


class MarkdownTest(unittest.TestCase):
    """For a page on GitHub, say."""

    def test_it_has_the_tables_as_markdown(self) -> None:
        lines = as_markdown(made_up()).splitlines()
        for title in _TITLES:
            begin = lines.index(f"### {title}")
            self.assertEqual(
                lines[begin + 2 : begin + 4], ["|  | 1 file | 6 files |", "| --- | --: | --: |"]
            )
            self.assertTrue(lines[begin + 4].startswith("| open, read | "))

    def test_each_line_of_a_table_has_as_many_cells(self) -> None:
        for block in as_markdown(made_up()).split("\n\n"):
            lines = block.splitlines()
            if lines[0].startswith("|"):
                self.assertEqual(len({line.count("|") for line in lines}), 1, block)


class JsonTest(unittest.TestCase):
    """All that was measured."""

    def test_it_has_each_process(self) -> None:
        whole = json.loads(as_json(made_up()))
        self.assertEqual(len(whole["cells"]), 2 * 2 * len(DEFAULT))
        first = whole["cells"][0]
        self.assertEqual((first["way"], first["files"], first["mode"]), ("open_read", 1, "Cached"))
        self.assertEqual([one["seconds"] for one in first["measured"]], [0.5, 0.25, 4.0])
        self.assertEqual(first["measured"][0]["utilisation"], 0.25)

    def test_it_has_the_setting_the_goals_and_what_is_left_out(self) -> None:
        results = made_up("no disk")
        results.left_out[WAY["libaio"]] = "not built"
        whole = json.loads(as_json(results))
        self.assertEqual(whole["left_out"], {"libaio": "not built", "O_DIRECT": "no disk"})
        self.assertEqual((whole["reads"], whole["interval_microseconds"]), (200, 1500))
        self.assertEqual(whole["goals"][0]["goal"], "Threads")
        self.assertEqual(whole["goals"][0]["result"], "missed")


if __name__ == "__main__":
    unittest.main()
