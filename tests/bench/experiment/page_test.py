"""The page is whole, alone, and for whoever reads it with whatever."""

import unittest

from bench.experiment.page import as_page
from bench.experiment.ways import DEFAULT
from tests.bench.experiment.made_up import WAY, made_up
from tests.codegen.contrast import colours, contrast_of
from tests.codegen.html_page import parse_page

TEXT = as_page(made_up())
PAGE = parse_page(TEXT)
_THEMES = [colours(part) for part in TEXT.split("@media screen and (prefers-color-scheme: dark)")]


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
        light, dark = _THEMES
        self.assertEqual(light.keys(), dark.keys())
        self.assertNotEqual(light, dark)

    def test_text_and_charts_have_the_contrast_of_wcag_aa_in_both_themes(self) -> None:
        for theme in _THEMES:
            for text, ground in (
                *[("text", ground) for ground in ("page", "panel", "ours-row")],
                *[("quiet", ground) for ground in ("page", "panel")],
                ("ours", "panel"),
            ):
                contrast = contrast_of(theme[text], theme[ground])
                self.assertGreaterEqual(contrast, 4.5, f"{text} on {ground}")
            for drawn in ("ours", "others", "spread"):
                self.assertGreaterEqual(contrast_of(theme[drawn], theme["panel"]), 3, drawn)

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
