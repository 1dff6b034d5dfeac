"""The committed facts against the headers that are installed here, of another kernel as a rule."""

import unittest
from pathlib import Path

from codegen.abis import ABIS
from codegen.errors import CodegenError
from codegen.extract import extract
from codegen.facts import AbiFacts, version_key
from codegen.facts_files import load_history
from codegen.symbols import GROWING
from codegen.tree import find_headers

HOST = Path("/usr/include")
FACTS = Path(__file__).parents[2] / "codegen/facts"


def host_facts() -> list[AbiFacts]:
    """The facts of all ABIs whose headers are installed."""
    return [extract(HOST, abi) for abi in ABIS if _has_headers(abi.name)]


def _has_headers(name: str) -> bool:
    try:
        return bool(find_headers(HOST, next(abi for abi in ABIS if abi.name == name)))
    except CodegenError:
        return False


class HostHeadersTest(unittest.TestCase):
    """A kernel never changes a number or a layout: all that the host has, the facts have too."""

    def setUp(self) -> None:
        newest = load_history(FACTS).newest()
        self.pairs = [(host, newest[host.abi]) for host in host_facts()]
        if not self.pairs:
            print(f"SKIPPED: no kernel headers in {HOST}: apt-get install linux-libc-dev")
            self.skipTest("no kernel headers")

    def test_constants_agree(self) -> None:
        for host, facts in self.pairs:
            for header, symbols in host.constants.items():
                for name in symbols.keys() - GROWING.keys():
                    if _older(host, facts):
                        self.assertIn(name, facts.constants[header], host.abi)
                    if name in facts.constants[header]:
                        self.assertEqual(symbols[name], facts.constants[header][name], name)

    def test_system_calls_agree(self) -> None:
        for host, facts in self.pairs:
            self.assertEqual(host.syscalls, facts.syscalls, host.abi)

    def test_layouts_agree(self) -> None:
        for host, facts in self.pairs:
            for name, struct in host.structs.items():
                self.assertEqual(
                    [(field.name, field.offset) for field in struct.fields],
                    [(field.name, field.offset) for field in facts.structs[name].fields],
                    f"{name} of {host.abi}",
                )
                self.assertEqual(struct.size, facts.structs[name].size, f"{name} of {host.abi}")


def _older(host: AbiFacts, facts: AbiFacts) -> bool:
    return version_key(host.kernel) <= version_key(facts.kernel)


if __name__ == "__main__":
    unittest.main()
