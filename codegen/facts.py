"""What the headers of one kernel say for one ABI.

Facts are values only: no date, path or version of a tool, so that extracting them again changes
nothing. They keep the kernel's names; ours come with the model. facts_files.py keeps them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from codegen.symbols import GROUPS, STRUCTS, SYSCALLS, TYPEDEFS

Key = tuple[str, ...]
"""The place of one value among the facts: ("structs", "iocb", "aio_key", "offset")."""


@dataclass(frozen=True)
class Field:
    """One member of a struct; numbers in bytes."""

    name: str
    type: str
    """As the header spells it."""
    offset: int
    size: int
    alignment: int


@dataclass(frozen=True)
class Struct:
    """The layout of one struct; numbers in bytes."""

    size: int
    alignment: int
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class AbiFacts:
    """The facts of one ABI."""

    abi: str
    kernel: str
    """Of linux/version.h."""
    typedefs: Mapping[str, str]
    """The C type behind each name."""
    structs: Mapping[str, Struct]
    constants: Mapping[str, Mapping[str, int]]
    """By header, by symbol. A header that the kernel does not export has none."""
    syscalls: Mapping[str, int | None]
    """None is the fact that the ABI does not have the call."""
    places: Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False)
    """Where each name was found, file and line, for errors to point at. No fact, so not written."""

    def place(self, name: str) -> str:
        """Where `name` was found."""
        return self.places.get(name, f"facts of {self.abi}")

    @property
    def series(self) -> str:
        """The kernel without its last number: 7.2 of 7.2.12."""
        return series_of(self.kernel)

    def values(self) -> dict[Key, int | str]:
        """All facts, each under its key. What does not exist is not there."""
        found: dict[Key, int | str | None] = {}
        for name, c_type in self.typedefs.items():
            found["typedefs", name] = c_type
        for name, struct in self.structs.items():
            found["structs", name, "size"] = struct.size
            found["structs", name, "alignment"] = struct.alignment
            for field in struct.fields:
                for what in ("type", "offset", "size", "alignment"):
                    found["structs", name, field.name, what] = getattr(field, what)
        for header, symbols in self.constants.items():
            for name, value in symbols.items():
                found["constants", header, name] = value
        for name, number in self.syscalls.items():
            found["syscalls", name] = number
        return {key: value for key, value in found.items() if value is not None}


def facts_of_values(
    abi: str, kernel: str, values: Mapping[Key, int | str], places: Mapping[str, str]
) -> AbiFacts:
    """The facts whose values() these are. Raises KeyError if one is missing."""
    return AbiFacts(
        abi=abi,
        kernel=kernel,
        typedefs={name: str(values["typedefs", name]) for name in TYPEDEFS},
        structs={name: _struct(name, values) for name in STRUCTS},
        constants={
            group.header: {
                key[2]: int(value)
                for key, value in values.items()
                if key[:2] == ("constants", group.header)
            }
            for group in GROUPS
        },
        syscalls={
            call: int(values["syscalls", call]) if ("syscalls", call) in values else None
            for call in SYSCALLS
        },
        places=places,
    )


def _struct(name: str, values: Mapping[Key, int | str]) -> Struct:
    names = [key[2] for key in values if key[:2] == ("structs", name) and key[3:] == ("offset",)]
    fields = (
        Field(
            name=field,
            type=str(values["structs", name, field, "type"]),
            offset=int(values["structs", name, field, "offset"]),
            size=int(values["structs", name, field, "size"]),
            alignment=int(values["structs", name, field, "alignment"]),
        )
        for field in names
    )
    return Struct(
        size=int(values["structs", name, "size"]),
        alignment=int(values["structs", name, "alignment"]),
        fields=tuple(sorted(fields, key=lambda field: field.offset)),
    )


def label(key: Key) -> str:
    """A key as people and programs are shown it: struct.iocb.aio_key.offset, constant.RWF_SYNC."""
    kind, *names = key
    if kind == "constants":
        del names[0]  # its header; the names of constants are unique without
    return ".".join([kind.removesuffix("s"), *names])


def series_of(kernel: str) -> str:
    """The series of a kernel: 7.2 of 7.2.12 and of 7.2."""
    return ".".join(kernel.split(".")[:2])


def version_key(kernel: str) -> tuple[int, ...]:
    """What kernels are to be sorted by."""
    return tuple(int(part) for part in kernel.split("."))
