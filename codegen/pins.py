"""What can be fetched, each pinned to one package: pins.toml."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from codegen.errors import CodegenError, locate

FILE = Path(__file__).parent / "pins.toml"

Kind = Literal["kernel", "compiler"]


@dataclass(frozen=True)
class Package:
    """One package of Debian, and nothing else of that name."""

    suite: str
    package: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.package} {self.version} of {self.suite}"


@dataclass(frozen=True)
class Pin(Package):
    """The package of a kernel's source, or of a cross compiler."""

    kind: Kind
    name: str
    """The series of a kernel: 7.2 of 7.2.12. What a compiler compiles for."""


def load_pins(path: Path = FILE) -> tuple[Pin, ...]:
    """All pins, in the file's order."""
    data = load_toml(path)
    return tuple(pin for kind in get_args(Kind) for pin in _pins_of_kind(path, kind, data))


def load_toml(path: Path) -> dict[str, Any]:
    """What a file of pins says."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CodegenError(path, str(error), "mend the file") from error


def _pins_of_kind(path: Path, kind: Kind, data: dict[str, Any]) -> Iterator[Pin]:
    for name, values in data.get(kind, {}).items():
        try:
            yield Pin(kind=kind, name=name, **values)
        except TypeError as error:
            where = locate(path, f'[{kind}."{name}"]')
            raise CodegenError(
                where, f"not a pin ({error})", "give suite, package, version and sha256"
            ) from error
