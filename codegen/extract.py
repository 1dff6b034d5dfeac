"""One ABI's headers to its facts, checked against the row of the table."""

import dataclasses
from collections.abc import Container, Mapping
from pathlib import Path

from codegen.abi import Abi
from codegen.abis import ABIS
from codegen.errors import CodegenError
from codegen.facts import AbiFacts, Struct, version_key
from codegen.parse import Parser, Question, Symbol
from codegen.symbols import GROUPS, STRUCTS, SYSCALLS, TYPEDEFS, Group
from codegen.tree import find_headers

_VERSION_PARTS = ("LINUX_VERSION_MAJOR", "LINUX_VERSION_PATCHLEVEL", "LINUX_VERSION_SUBLEVEL")


def extract(root: Path, abi: Abi, known: Container[str] | None = None) -> AbiFacts:
    """The facts of `abi` from the header tree at `root`.

    Everything that is taken must be a number; if it is said what is `known`, only that, and what
    else is none is left out.
    """
    headers = find_headers(root, abi)
    parser = Parser(headers, abi)
    declared = parser.declarations(tuple(STRUCTS), TYPEDEFS)
    taken = {
        group.header: _taken(group, declared.symbols)
        for group in GROUPS
        if group.header in headers.names
    }
    asked = [_question(symbol, known) for symbols in taken.values() for symbol in symbols]
    asked += [
        Question(f"__NR_{call}", f"__NR_{call}", str(root), f"defined(__NR_{call})")
        for call in SYSCALLS
    ]
    answers = parser.evaluate(_identity_questions(root) + asked)
    kernel = _kernel_version(answers)
    if version_key(kernel) < version_key(abi.since):
        raise CodegenError(
            declared.places["LINUX_VERSION_CODE"],
            f"Linux {kernel} has no {abi.name}, which came with Linux {abi.since}",
            "name with --abi what this kernel has",
        )
    _check_identity(root, abi, answers, declared.places)
    _check_calls(root, abi, answers)
    return AbiFacts(
        abi=abi.name,
        kernel=kernel,
        typedefs=declared.typedefs,
        structs={name: _as_aligned(struct, abi) for name, struct in declared.structs.items()},
        constants={
            group.header: {
                symbol.name: answers[symbol.name]
                for symbol in taken.get(group.header, [])
                if symbol.name in answers
            }
            for group in GROUPS
        },
        syscalls={call: answers.get(f"__NR_{call}") for call in SYSCALLS},
        places={**declared.places, "kernel": declared.places["LINUX_VERSION_CODE"]},
    )


def _taken(group: Group, symbols: tuple[Symbol, ...]) -> list[Symbol]:
    return [
        symbol
        for symbol in symbols
        if symbol.header in group.defined_in
        and symbol.name.startswith(group.prefix)
        and symbol.name not in group.left_out
    ]


def _as_aligned(struct: Struct, abi: Abi) -> Struct:
    if not abi.clang.over_aligns:
        return struct

    def limited(alignment: int) -> int:
        return min(alignment, abi.u64_alignment)

    fields = [
        dataclasses.replace(field, alignment=limited(field.alignment)) for field in struct.fields
    ]
    return Struct(struct.size, limited(struct.alignment), tuple(fields))


def _question(symbol: Symbol, known: Container[str] | None) -> Question:
    # A header may take a macro back with #undef; then it is not there.
    condition = f"defined({symbol.name})" if symbol.is_macro else "1"
    may_fail = known is not None and symbol.name not in known
    return Question(symbol.name, symbol.name, symbol.where, condition, may_fail)


def _identity_questions(root: Path) -> list[Question]:
    where = str(root)
    version = [Question("LINUX_VERSION_CODE", "LINUX_VERSION_CODE", where)]
    version += [Question(name, name, where, f"defined({name})") for name in _VERSION_PARTS]
    return version + [
        Question("the bits of a pointer", "sizeof(void *) * 8", where),
        Question("__BITS_PER_LONG", "__BITS_PER_LONG", where),
        Question("the bits of __kernel_long_t", "sizeof(__kernel_long_t) * 8", where),
        Question("the alignment of __u64", "_Alignof(__u64)", where),
        Question("little", "1", where, "defined(__LITTLE_ENDIAN)"),
        Question("big", "1", where, "defined(__BIG_ENDIAN)"),
        *(Question(f"is {abi.name}", "1", where, abi.dispatch_condition) for abi in ABIS),
    ]


def _check_identity(
    root: Path, abi: Abi, answers: Mapping[str, int], places: Mapping[str, str]
) -> None:
    """Refuses the headers of another ABI: clang takes them, and their numbers are wrong."""
    orders = [order for order in ("little", "big") if order in answers]
    aligned = answers["the alignment of __u64"]
    if abi.clang.over_aligns:
        aligned = min(aligned, abi.u64_alignment)
    true_of = [row.name for row in ABIS if f"is {row.name}" in answers]
    expectations: list[tuple[str, object, object]] = [
        ("__NR_io_setup", answers.get("__NR_io_setup"), abi.anchor),
        ("the byte order of asm/byteorder.h", " and ".join(orders), abi.byte_order),
        ("__BITS_PER_LONG", answers["__BITS_PER_LONG"], abi.word_bits),
        ("the bits of a pointer", answers["the bits of a pointer"], abi.word_bits),
        (
            "the bits of __kernel_long_t",
            answers["the bits of __kernel_long_t"],
            abi.kernel_long_bits,
        ),
        ("the alignment of __u64", aligned, abi.u64_alignment),
        ("the ABI that the dispatch conditions pick", " and ".join(true_of), abi.name),
    ]
    for what, found, expected in expectations:
        if found != expected:
            raise CodegenError(
                places.get(what, root),
                f"not the headers of {abi.name}: {what} is {found}, not {expected}",
                "name with --abi what this tree has, or correct the row in codegen/abis.py",
            )


def _check_calls(root: Path, abi: Abi, answers: Mapping[str, int]) -> None:
    """Refuses a row that knows the timespec of a call that is not there, or not that of one."""
    for call, entry in (("io_getevents", abi.getevents), ("io_pgetevents", abi.pgetevents)):
        if (entry is None) != (f"__NR_{call}" not in answers):
            has, knows = ("has no", "knows") if entry else ("has", "does not know")
            raise CodegenError(
                root,
                f"{abi.name} {has} {call} here, but its row {knows} what that enters",
                "complete the tree, or correct the row in codegen/abis.py",
            )


def _kernel_version(answers: Mapping[str, int]) -> str:
    if all(part in answers for part in _VERSION_PARTS):
        return ".".join(str(answers[part]) for part in _VERSION_PARTS)
    code = answers["LINUX_VERSION_CODE"]  # up to Linux 5.10; says 255 for every sublevel above
    return f"{code >> 16}.{code >> 8 & 255}.{code & 255}"
