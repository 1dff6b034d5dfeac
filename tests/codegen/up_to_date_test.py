"""generated/ is what the generator makes of the committed facts, and the facts are whole."""

import tempfile
import unittest
from pathlib import Path

from codegen.abis import ABIS
from codegen.documentation import Documentation
from codegen.facts_files import load_history, to_files
from codegen.output import Replacement, differences, replace_folders
from codegen.regenerate import COMMAND, generate
from codegen.symbols import GROUPS, STRUCTS, SYSCALLS

ROOT = Path(__file__).parents[2]
FACTS = ROOT / "codegen/facts"
GENERATED = ROOT / "generated"


class UpToDateTest(unittest.TestCase):
    """The committed files."""

    def test_generated_is_what_the_facts_give(self) -> None:
        diff = differences(GENERATED, generate(load_history(FACTS)))
        if diff:
            self.fail(f"\n{diff}\n\ngenerated/ is not up to date. Run: {COMMAND}")

    def test_there_are_facts_of_every_abi(self) -> None:
        self.assertEqual(load_history(FACTS).newest().keys(), {abi.name for abi in ABIS})

    def test_the_facts_are_as_the_generator_writes_them(self) -> None:
        self.assertEqual(differences(FACTS, to_files(load_history(FACTS))), "")

    def test_nothing_is_documented_that_does_not_exist(self) -> None:
        documentation = Documentation()
        facts = load_history(FACTS).newest()["x86_64"]
        constants = {name for group in GROUPS for name in facts.constants[group.header]}
        self.assertEqual(documentation.symbols("constants"), constants)
        self.assertEqual(documentation.symbols("structs"), set(STRUCTS.values()))
        self.assertEqual(documentation.symbols("syscalls"), set(SYSCALLS))


class DifferenceTest(unittest.TestCase):
    """What a hand-made change looks like: each must be found."""

    def setUp(self) -> None:
        temporary = self.enterContext(tempfile.TemporaryDirectory())
        self.folder = Path(temporary, "generated")
        self.files = generate(load_history(FACTS))
        replace_folders([Replacement(self.folder, self.files, mark="")])
        self.assertEqual(differences(self.folder, self.files), "")

    def change(self, name: str, old: str, new: str) -> str:
        """Replaces a text in one generated file; returns what is found."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1)
        path.write_text(text.replace(old, new), encoding="utf-8")
        return differences(self.folder, self.files)

    def test_a_changed_number_is_found(self) -> None:
        name = "linux_aio/raw/abi/x86_64.hpp"
        diff = self.change(name, "nr_io_submit = 209;", "nr_io_submit = 210;")
        self.assertIn(f"--- {name}\n+++ {name}, generated\n", diff)
        self.assertIn("\n-inline constexpr long nr_io_submit = 210;\n", diff)
        self.assertIn("\n+inline constexpr long nr_io_submit = 209;\n", diff)

    def test_a_changed_offset_is_found(self) -> None:
        old = "offsetof(iocb, aio_key) == 8"
        self.assertIn(
            f"+static_assert({old});", self.change("linux_aio/raw/types.hpp", old, "true")
        )

    def test_a_missing_file_is_found(self) -> None:
        (self.folder / "linux_aio/raw/abi/arm.hpp").unlink()
        self.assertIn("abi/arm.hpp (missing)", differences(self.folder, self.files))

    def test_a_surplus_file_is_found(self) -> None:
        (self.folder / "linux_aio/raw/abi/pdp11.hpp").write_text("#pragma once\n")
        self.assertIn("abi/pdp11.hpp (surplus)", differences(self.folder, self.files))

    def test_an_empty_surplus_file_is_found(self) -> None:
        (self.folder / "surplus").touch()
        self.assertIn("+++ surplus (surplus)", differences(self.folder, self.files))

    def test_a_missing_end_of_line_is_found(self) -> None:
        end = "}  // namespace linux_aio::raw\n"
        self.assertNotEqual(self.change("linux_aio/raw/types.hpp", end, end.rstrip()), "")


if __name__ == "__main__":
    unittest.main()
