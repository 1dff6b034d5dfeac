"""The kernels that can be fetched, each pinned to one package: kernels.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import CodegenError, locate

FILE = Path(__file__).parent / "kernels.toml"


@dataclass(frozen=True)
class Pin:
    """One package of a kernel's source."""

    kernel: str
    """The series: 7.2 of 7.2.12."""
    suite: str
    package: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.package} {self.version} of {self.suite}"


def load_pins(path: Path = FILE) -> tuple[Pin, ...]:
    """All pins, in the file's order."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CodegenError(path, str(error), "mend the file") from error
    pins = []
    for kernel, values in data.items():
        try:
            pins.append(Pin(kernel, **values))
        except TypeError as error:
            where = locate(path, f'["{kernel}"]')
            raise CodegenError(
                where, f"not a pin ({error})", "give suite, package, version and sha256"
            ) from error
    return tuple(pins)
