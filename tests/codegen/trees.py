"""Trees of headers to try the generator on, and what it does with them."""

import contextlib
import functools
import io
import os
import shutil
import tempfile
import unittest
from collections.abc import Iterator, Mapping
from pathlib import Path

from codegen import regenerate
from codegen.abis import ABIS
from codegen.extract import extract
from codegen.facts_files import to_files
from codegen.history import History

FIXTURE = Path(__file__).parent / "fixtures/include"


MAKEFILE = """\
headers:
	test -e arch/$(ARCH)/include/uapi/asm/unistd.h
	mkdir -p $(O)/usr/include
	rm -rf $(O)/usr/include/asm
	cp -r arch/$(ARCH)/include/uapi/asm $(O)/usr/include/asm
	touch $(O)/usr/include/asm/.poll.h.cmd
	cp -r include/uapi/linux include/uapi/asm-generic $(O)/usr/include
"""
"""Makes headers of the fixture, put where the kernel's source has them, as the kernel's does."""


def contents(folder: Path) -> dict[str, str]:
    """All files in a folder, hidden ones too: path to text."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@functools.cache
def made_of_fixture() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Facts and output of the fixture."""
    history = History(extract(FIXTURE, abi) for abi in ABIS)
    return to_files(history), regenerate.generate(history)


class TreeTest(unittest.TestCase):
    """A test that has a copy of the fixture, and folders for facts and output, of its own."""

    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.headers = self.root / "headers"
        self.facts = self.root / "work/facts"
        self.output = self.root / "work/generated"
        shutil.copytree(FIXTURE, self.headers / "include")
        self.enterContext(_environment_without("BUILD_WORKING_DIRECTORY"))

    def put_made(self) -> None:
        """Puts what the unchanged fixture gives into the folders of this test."""
        facts, output = made_of_fixture()
        for folder, files in ((self.facts, facts), (self.output, output)):
            for name, text in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    def edit(self, header: str, old: str, new: str) -> int:
        """Replaces what is in a header exactly once; returns the line of it."""
        path = self.headers / "include" / header
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, f"{old!r} in {header}")
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def run_command(self, *arguments: str) -> tuple[int, str]:
        """Runs the command on the folders of this test: its exit status and what it says."""
        said = io.StringIO()
        folders = ["--facts", str(self.facts), "--output", str(self.output)]
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = regenerate.main([*arguments, *folders])
        return status, said.getvalue()

    def accept(self, *arguments: str) -> None:
        """Expects the command to do its work."""
        status, said = self.run_command(*arguments)
        self.assertEqual(status, 0, said)

    def extract(self, *arguments: str) -> None:
        """Expects the headers of this test to be accepted."""
        self.accept("--headers", str(self.headers), *arguments)

    def refuse(self, *arguments: str) -> str:
        """Expects one clear line, and that nothing was changed or left behind; returns the line."""
        before = contents(self.root)
        status, said = self.run_command(*arguments)
        self.assertEqual(status, 1, said)
        self.assertEqual(said.count("\n"), 1, said)
        self.assertTrue(said.startswith("codegen: "), said)
        self.assertGreaterEqual(said.count(": "), 3, f"where, what and remedy: {said}")
        self.assertEqual(contents(self.root), before)
        return said.strip()

    def refuse_headers(self, *arguments: str) -> str:
        """As refuse, of the headers of this test."""
        return self.refuse("--headers", str(self.headers), *arguments)


@contextlib.contextmanager
def _environment_without(name: str) -> Iterator[None]:
    value = os.environ.pop(name, None)
    try:
        yield
    finally:
        if value is not None:
            os.environ[name] = value
