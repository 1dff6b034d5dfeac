"""docs/python_parity.md mentions only what is there, and every test of python_parity_test.cpp."""

import re
import unittest
from pathlib import Path

DOCUMENT = Path("docs/python_parity.md")
ITS_TESTS = Path("tests/safe/python_parity_test.cpp")


def links_of(text: str) -> set[str]:
    """The files that it links to, as it writes them."""
    return set(re.findall(r"\]\(([^)]*)\)", text))


def mentioned_tests(text: str) -> set[str]:
    """What stands in quotation marks outside of code, over the end of a line, too."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return {" ".join(sentence.split()) for sentence in re.findall(r'"([^"]+)"', prose)}


def names_of_tests(source: str) -> set[str]:
    """The test cases of a C++ file."""
    return set(re.findall(r'^TEST_CASE\(\s*"([^"]+)"', source, flags=re.MULTILINE))


class PythonParityTest(unittest.TestCase):
    """The document, its links, and the tests behind them."""

    def setUp(self) -> None:
        self.text = DOCUMENT.read_text(encoding="utf-8")
        self.links = {DOCUMENT.parent / link for link in links_of(self.text)}

    def test_every_file_that_it_links_to_exists(self) -> None:
        self.assertGreater(len(self.links), 30)
        self.assertEqual([link for link in self.links if not link.is_file()], [])

    def test_every_test_that_it_mentions_is_in_a_file_that_it_links_to(self) -> None:
        sources = [link for link in self.links if link.name.endswith("_test.cpp")]
        there = set().union(*(names_of_tests(file.read_text("utf-8")) for file in sources))
        mentioned = mentioned_tests(self.text)
        self.assertGreater(len(mentioned), 40)
        self.assertEqual(mentioned - there, set())

    def test_it_mentions_every_test_that_was_written_for_it(self) -> None:
        written = names_of_tests(ITS_TESTS.read_text(encoding="utf-8"))
        self.assertEqual(written - mentioned_tests(self.text), set())

    def test_links_and_names_are_found_wherever_they_stand(self) -> None:
        self.assertEqual(links_of("[a](../a.hpp) and `b`: [b](c.cpp)"), {"../a.hpp", "c.cpp"})
        self.assertEqual(mentioned_tests('| `"code"` | "one\ntest", "two" |'), {"one test", "two"})
        self.assertEqual(names_of_tests('TEST_CASE("a") {\nTEST_CASE(\n    "b") {'), {"a", "b"})


if __name__ == "__main__":
    unittest.main()
