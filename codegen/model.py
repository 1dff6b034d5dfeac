"""What is rendered: the facts of all ABIs as one, with our names and texts; numbers as text."""

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.abi import Abi, ByteOrder
from codegen.documentation import Entry


@dataclass(frozen=True)
class Field:
    """A member of a struct."""

    name: str
    type: str
    text: str
    offset: str
    """An expression: a literal, or one a width of the kernel's long."""


@dataclass(frozen=True)
class Struct:
    """A struct. Between `head` and `tail` is what differs by byte order, if anything does."""

    name: str
    entry: Entry
    size: str
    """An expression, as Field.offset."""
    aligned_as: str
    """The type of the field that decides the alignment. In bytes it varies, even by compiler."""
    head: tuple[Field, ...]
    split: Mapping[ByteOrder, tuple[Field, ...]]
    tail: tuple[Field, ...]


@dataclass(frozen=True)
class LongException:
    """An ABI whose kernel's long is not the ABI's own."""

    condition: str
    signed: str
    unsigned: str


@dataclass(frozen=True)
class Constant:
    """A constant."""

    name: str
    type: str
    value: str
    entry: Entry


@dataclass(frozen=True)
class ConstantGroup:
    """Constants of one file."""

    name: str
    title: str
    header: str
    constants: tuple[Constant, ...]


@dataclass(frozen=True)
class Syscall:
    """The number of a call on one ABI."""

    name: str
    number: str | None
    """None where the ABI does not have the call."""
    entry: Entry


@dataclass(frozen=True)
class AbiModel:
    """What is particular to one ABI."""

    row: Abi
    syscalls: tuple[Syscall, ...]
    constants: tuple[Constant, ...]
    """Those of which it has values of its own."""


@dataclass(frozen=True)
class Advice:
    """What to do about the output: for whom it is made, it differs."""

    origin: str
    """In the banner of each file: how it came about."""
    other_abi: str
    """To who compiles for an ABI that is not among those rendered."""


@dataclass(frozen=True)
class Model:
    """All of it."""

    kernel: str
    advice: Advice
    long_exceptions: tuple[LongException, ...]
    kernel_rwf_t: str
    types: Mapping[str, Entry]
    """The documentation of the names for types."""
    structs: tuple[Struct, ...]
    groups: tuple[ConstantGroup, ...]
    abis: tuple[AbiModel, ...]
