"""The layouts of structs as maps of their bytes: one for each layout that some ABI has or had."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.abi import Abi
from codegen.abis import find_abi
from codegen.documentation import Documentation, Entry
from codegen.facts import AbiFacts, Field, Struct
from codegen.history import History
from codegen.spans import Agreement, Share, agreements, shares
from codegen.symbols import STRUCTS

ROW = 8
"""The bytes that a map has side by side."""

_LONG = "kernel_ulong_t"
_U32 = "std::uint32_t"
SUPPLEMENT: Mapping[str, Sequence[tuple[str, str]]] = {
    "aio_sigset": [("sigmask", _LONG), ("sigsetsize", _LONG)],
    "aio_ring": [
        *[("id", _U32), ("nr", _U32), ("head", _U32), ("tail", _U32), ("magic", _U32)],
        *[("compat_features", _U32), ("incompat_features", _U32), ("header_length", _U32)],
    ],
}
"""The structs of supplement.hpp.j2, which no header has: the fields and their types."""

_Place = tuple[str, int, int]
"""Name, offset and size of a field."""


@dataclass(frozen=True)
class Cell:
    """Bytes of one row of a map."""

    name: str
    """Empty for padding."""
    start: int
    """From the beginning of the struct."""
    size: int
    moves: bool
    """Whether other ABIs have the field elsewhere in as many bytes."""


@dataclass(frozen=True)
class Holder:
    """An ABI that has a layout."""

    abi: str
    kernels: tuple[str, ...]
    """Empty if in all of its kernels."""


@dataclass(frozen=True)
class ByteMap:
    """One layout."""

    title: str
    size: int
    alignments: tuple[Share[int], ...]
    holders: tuple[Holder, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class FieldRow:
    """What a field has in common in all layouts."""

    name: str
    types: tuple[Agreement[str | None], ...]
    """As the header spells it."""
    text: str


@dataclass(frozen=True)
class StructMap:
    """A struct and all its layouts."""

    name: str
    """As the kernel has it."""
    entry: Entry | None
    """None of a struct that no header has."""
    fields: tuple[FieldRow, ...]
    maps: tuple[ByteMap, ...]


def struct_maps(history: History, documentation: Documentation) -> tuple[StructMap, ...]:
    """All structs: those of the headers, then the others."""
    return tuple(
        StructMap(
            name=name,
            entry=documentation.entry("structs", STRUCTS[name]) if name in STRUCTS else None,
            fields=_fields(name, history, documentation) if name in STRUCTS else (),
            maps=_maps(name, history),
        )
        for name in (*STRUCTS, *SUPPLEMENT)
    )


def _fields(name: str, history: History, documentation: Documentation) -> tuple[FieldRow, ...]:
    def type_of(field: str) -> Callable[[AbiFacts], str | None]:
        return lambda facts: next(
            (one.type for one in facts.structs[name].fields if one.name == field), None
        )

    newest = next(iter(history.newest().values())).structs[name]
    return tuple(
        FieldRow(
            name=field.name,
            types=agreements(history, type_of(field.name)),
            text=documentation.field(STRUCTS[name], field.name),
        )
        for field in newest.fields
    )


def _maps(name: str, history: History) -> tuple[ByteMap, ...]:
    """The layouts, the commonest first."""
    found: dict[tuple[_Place, ...], dict[str, dict[str, Struct]]] = {}
    for abi in history.newest():
        for kernel, facts in history.of_abi(abi).items():
            struct = _struct(name, facts)
            places = tuple((field.name, field.offset, field.size) for field in struct.fields)
            key = (*places, ("", struct.size, 0))
            found.setdefault(key, {}).setdefault(abi, {})[kernel] = struct
    ranked = sorted(found.items(), key=lambda one: -len(one[1]))
    return tuple(_map(key, holders, history, set(found)) for key, holders in ranked)


def _map(
    key: tuple[_Place, ...],
    structs: Mapping[str, Mapping[str, Struct]],
    history: History,
    others: set[tuple[_Place, ...]],
) -> ByteMap:
    *places, (_, size, _) = key
    moving = {
        name
        for other in others
        if other[-1] == key[-1]
        for name, offset, length in other[:-1]
        if any(one[0] == name and one[1] != offset and one[2] == length for one in places)
    }
    current = [abi for abi, its in structs.items() if list(history.of_abi(abi))[-1] in its]
    return ByteMap(
        title=_title(current, list(history.newest())) if current else _past(structs),
        size=size,
        alignments=shares({abi: list(its.values())[-1].alignment for abi, its in structs.items()}),
        holders=tuple(
            Holder(abi, () if len(its) == len(history.of_abi(abi)) else tuple(its))
            for abi, its in structs.items()
        ),
        rows=tuple(_rows(places, size, moving)),
    )


def _struct(name: str, facts: AbiFacts) -> Struct:
    if name in STRUCTS:
        return facts.structs[name]
    long_size = find_abi(facts.abi, name).kernel_long_bits // 8
    fields: list[Field] = []
    for field, cpp_type in SUPPLEMENT[name]:
        size = long_size if cpp_type == _LONG else 4
        fields.append(Field(field, cpp_type, len(fields) * size, size, size))
    return Struct(len(fields) * fields[0].size, fields[0].alignment, tuple(fields))


def _title(holders: Sequence[str], everyone: Sequence[str]) -> str:
    """What the holders, and nobody else, have in common."""
    rows = [find_abi(abi, "atlas") for abi in everyone]

    def are(*those: Abi) -> bool:
        return [abi.name for abi in those] == list(holders)

    if are(*rows):
        return "Every ABI"
    for order in ("little", "big"):
        if are(*(abi for abi in rows if abi.byte_order == order)):
            return f"{order.capitalize()}-endian"
    for bits in (64, 32):
        if are(*(abi for abi in rows if abi.kernel_long_bits == bits)):
            return f"Kernel’s long of {bits} bits"
    return ", ".join(holders)


def _past(structs: Mapping[str, Mapping[str, Struct]]) -> str:
    """Who had it, and until when."""
    return ", ".join(f"{abi} until {list(its)[-1]}" for abi, its in structs.items())


def _rows(places: Sequence[_Place], size: int, moving: set[str]) -> Iterator[tuple[Cell, ...]]:
    """The bytes by ROW; a field that does not end with its row goes on in the next."""
    runs: list[tuple[str, int, int]] = []
    end = 0
    for name, start, length in [*places, ("", size, 0)]:
        if start > end:
            runs.append(("", end, start))
        runs.append((name, start, start + length))
        end = start + length
    for row in range(0, size, ROW):
        pieces = ((name, max(start, row), min(stop, row + ROW)) for name, start, stop in runs)
        yield tuple(
            Cell(name, start, stop - start, name in moving)
            for name, start, stop in pieces
            if start < stop
        )
