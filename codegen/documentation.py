"""What each symbol is, in our own words: documentation.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from codegen.errors import CodegenError, locate

FILE = Path(__file__).parent / "documentation.toml"

Section = Literal["types", "structs", "syscalls", "constants"]


@dataclass(frozen=True)
class Entry:
    """The documentation of one symbol."""

    text: str
    since: str
    source: str

    def __str__(self) -> str:
        return f"{self.text} Since Linux {self.since}. See {self.source}."


class Documentation:
    """All entries. To ask for a missing or incomplete one is an error that says what to do."""

    def __init__(self, path: Path = FILE) -> None:
        self._path = path
        try:
            self._data: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise CodegenError(path, str(error), "mend the file") from error

    def entry(self, section: Section, symbol: str) -> Entry:
        """The entry of one symbol."""
        header = f"[{section}.{symbol}]"
        data = self._data.get(section, {}).get(symbol)
        if data is None:
            raise CodegenError(self._path, f"nothing about {symbol}", f"describe it under {header}")
        missing = [key for key in ("text", "since", "source") if not data.get(key)]
        if missing:
            raise CodegenError(
                locate(self._path, header), f"{symbol} has no {missing[0]}", "add it"
            )
        if not data["text"].endswith("."):
            raise CodegenError(
                locate(self._path, header),
                f"the text of {symbol} is no sentence",
                "end it with a stop",
            )
        return Entry(data["text"], data["since"], data["source"])

    def field(self, struct: str, field: str) -> str:
        """The text of one field."""
        header = f"[structs.{struct}.fields]"
        text = self._data.get("structs", {}).get(struct, {}).get("fields", {}).get(field)
        if not text:
            where = locate(self._path, header)
            raise CodegenError(
                where, f"nothing about {struct}::{field}", f"describe it under {header}"
            )
        return str(text)

    def position(self, section: Section, symbol: str) -> int:
        """Where in its section an entry stands: the order in which symbols are rendered."""
        return list(self._data[section]).index(symbol)

    def symbols(self, section: Section) -> frozenset[str]:
        """All symbols that have an entry."""
        return frozenset(self._data.get(section, {}))
