"""GCC compiles C++ for the target of most ABIs, and says what is wrong with it.

With the machine's own g++, and with the compilers that //codegen:fetch takes out of Debian's cross
compilers: those need no assembler, linker or C library to say what they think.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen import cache
from codegen.compiler_package import CC1PLUS
from codegen.pins import load_pins
from tests.codegen.compiling import FLAGS, GENERATED, STANDARD_HEADERS

HOST = "g++"


@dataclass(frozen=True)
class Target:
    """How GCC is made to compile for an ABI; what g++ would tell cc1plus is among the options."""

    compiler: str
    """HOST, or the name of a pin."""
    options: tuple[str, ...] = ()


_ARM = "arm-linux-gnueabi"
_MIPS = "mips64-linux-gnuabi64"
_POWERPC = "powerpc64-linux-gnu"
_RISCV = "riscv64-linux-gnu"
_SPARC = "sparc64-linux-gnu"

TARGETS: Mapping[str, Target] = {
    "x86_64": Target(HOST, ("-m64",)),
    "x32": Target(HOST, ("-mx32",)),
    "i386": Target(HOST, ("-m32",)),
    "aarch64": Target("aarch64-linux-gnu"),
    "aarch64_be": Target("aarch64-linux-gnu", ("-mbig-endian",)),
    "arm": Target(_ARM),
    "armeb": Target(_ARM, ("-mbig-endian",)),
    "arm_oabi": Target(_ARM, ("-mabi=apcs-gnu",)),
    "riscv64": Target(_RISCV, ("-march=rv64imafdc", "-mabi=lp64d")),
    "riscv32": Target(_RISCV, ("-march=rv32imafdc", "-mabi=ilp32d")),
    "ppc64le": Target(_POWERPC, ("-mlittle-endian", "-mabi=elfv2")),
    "ppc64": Target(_POWERPC),
    "ppc": Target(_POWERPC, ("-m32",)),
    "s390x": Target("s390x-linux-gnu"),
    "mips_o32": Target(_MIPS, ("-mabi=32", "-meb")),
    "mipsel_o32": Target(_MIPS, ("-mabi=32", "-mel")),
    "mips_n32": Target(_MIPS, ("-mabi=n32", "-meb")),
    "mipsel_n32": Target(_MIPS, ("-mabi=n32", "-mel")),
    "mips_n64": Target(_MIPS, ("-mabi=64", "-meb")),
    "mipsel_n64": Target(_MIPS, ("-mabi=64", "-mel")),
    "sparc64": Target(_SPARC, ("-m64", "-D__arch64__")),
    "sparc": Target(_SPARC, ("-m32", "-mptr32", "-mno-stack-bias")),
    "alpha": Target("alpha-linux-gnu"),
    "parisc": Target("hppa-linux-gnu"),
    "m68k": Target("m68k-linux-gnu"),
    "sh": Target("sh4-linux-gnu"),
    "arc": Target("arc-linux-gnu"),
    # For a processor without Linux; the data layout is the architecture's.
    "xtensa": Target("xtensa-lx106"),
}

_NO_COMPILER = "Debian 12 has no GCC for it"
_C_ONLY = "Debian 12 has a C compiler only"
WITHOUT: Mapping[str, str] = {
    "loongarch64": _NO_COMPILER,
    "loongarch32": _NO_COMPILER,
    "parisc64": _C_ONLY,
    "csky": _NO_COMPILER,
    "hexagon": "GCC does not have it",
    "microblaze": _NO_COMPILER,
    "nios2": _NO_COMPILER,
    "openrisc": _C_ONLY,
}
"""The ABIs of which GCC is not asked, and why."""

Command = tuple[str, ...]


def find_compilers() -> Mapping[str, Command]:
    """The compilers that run here, by name; says which do not, and how to get them."""
    pins = {pin.name: pin for pin in load_pins() if pin.kind == "compiler"}
    fetched = {name: cache.find(cache.default_cache(), pin) for name, pin in pins.items()}
    missing = [name for name, folder in fetched.items() if folder is None]
    if missing:
        print(f"SKIPPED: no {CC1PLUS} of {', '.join(missing)} in the cache: {cache.COMMAND}")
    commands: dict[str, Command] = {
        name: (str(folder / CC1PLUS), "-quiet") for name, folder in fetched.items() if folder
    }
    machine = _said((HOST, "-dumpmachine"))
    if machine.startswith("x86_64-"):
        commands[HOST] = (HOST,)
    else:
        print(f"SKIPPED: no {HOST} for x86_64 here ({machine.strip()})")
    for name, command in list(commands.items()):
        failure = compile_with(command, Target(name), "")
        if failure:
            print(
                f"SKIPPED: no GCC of {name} runs here ({failure[0]}): g++ 12 brings what it needs"
            )
            del commands[name]
    return commands


def compile_with(
    command: Command,
    target: Target,
    code: str,
    system: Sequence[Path] = (),
    changed: Mapping[str, str] | None = None,
) -> list[str]:
    """What a compiler complains about; as compile_for of compiling.py, which has clang."""
    with tempfile.TemporaryDirectory() as folder:
        files = {"main.cpp": code}
        files |= {f"std/{name}": text for name, text in STANDARD_HEADERS.items()}
        files |= {f"changed/{name}": text for name, text in (changed or {}).items()}
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return _complaints(
            [
                *[*command, *target.options, *FLAGS, "-fsyntax-only", "-o", "/dev/null"],
                *[f"-I{folder}/std", f"-I{folder}/changed", f"-I{GENERATED}"],
                *[option for path in system for option in ("-isystem", str(path))],
                f"{folder}/main.cpp",
            ]
        )


def _complaints(command: Sequence[str]) -> list[str]:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
        )
    except OSError as error:
        return [str(error)]
    lines = done.stderr.splitlines()
    about = [line for line in lines if " error: " in line or " warning: " in line]
    return about or (lines or [f"{command[0]}: {done.returncode}"] if done.returncode else [])


def _said(command: Command) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError as error:
        return str(error)
