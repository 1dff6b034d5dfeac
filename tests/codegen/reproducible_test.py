"""The same input gives the same bytes, wherever and however the generator runs."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

from codegen import regenerate
from tests.codegen.trees import TreeTest, contents

IMPORT_ROOT = Path(regenerate.__file__).parents[1]


class ReproducibleTest(TreeTest):
    """The command in processes of their own, as far apart as can be."""

    def made_in(self, folder: str, **environment: str) -> dict[str, str]:
        """Facts and output made from a copy of the headers in a folder of that name."""
        root = self.root / folder
        root.mkdir()
        headers = root / "headers"
        headers.symlink_to(self.headers)
        subprocess.run(
            [
                *[sys.executable, "-m", "codegen.regenerate"],
                *["--headers", str(headers)],
                *["--facts", "made/facts", "--output", "made/generated"],
            ],
            cwd=root,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(IMPORT_ROOT), **environment},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return contents(root / "made")

    def test_hash_seed_time_zone_locale_and_folder_do_not_matter(self) -> None:
        one = self.made_in("one", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
        other = self.made_in(
            "another folder, with ünïcode",
            PYTHONHASHSEED="4711",
            TZ="Pacific/Kiritimati",
            LC_ALL="C.UTF-8",
            PYTHONUTF8="1",
        )
        self.assertEqual(len(one), 50)
        self.assertEqual(one, other)

    def test_nothing_says_where_or_with_what_it_was_made(self) -> None:
        for name, text in self.made_in("one").items():
            for word in (str(self.root), "clang", "python", "/usr/"):
                self.assertNotIn(word, text, name)


if __name__ == "__main__":
    unittest.main()
