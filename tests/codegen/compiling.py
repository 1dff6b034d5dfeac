"""Clang compiles C++ for the target of any ABI, and says what is wrong with it.

No cross compiler or C library is needed for that: the standard headers that the bindings include
are made up here, and the rest clang brings.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clang import cindex

from codegen.abi import Clang

GENERATED = Path(__file__).parents[2] / "generated"

FLAGS = (
    *("-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wundef"),
    *("-nostdinc", "-nostdinc++", "-ffreestanding"),
)
"""Of any compiler."""

STANDARD_HEADERS = {
    "cstdint": """
#pragma once
namespace std {
using int16_t = __INT16_TYPE__;
using uint16_t = __UINT16_TYPE__;
using uint32_t = __UINT32_TYPE__;
using int64_t = __INT64_TYPE__;
using uint64_t = __UINT64_TYPE__;
}  // namespace std
""",
    "cstddef": """
#pragma once
#define offsetof(type, member) __builtin_offsetof(type, member)
namespace std {
using size_t = __SIZE_TYPE__;
}  // namespace std
""",
}


def compile_for(
    clang: Clang,
    code: str,
    system: Sequence[Path] = (),
    changed: Mapping[str, str] | None = None,
) -> list[str]:
    """What clang complains about.

    Beside the bindings, `system` is searched for headers; `changed` is what is to be taken for some
    files of the bindings.
    """
    bindings = {str(GENERATED / name): text for name, text in (changed or {}).items()}
    standard = {f"/std/{name}": text for name, text in STANDARD_HEADERS.items()}
    files = {"main.cpp": code, **standard, **bindings}
    unit = cindex.Index.create().parse(
        "main.cpp",
        [
            *["-xc++", *FLAGS, f"--target={clang.target}", *clang.options],
            *["-I/std", f"-I{GENERATED}"],
            *[f"-isystem{folder}" for folder in system],
        ],
        unsaved_files=list(files.items()),
    )
    return [diagnostic.spelling for diagnostic in unit.diagnostics]
