"""Facts as C++ that compiles only where they are true: static_asserts with literals."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from codegen.abis import find_abi
from codegen.facts import AbiFacts
from codegen.facts_files import load_history
from codegen.symbols import STRUCTS

HISTORY = load_history(Path(__file__).parents[2] / "codegen/facts")
NEWEST = HISTORY.newest()
"""The facts that are committed."""

_RAW = "linux_aio::raw::"
_BINDINGS = "#include <linux_aio/raw/abi.hpp>\n"


def bindings_program(facts: AbiFacts) -> str:
    """Compiles where the bindings are as the facts say."""
    return _BINDINGS + about_bindings(facts)


def headers_program(names: Sequence[str], facts: AbiFacts, newest: AbiFacts) -> str:
    """Compiles where bindings, facts and the kernel's headers of these names are one."""
    code = "typedef __SIZE_TYPE__ size_t;\n"  # which headers up to Linux 5.10 take for granted
    code += "".join(f"#include <{name}>\n" for name in names) + _BINDINGS
    return code + about_bindings(newest) + about_headers(facts, newest) + about_both(facts, newest)


def about_bindings(facts: AbiFacts) -> str:
    """That the bindings are as the facts say, on the ABI that is compiled for."""
    names = {name: f"{_RAW}{name.lower()}" for name in _constants(facts)}
    lines = [f'static_assert(__builtin_strcmp({_RAW}abi_name, "{facts.abi}") == 0);']
    lines += [_equal(names[name], value) for name, value in _constants(facts).items()]
    for call, number in facts.syscalls.items():
        lines.append(_equal(f"{_RAW}nr_{call}", -1 if number is None else number))
        if number is None:
            lines.append(_equal(f"{_RAW}nr_{call}", f"{_RAW}nr_absent"))
    for name, c_type in facts.typedefs.items():
        lines.append(f"static_assert(__is_same({_RAW}{name.removeprefix('__')}, {c_type}));")
    lines += _layouts(facts, {name: f"{_RAW}{ours}" for name, ours in STRUCTS.items()})
    return "\n".join(lines) + "\n"


def about_headers(facts: AbiFacts, newest: AbiFacts) -> str:
    """That the kernel's headers are as the facts say, and do not have what only newer ones have."""
    lines = [_equal(name, value) for name, value in _constants(facts).items()]
    for name in _constants(newest).keys() - _constants(facts).keys():
        lines.append(_undefined(name))
    for call, number in facts.syscalls.items():
        lines.append(
            _undefined(f"__NR_{call}") if number is None else _equal(f"__NR_{call}", number)
        )
    for name, c_type in facts.typedefs.items():
        lines.append(f"static_assert(__is_same(::{name}, {c_type}));")
    lines += _layouts(facts, {name: f"::{name}" for name in STRUCTS})
    return "\n".join(lines) + "\n"


def about_both(facts: AbiFacts, newest: AbiFacts) -> str:
    """That the bindings and the headers say the same, except what a newer kernel changed."""
    lines = [
        _equal(f"{_RAW}{name.lower()}", name)
        for name, value in _constants(facts).items()
        if _constants(newest).get(name) == value
    ]
    lines += [
        _equal(f"{_RAW}nr_{call}", f"__NR_{call}")
        for call, number in facts.syscalls.items()
        if number is not None
    ]
    for name, struct in facts.structs.items():
        ours = f"{_RAW}{STRUCTS[name]}"
        lines.append(_equal(f"sizeof({ours})", f"sizeof(::{name})"))
        lines.append(_equal(f"alignof({ours})", f"alignof(::{name})"))
        for field in struct.fields:
            lines.append(
                _equal(
                    f"__builtin_offsetof({ours}, {field.name})",
                    f"__builtin_offsetof(::{name}, {field.name})",
                )
            )
    return "\n".join(lines) + "\n"


def _constants(facts: AbiFacts) -> dict[str, int]:
    return {name: value for group in facts.constants.values() for name, value in group.items()}


def _layouts(facts: AbiFacts, names: dict[str, str]) -> Iterator[str]:
    over_aligns = find_abi(facts.abi, "the facts").clang.over_aligns
    for name, struct in facts.structs.items():
        yield _equal(f"sizeof({names[name]})", struct.size)
        if over_aligns:  # which does not keep GCC from saying what it says
            yield "#ifndef __clang__"
        yield _equal(f"alignof({names[name]})", struct.alignment)
        if over_aligns:
            yield "#endif"
        for field in struct.fields:
            yield _equal(f"__builtin_offsetof({names[name]}, {field.name})", field.offset)
            yield _equal(f"sizeof({names[name]}::{field.name})", field.size)


def _equal(expression: str, value: int | str) -> str:
    return f"static_assert({expression} == {value});"


def _undefined(name: str) -> str:
    return f"#ifdef {name}\n#error {name} is there\n#endif"
