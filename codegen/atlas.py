"""What the atlas shows: the facts of all ABIs and kernels, arranged to be looked at.

The values are the facts'. What is decided here is what stands beside what: which ABIs agree, and
over which kernels a value holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codegen.abi import Abi, EntryPoint, Timespec
from codegen.abis import find_abi
from codegen.atlas_differences import (
    Difference,
    Masks,
    base_of,
    differences,
    entry_point,
    masks,
    timespec_of,
    u64_alignment,
)
from codegen.atlas_layouts import StructMap, struct_maps
from codegen.documentation import Documentation, Entry
from codegen.facts import AbiFacts, version_key
from codegen.history import History
from codegen.spans import Agreement, Span, agreements, shares, spans
from codegen.symbols import GROUPS, SYSCALLS, TYPEDEFS, Group

ABSENT = "absent"
"""In the place of a value: there is none."""
NO_HEADER = "no header"
"""The same, for the kernel does not export the header that the constant would be in."""
NOT_YET = "not yet"
"""In the place of facts: the kernel does not have the ABI."""
NOT_READ = "not read"
"""The same, but the kernel has it: somebody read the headers of some ABIs only."""
KNOWN = "known"


@dataclass(frozen=True)
class Number:
    """The number of a system call: base and rest together."""

    base: int
    rest: int


@dataclass(frozen=True)
class Call:
    """A system call of one ABI."""

    name: str
    numbers: tuple[Span[Number | None], ...]
    """Over the kernels whose facts of the ABI are known; None where it lacks the call."""
    timespec: Timespec | None
    """What it takes, if it is there and waits."""


@dataclass(frozen=True)
class AbiRow:
    """An ABI in the tables."""

    abi: Abi
    u64_alignment: int
    """In bytes."""
    presence: tuple[Span[str], ...]
    """Over all kernels: KNOWN, NOT_YET or NOT_READ."""
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Source:
    """Where the kernel says which timespec a call takes, on some ABIs."""

    call: str
    entry: EntryPoint
    abis: tuple[str, ...]


@dataclass(frozen=True)
class Timeline:
    """The values of a constant over all kernels, on ABIs that agree."""

    abis: tuple[str, ...]
    spans: tuple[Span[int | str], ...]
    """A value, ABSENT, NO_HEADER or NOT_YET."""


@dataclass(frozen=True)
class ConstantRow:
    """A constant."""

    name: str
    entry: Entry | None
    """None if the newest kernel no longer has it."""
    timelines: tuple[Timeline, ...]


@dataclass(frozen=True)
class ConstantTable:
    """The constants of one group."""

    group: Group
    rows: tuple[ConstantRow, ...]


@dataclass(frozen=True)
class TypeRow:
    """A name for a type, and the C type behind it."""

    name: str
    types: tuple[Agreement[str], ...]


@dataclass(frozen=True)
class Atlas:
    """All of it."""

    kernels: Mapping[str, str]
    """The version that was read, by series, oldest first."""
    calls: Mapping[str, Entry]
    abis: tuple[AbiRow, ...]
    differences: tuple[Difference, ...]
    masks: tuple[Masks, ...]
    sources: tuple[Source, ...]
    structs: tuple[StructMap, ...]
    types: tuple[TypeRow, ...]
    tables: tuple[ConstantTable, ...]

    @property
    def newest(self) -> str:
        """The version of the newest kernel."""
        return list(self.kernels.values())[-1]

    @property
    def numbers_never_changed(self) -> bool:
        """Whether every call has had one number, or none, in all kernels."""
        return all(len(call.numbers) == 1 for row in self.abis for call in row.calls)


def make_atlas(history: History, documentation: Documentation) -> Atlas:
    """The atlas of all that is known."""
    newest = history.newest()
    return Atlas(
        kernels={kernel: history.version(kernel) for kernel in history.kernels},
        calls={call: documentation.entry("syscalls", call) for call in SYSCALLS},
        abis=tuple(_abi_row(find_abi(abi, "atlas"), history) for abi in newest),
        differences=differences(newest),
        masks=tuple(masks(one, newest, documentation) for one in GROUPS if one.differs_by_abi),
        sources=tuple(_sources(newest)),
        structs=struct_maps(history, documentation),
        types=tuple(_type_row(name, history) for name in TYPEDEFS),
        tables=tuple(_constant_table(group, history, documentation) for group in GROUPS),
    )


def _abi_row(abi: Abi, history: History) -> AbiRow:
    known = history.of_abi(abi.name)
    newest = list(known.values())[-1]

    def presence(kernel: str) -> str:
        if kernel in known:
            return KNOWN
        return NOT_YET if version_key(kernel) < version_key(abi.since) else NOT_READ

    return AbiRow(
        abi=abi,
        u64_alignment=u64_alignment(newest),
        presence=spans({kernel: presence(kernel) for kernel in history.kernels}),
        calls=tuple(
            Call(
                name,
                spans({kernel: _number(facts.syscalls[name]) for kernel, facts in known.items()}),
                timespec_of(abi, newest, name),
            )
            for name in SYSCALLS
        ),
    )


def _number(number: int | None) -> Number | None:
    return None if number is None else Number(base_of(number), number - base_of(number))


def _sources(newest: Mapping[str, AbiFacts]) -> Sequence[Source]:
    found: list[Source] = []
    for call in ("io_getevents", "io_pgetevents"):
        entries = {abi: entry_point(find_abi(abi, "atlas"), call) for abi in newest}
        found += [Source(call, share.value, share.abis) for share in shares(entries) if share.value]
    return found


def _type_row(name: str, history: History) -> TypeRow:
    return TypeRow(name, agreements(history, lambda facts: facts.typedefs[name]))


def _constant_table(group: Group, history: History, documentation: Documentation) -> ConstantTable:
    documented = documentation.symbols("constants")
    names = {
        name
        for abi in history.newest()
        for facts in history.of_abi(abi).values()
        for name in facts.constants[group.header]
    }

    def position(name: str) -> tuple[int, str]:
        known = name in documented
        return (documentation.position("constants", name) if known else len(documented), name)

    return ConstantTable(
        group,
        tuple(
            ConstantRow(
                name,
                documentation.entry("constants", name) if name in documented else None,
                tuple(_timelines(group.header, name, history)),
            )
            for name in sorted(names, key=position)
        ),
    )


def _timelines(header: str, name: str, history: History) -> Sequence[Timeline]:
    def value(facts: AbiFacts) -> int | str:
        symbols = facts.constants[header]
        return symbols.get(name, ABSENT) if symbols else NO_HEADER

    return [
        Timeline(
            one.abis,
            spans({kernel: one.values.get(kernel, NOT_YET) for kernel in history.kernels}),
        )
        for one in agreements(history, value)
    ]
