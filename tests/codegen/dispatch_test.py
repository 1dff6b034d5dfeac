"""The generated headers as the compilers of each ABI see them.

Clang compiles them for every target, with all their static_asserts, and no cross compiler or C
library is needed for that. It also tells which ABI the dispatch picked.
"""

import unittest
from pathlib import Path

from clang import cindex

from codegen.abi import Clang
from codegen.abis import ABIS, find_abi
from codegen.facts_files import load_history

ROOT = Path(__file__).parents[2]

_STANDARD_HEADERS = {
    "/std/cstdint": """
#pragma once
namespace std {
using int16_t = __INT16_TYPE__;
using uint16_t = __UINT16_TYPE__;
using uint32_t = __UINT32_TYPE__;
using int64_t = __INT64_TYPE__;
using uint64_t = __UINT64_TYPE__;
}  // namespace std
""",
    "/std/cstddef": """
#pragma once
#define offsetof(type, member) __builtin_offsetof(type, member)
namespace std {
using size_t = __SIZE_TYPE__;
}  // namespace std
""",
}


def compile_for(clang: Clang, code: str) -> list[str]:
    """What clang complains about if it compiles the bindings, followed by `code`, for a target."""
    main = f"#include <linux_aio/raw/abi.hpp>\nnamespace linux_aio::raw {{\n{code}\n}}\n"
    unit = cindex.Index.create().parse(
        "main.cpp",
        [
            *["-xc++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", f"--target={clang.target}"],
            *clang.options,
            *["-nostdinc", "-nostdinc++", "-ffreestanding", "-I/std", f"-I{ROOT}/generated"],
        ],
        unsaved_files=[("main.cpp", main), *_STANDARD_HEADERS.items()],
    )
    return [diagnostic.spelling for diagnostic in unit.diagnostics]


class DispatchTest(unittest.TestCase):
    """One target an ABI, and targets that are none."""

    def test_every_abi_gets_its_own_numbers_and_a_layout_that_holds(self) -> None:
        facts = load_history(ROOT / "codegen/facts").newest()
        for abi in ABIS:
            with self.subTest(abi=abi.name):
                code = f'static_assert(__builtin_strcmp(abi_name, "{abi.name}") == 0);\n'
                for call, number in facts[abi.name].syscalls.items():
                    code += f"static_assert(nr_{call} == {-1 if number is None else number});\n"
                self.assertEqual(compile_for(abi.clang, code), [])

    def test_a_wrong_number_would_be_seen(self) -> None:
        wrong = compile_for(find_abi("x86_64", "test").clang, "static_assert(nr_io_submit == 210);")
        self.assertEqual(len(wrong), 1)

    def test_an_unknown_abi_is_told_what_to_do(self) -> None:
        for target in ("bpfel", "lanai", "arc"):
            with self.subTest(target=target):
                said = "\n".join(compile_for(Clang(target), ""))
                self.assertIn("linux_aio lacks this ABI: add a row to codegen/abis.py", said)


if __name__ == "__main__":
    unittest.main()
