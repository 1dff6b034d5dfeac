"""What Bazel makes of this machine's headers is what is checked in, but for the banners."""

import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKED_IN = ROOT / "generated"
MADE = ROOT / "tests/bindings/of_this_machine"


class SameFilesTest(unittest.TestCase):
    """The folder that the rule's action made."""

    def test_they_are_the_checked_in_ones_but_for_the_banner(self) -> None:
        made = sorted(path for path in MADE.rglob("*") if path.is_file())
        self.assertEqual(len(made), 9)
        for path in made:
            if path.name == "abi.hpp":
                continue
            banner, text = path.read_text(encoding="utf-8").split("\n//\n", 1)
            name = path.relative_to(MADE)
            checked_in = (CHECKED_IN / name).read_text(encoding="utf-8")
            self.assertEqual(text, checked_in.split("\n//\n", 1)[1], name)
            self.assertIn("Made by //tests/bindings:of_this_machine;", banner)


if __name__ == "__main__":
    unittest.main()
