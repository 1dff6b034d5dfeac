"""What the headers of one kernel say for one ABI, and its JSON.

Facts are values only: no date, path or version of a tool, so that extracting them again changes
nothing. They keep the kernel's names; ours come with the model.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import index
from pathlib import Path
from typing import Any

from codegen.errors import CodegenError
from codegen.symbols import STRUCTS, SYSCALLS, TYPEDEFS

_EXTRACT_AGAIN = "extract it again: ./bazelw run //codegen:regenerate -- --headers DIR"


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
    kernel_long_bits: int
    typedefs: Mapping[str, str]
    """The C type behind each name."""
    structs: Mapping[str, Struct]
    constants: Mapping[str, Mapping[str, int]]
    """By header, by symbol."""
    syscalls: Mapping[str, int | None]
    """None is the fact that the ABI does not have the call."""
    places: Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False)
    """Where each name was found, file and line, for errors to point at. No fact, so not written."""

    def place(self, name: str) -> str:
        """Where `name` was found."""
        return self.places.get(name, f"facts of {self.abi}")

    def to_json(self) -> str:
        """The text of the facts' file."""
        data = dataclasses.asdict(self)
        del data["places"]
        return json.dumps(data, indent=2, sort_keys=True) + "\n"


def facts_path(folder: Path, abi: str) -> Path:
    """The file of one ABI's facts."""
    return folder / f"{abi}.json"


def load_facts(path: Path) -> AbiFacts:
    """Reads one file of facts."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
    except OSError as error:
        raise CodegenError(
            path, f"cannot read the facts ({error.strerror})", _EXTRACT_AGAIN
        ) from error
    except ValueError as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise CodegenError(f"{path}{line}", f"no facts ({error})", _EXTRACT_AGAIN) from error
    try:
        facts = _from_data(data, _places(path, text))
    except (KeyError, TypeError, AttributeError) as error:
        raise CodegenError(path, f"not the facts of an ABI ({error!r})", _EXTRACT_AGAIN) from error
    known = facts.structs.keys() | facts.typedefs.keys() | facts.syscalls.keys()
    for name in (*STRUCTS, *TYPEDEFS, *SYSCALLS):
        if name not in known:
            raise CodegenError(path, f"no facts about {name}", _EXTRACT_AGAIN)
    if facts_path(path.parent, facts.abi) != path:
        raise CodegenError(
            facts.place("abi"), f"these are the facts of '{facts.abi}'", _EXTRACT_AGAIN
        )
    return facts


def to_files(facts: Iterable[AbiFacts]) -> dict[str, str]:
    """The files of a folder of facts: name to text."""
    return {facts_path(Path(), one.abi).name: one.to_json() for one in facts}


def _places(path: Path, text: str) -> dict[str, str]:
    """The first line of each key; to_json writes one a line."""
    places: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key = line.strip().removeprefix('"').partition('":')[0]
        places.setdefault(key, f"{path}:{number}")
    return places


def _from_data(data: Any, places: Mapping[str, str]) -> AbiFacts:
    return AbiFacts(
        abi=data["abi"],
        kernel=data["kernel"],
        kernel_long_bits=index(data["kernel_long_bits"]),
        typedefs=dict(data["typedefs"]),
        structs={name: _struct_from(struct) for name, struct in data["structs"].items()},
        constants={
            header: {name: index(value) for name, value in symbols.items()}
            for header, symbols in data["constants"].items()
        },
        syscalls={
            call: None if number is None else index(number)
            for call, number in data["syscalls"].items()
        },
        places=places,
    )


def _struct_from(data: Any) -> Struct:
    return Struct(
        size=index(data["size"]),
        alignment=index(data["alignment"]),
        fields=tuple(Field(**field) for field in data["fields"]),
    )
