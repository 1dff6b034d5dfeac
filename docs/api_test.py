"""The API documentation is whole: Doxygen has nothing to warn of, and what can fail says how."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

DOXYFILE = "docs/Doxyfile"

# Requests fail in their completion, and say so where they are made.
_CAN_FAIL = ("Result<", "std::expected<", "ReadWithoutBuffer", "WriteWithoutBuffer", "Sync", "Poll")
_SETTERS = ("notify",)


def _run_doxygen(output: Path) -> subprocess.CompletedProcess[str]:
    """Writes HTML and XML into `output`; warnings are failures."""
    return subprocess.run(
        ["doxygen", DOXYFILE],
        env={**os.environ, "LINUX_AIO_API": str(output)},
        capture_output=True,
        text=True,
        check=False,
    )


def _functions(xml: Path) -> Iterator[tuple[str, str, str]]:
    """Name, return type and description of each function."""
    for file in sorted(xml.glob("*.xml")):
        root = ElementTree.parse(file).getroot()
        for member in root.iterfind(".//memberdef[@kind='function']"):
            name = member.findtext("qualifiedname") or member.findtext("name") or ""
            c_type = member.find("type")
            returned = "" if c_type is None else "".join(c_type.itertext())
            text = " ".join(
                "".join(part.itertext())
                for part in (member.find("briefdescription"), member.find("detaileddescription"))
                if part is not None
            )
            yield name, returned, text


def _enumerators(xml: Path) -> Iterator[tuple[str, str]]:
    """Name and description of each value of each enumeration."""
    for file in sorted(xml.glob("*.xml")):
        for member in ElementTree.parse(file).getroot().iterfind(".//memberdef[@kind='enum']"):
            for value in member.iterfind("enumvalue"):
                texts = (value.find("briefdescription"), value.find("detaileddescription"))
                text = "".join("".join(part.itertext()) for part in texts if part is not None)
                yield f"{member.findtext('name')}::{value.findtext('name')}", text.strip()


class ApiTest(unittest.TestCase):
    """What Doxygen makes of the public headers."""

    folder: tempfile.TemporaryDirectory[str]
    doxygen: subprocess.CompletedProcess[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        cls.doxygen = _run_doxygen(Path(cls.folder.name))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def test_doxygen_warns_of_nothing(self) -> None:
        """Everything public has a description."""
        self.assertEqual(self.doxygen.stderr, "")
        self.assertEqual(self.doxygen.returncode, 0)

    def test_what_can_fail_says_how_and_since_when(self) -> None:
        """Errors by name, and the first Linux; or which function it is like."""
        seen = 0
        for name, returned, text in _functions(Path(self.folder.name, "xml")):
            if not returned.startswith(_CAN_FAIL) or name.endswith(_SETTERS):
                continue
            seen += 1
            if text.strip().startswith("As "):
                continue
            with self.subTest(function=name):
                self.assertIn("Errors", text)
                self.assertRegex(text, r"Since\s+Linux|Source:")
        self.assertGreater(seen, 20)

    def test_each_request_has_its_setters(self) -> None:
        """Though they are inherited: a reader looks for them where the request is."""
        transfer = {"at", "flags", "priority", "notify"}
        buffered = transfer | {"slice", "release"}
        for page, setters in {
            "ReadWithoutBuffer": transfer,
            "WriteWithoutBuffer": transfer,
            "Read": buffered,
            "Write": buffered,
            "VectoredRead": transfer | {"release"},
            "VectoredWrite": transfer | {"release"},
            "Sync": {"notify"},
            "Poll": {"notify"},
        }.items():
            root = ElementTree.parse(
                Path(self.folder.name, f"xml/classlinux__aio_1_1{page}.xml")
            ).getroot()
            with self.subTest(request=page):
                shown = {name.text for name in root.iterfind(".//memberdef/name")}
                self.assertLessEqual(setters, shown)

    def test_each_enumerator_says_what_it_is(self) -> None:
        said = dict(_enumerators(Path(self.folder.name, "xml")))
        self.assertGreater(len(said), 50)
        self.assertEqual([name for name, text in said.items() if not text], [])
        self.assertIn("Linux 6.11", said["WriteFlag::atomic"])


if __name__ == "__main__":
    if shutil.which("doxygen") is None:
        print("SKIPPED: Doxygen is not installed: apt-get install doxygen")
        sys.exit(0)
    unittest.main()
