"""In what ABIs differ: each property with its values and the ABIs that have them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from codegen.abi import Abi, EntryPoint, Timespec
from codegen.abis import find_abi
from codegen.documentation import Documentation
from codegen.facts import AbiFacts
from codegen.spans import Share, shares
from codegen.symbols import Group

_OF_THE_ABI = 0xFFFF
"""A system call's own number is within; the bits above stand for the ABI."""

_Property = Callable[[Abi, AbiFacts], str]


@dataclass(frozen=True)
class Difference:
    """A property in which ABIs differ: its values, the commonest first."""

    title: str
    text: str
    shares: tuple[Share[str], ...]


@dataclass(frozen=True)
class Masks:
    """The constants of which ABIs have values of their own."""

    group: Group
    names: tuple[str, ...]
    columns: tuple[Share[tuple[int | None, ...]], ...]
    """The values in the order of the names, the commonest column first."""


def differences(newest: Mapping[str, AbiFacts]) -> tuple[Difference, ...]:
    """The properties of which there is more than one value."""
    found = []
    for title, text, value in _PROPERTIES:
        values = {abi: value(find_abi(abi, "atlas"), facts) for abi, facts in newest.items()}
        if len(set(values.values())) > 1:
            found.append(Difference(title, text, shares(values)))
    return tuple(found)


def masks(group: Group, newest: Mapping[str, AbiFacts], documentation: Documentation) -> Masks:
    """The constants of a group, beside each other for the ABIs that agree on all."""
    known = {name for facts in newest.values() for name in facts.constants[group.header]}
    names = sorted(known, key=lambda name: documentation.position("constants", name))
    columns = {
        abi: tuple(facts.constants[group.header].get(name) for name in names)
        for abi, facts in newest.items()
    }
    return Masks(group, tuple(names), shares(columns))


def base_of(number: int) -> int:
    """The bits of a system call's number that stand for the ABI: 0x40000000 on x32."""
    return number & ~_OF_THE_ABI


def u64_alignment(facts: AbiFacts) -> int:
    """In bytes."""
    return next(field.alignment for field in facts.structs["iocb"].fields if field.type == "__u64")


def timespec_of(abi: Abi, facts: AbiFacts, call: str) -> Timespec | None:
    """Which timespec a call takes, if it is there and waits."""
    if facts.syscalls[call] is None:
        return None
    if call == "io_pgetevents_time64":
        return "kernel_timespec"  # what the call was made for
    entry = entry_point(abi, call)
    return entry.timespec if entry else None


def entry_point(abi: Abi, call: str) -> EntryPoint | None:
    """What a call enters in the kernel, if that decides which timespec it takes."""
    return {"io_getevents": abi.getevents, "io_pgetevents": abi.pgetevents}.get(call)


def _timespec(call: str) -> _Property:
    return lambda abi, facts: timespec_of(abi, facts, call) or "no such call"


def _bases(_: Abi, facts: AbiFacts) -> str:
    found = {base_of(number) for number in facts.syscalls.values() if number is not None}
    return " ".join(f"0x{base:x}" for base in sorted(found - {0})) or "none"


_PROPERTIES: tuple[tuple[str, str, _Property], ...] = (
    ("Word", "A pointer, and the ABI’s own long.", lambda abi, _: f"{abi.word_bits} bits"),
    (
        "Kernel’s long",
        "What a context handle, a signal set’s address and the old timespec are made of.",
        lambda abi, _: f"{abi.kernel_long_bits} bits",
    ),
    (
        "Byte order",
        "It decides which half of one 64-bit word of an iocb is aio_key.",
        lambda abi, _: abi.byte_order,
    ),
    (
        "Alignment of 64-bit integers",
        "And so of an iocb and an io_event.",
        lambda _, facts: f"{u64_alignment(facts)} bytes",
    ),
    (
        "Kernel’s signal set",
        "The size that io_pgetevents wants to be told.",
        lambda abi, _: f"{abi.sigset_size} bytes",
    ),
    (
        "High bits of the numbers",
        "They stand for the ABI, and are part of the number.",
        _bases,
    ),
    ("Timespec of io_getevents", "What its timeout points to.", _timespec("io_getevents")),
    ("Timespec of io_pgetevents", "What its timeout points to.", _timespec("io_pgetevents")),
    (
        "Timespec of io_pgetevents_time64",
        "64-bit ABIs need no second call.",
        _timespec("io_pgetevents_time64"),
    ),
)
