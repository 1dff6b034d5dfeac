"""What the file of documentation has to say about each symbol."""

import tempfile
import unittest
from pathlib import Path

from codegen.documentation import Documentation
from codegen.errors import CodegenError

COMPLETE = """\
[constants.RWF_SYNC]
text = "Makes this write durable."
since = "4.13"
source = "pwritev2(2)"
"""


class DocumentationTest(unittest.TestCase):
    """A file of one entry."""

    def setUp(self) -> None:
        self.path = Path(self.enterContext(tempfile.TemporaryDirectory()), "documentation.toml")

    def refuse(self, text: str) -> str:
        """Expects the entry to be refused; returns what is said, without the folder."""
        self.path.write_text("# A comment.\n\n" + text, encoding="utf-8")
        with self.assertRaises(CodegenError) as refused:
            Documentation(self.path).entry("constants", "RWF_SYNC")
        return str(refused.exception).removeprefix(f"{self.path.parent}/")

    def test_an_entry_reads_as_sentences(self) -> None:
        self.path.write_text(COMPLETE, encoding="utf-8")
        self.assertEqual(
            str(Documentation(self.path).entry("constants", "RWF_SYNC")),
            "Makes this write durable. Since Linux 4.13. See pwritev2(2).",
        )

    def test_an_entry_needs_a_source(self) -> None:
        said = self.refuse(COMPLETE.replace('source = "pwritev2(2)"\n', ""))
        self.assertEqual(said, "documentation.toml:3: RWF_SYNC has no source: add it")

    def test_an_entry_needs_a_version(self) -> None:
        said = self.refuse(COMPLETE.replace('"4.13"', '""'))
        self.assertEqual(said, "documentation.toml:3: RWF_SYNC has no since: add it")

    def test_a_text_is_a_sentence(self) -> None:
        said = self.refuse(COMPLETE.replace("durable.", "durable"))
        self.assertIn("documentation.toml:3: the text of RWF_SYNC is no sentence", said)

    def test_a_file_that_is_no_toml_says_where(self) -> None:
        said = self.refuse("[constants.RWF_SYNC\n")
        self.assertIn("documentation.toml: Expected ']'", said)
        self.assertIn("line 3", said)


if __name__ == "__main__":
    unittest.main()
