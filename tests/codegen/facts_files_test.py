"""The facts of many ABIs and kernels, as they are written and as they are read again."""

import dataclasses
import json
import unittest
from collections.abc import Mapping

from codegen.abis import ABIS
from codegen.extract import extract
from codegen.facts import AbiFacts
from codegen.facts_files import MARK, load_history, to_files
from codegen.history import History
from codegen.output import Replacement, replace_folders
from tests.codegen.trees import FIXTURE, TreeTest

HEADER = "linux/fs.h"


class FactsFilesTest(TreeTest):
    """Facts of the fixture, as if of several kernels."""

    fixture: Mapping[str, AbiFacts]

    @classmethod
    def setUpClass(cls) -> None:
        cls.fixture = {abi.name: extract(FIXTURE, abi) for abi in ABIS}

    def with_flags(self, abi: str, kernel: str, **flags: int) -> AbiFacts:
        """Facts of one ABI in one kernel that has just these flags."""
        one = self.fixture[abi]
        return dataclasses.replace(
            one, kernel=kernel, constants={**one.constants, HEADER: {"RWF_HIPRI": 1, **flags}}
        )

    def written(self, *facts: AbiFacts) -> Mapping[str, object]:
        """What is written of the flags, when it is sure to be read as it was."""
        files = to_files(History(facts))
        replace_folders([Replacement(self.facts, files, MARK)])
        read = load_history(self.facts)
        self.assertEqual(to_files(read), files)
        for one in facts:
            self.assertEqual(read.of_abi(one.abi)[one.series], one)
        constants = json.loads(files["constants.json"])["constants"][HEADER]
        return {name: groups for name, groups in constants.items() if name != "RWF_HIPRI"}

    def test_a_value_stands_with_the_first_kernel_that_has_it(self) -> None:
        written = self.written(
            self.with_flags("arm", "6.1.5"),
            self.with_flags("arm", "6.12.1", RWF_NEW=1),
            self.with_flags("arm", "7.2.3", RWF_NEW=1),
        )
        self.assertEqual(written, {"RWF_NEW": {"*": {"6.12": 1}}})

    def test_kernels_are_ordered_by_number(self) -> None:
        written = self.written(
            self.with_flags("arm", "5.10.1", RWF_ALL=1), self.with_flags("arm", "5.9.1", RWF_ALL=3)
        )
        self.assertEqual(written, {"RWF_ALL": {"*": {"5.9": 3, "5.10": 1}}})

    def test_a_symbol_may_go_and_come_again(self) -> None:
        written = self.written(
            self.with_flags("arm", "6.1.0", RWF_ODD=4),
            self.with_flags("arm", "6.2.0"),
            self.with_flags("arm", "6.3.0", RWF_ODD=4),
        )
        self.assertEqual(written, {"RWF_ODD": {"*": {"6.1": 4, "6.2": None, "6.3": 4}}})

    def test_only_abis_that_differ_are_named(self) -> None:
        written = self.written(
            self.with_flags("arm", "6.1.0", RWF_ODD=4),
            self.with_flags("i386", "6.1.0", RWF_ODD=4),
            self.with_flags("alpha", "6.1.0", RWF_ODD=5),
            self.with_flags("sh", "6.1.0"),
        )
        self.assertEqual(written, {"RWF_ODD": {"*": {"6.1": 4}, "alpha": {"6.1": 5}, "sh": {}}})

    def test_an_abi_that_came_later_is_not_named_if_it_is_as_the_others(self) -> None:
        written = self.written(
            self.with_flags("arm", "6.1.0", RWF_ODD=4),
            self.with_flags("arm", "7.2.0", RWF_ODD=4),
            self.with_flags("loongarch32", "7.2.0", RWF_ODD=4),
        )
        self.assertEqual(written, {"RWF_ODD": {"*": {"6.1": 4}}})

    def test_kernels_say_which_abis_they_are_without(self) -> None:
        files = to_files(History(self.with_flags(abi.name, "7.2.1") for abi in ABIS[1:]))
        self.assertEqual(
            json.loads(files["kernels.json"])["kernels"],
            {"7.2": {"version": "7.2.1", "without": ["x86_64"]}},
        )


if __name__ == "__main__":
    unittest.main()
