"""The shapes of header trees. The facts may not depend on the shape."""

import shutil
import unittest
from pathlib import Path

from codegen.abis import find_abi
from codegen.extract import extract
from tests.codegen.trees import TreeTest


class TreeShapeTest(TreeTest):
    """The fixture's headers, moved to where others keep them."""

    def rearranged(self, asm: str, rest: str) -> Path:
        """The fixture with asm/ and everything else in other folders."""
        root = self.root / "rearranged"
        shutil.copytree(self.headers / "include/asm", root / asm)
        for folder in ("linux", "asm-generic"):
            shutil.copytree(self.headers / "include" / folder, root / rest / folder)
        return root

    def assert_same(self, root: Path, abi: str) -> None:
        """Expects the tree to say what the fixture says."""
        row = find_abi(abi, "test")
        self.assertEqual(extract(root, row), extract(self.headers, row))

    def test_what_make_headers_install_makes(self) -> None:
        self.assert_same(self.headers, "aarch64")
        self.assert_same(self.headers / "include", "aarch64")

    def test_an_installed_system(self) -> None:
        root = self.rearranged("usr/include/x86_64-linux-gnu/asm", "usr/include")
        for abi in ("x86_64", "i386", "x32"):
            self.assert_same(root, abi)
            self.assert_same(root / "usr/include", abi)

    def test_one_package_for_all_architectures(self) -> None:
        root = self.rearranged("usr/lib/linux/uapi/arm/asm", "usr/include")
        (root / "usr/include/arm-linux-gnueabihf/asm").mkdir(
            parents=True
        )  # of links, which may dangle
        self.assert_same(root, "armeb")
        self.assert_same(root / "usr/include", "armeb")

    def test_a_package_for_cross_compiling(self) -> None:
        root = self.rearranged("usr/aarch64-linux-gnu/include/asm", "usr/aarch64-linux-gnu/include")
        self.assert_same(root, "aarch64_be")
        self.assert_same(root / "usr", "aarch64_be")


if __name__ == "__main__":
    unittest.main()
