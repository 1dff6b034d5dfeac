"""The page is whole, alone, and for whoever reads it with whatever."""

import unittest

from bench.experiment.page import as_page
from bench.experiment.ways import DEFAULT
from tests.bench.experiment.made_up import WAY, made_up
from tests.codegen.html_page import parse_page

TEXT = as_page(made_up())
PAGE = parse_page(TEXT)


class PageTest(unittest.TestCase):
    """Of made-up results."""

    def test_it_has_all_charts_and_tables(self) -> None:
        self.assertEqual(len(list(PAGE.all("svg"))), 8)
        self.assertEqual(len(list(PAGE.all("table"))), 9)
        for table in list(PAGE.all("table"))[:8]:
            heads = [one.text for one in table.all("th", scope="row")]
            self.assertEqual(heads, [way.title for way in DEFAULT])

    def test_nothing_comes_from_elsewhere_and_nothing_runs(self) -> None:
        text = TEXT.replace('xmlns="http://www.w3.org/2000/svg"', "")
        for word in ("http:", "https:", "url(", "@import", "src=", "<link", "<script"):
            self.assertNotIn(word, text)

    def test_it_has_colours_for_light_and_dark(self) -> None:
        self.assertEqual(TEXT.count("prefers-color-scheme: dark"), 1)
        light, dark = TEXT.split("@media screen and (prefers-color-scheme: dark)")
        for colour in ("page", "panel", "text", "quiet", "line", "ours", "others", "spread"):
            self.assertIn(f"--{colour}: #", light)
            self.assertIn(f"--{colour}: #", dark)

    def test_every_name_that_is_referred_to_is_there(self) -> None:
        ids = {one.attributes["id"] for one in PAGE.all() if "id" in one.attributes}
        for one in PAGE.all("svg"):
            self.assertIn(one.attributes["aria-labelledby"], ids)

    def test_what_may_scroll_is_reached_by_keyboard_and_named(self) -> None:
        for one in PAGE.all("div", role="region"):
            self.assertEqual(one.attributes["tabindex"], "0")
            self.assertEqual(one.attributes["aria-label"], one.one("caption").text)

    def test_text_is_not_taken_for_markup(self) -> None:
        self.assertIn("Linux &lt;7.3&gt;", TEXT)

    def test_what_is_left_out_is_said_with_its_reason(self) -> None:
        results = made_up("a tmpfs has no disk")
        results.left_out[WAY["io_uring"]] = "EPERM & more"
        page = parse_page(as_page(results))
        self.assertEqual(
            [one.text for one in page.all("li")],
            [
                "Left out: O_DIRECT: a tmpfs has no disk: --directory takes another folder",
                "Left out: io_uring: EPERM & more",
            ],
        )
        self.assertEqual(len(list(page.all("svg"))), 4)
        self.assertEqual(list(PAGE.all("li")), [])


if __name__ == "__main__":
    unittest.main()
