"""What the kernel's source says of system calls, read without clang or the kernel's scripts.

The source has tables of them, a line each: number, ABI, name, entry point, and the entry point of a
32-bit program on a 64-bit kernel. Which lines an ABI takes, its column of ABIs says. Up to
Linux 6.10, architectures without a table of their own shared asm-generic/unistd.h.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.abi import Abi

GENERIC = "scripts/syscall.tbl"
_UNISTD = "usr/include/asm-generic/unistd.h"


@dataclass(frozen=True)
class Table:
    """The table of an ABI."""

    path: str
    columns: tuple[str, ...] = ()
    """The ABIs whose lines it takes; of GENERIC, the architecture's Makefile says it."""
    base: int = 0
    """What user space adds to a number."""


@dataclass(frozen=True)
class Call:
    """One line of a table."""

    number: int
    column: str
    entry: str


_X86_64 = "arch/x86/entry/syscalls/syscall_64.tbl"
_ARM = "arch/arm/tools/syscall.tbl"
_POWERPC = "arch/powerpc/kernel/syscalls/syscall.tbl"
_SPARC = "arch/sparc/kernel/syscalls/syscall.tbl"
_PARISC = "arch/parisc/kernel/syscalls/syscall.tbl"
_MIPS_O32 = Table("arch/mips/kernel/syscalls/syscall_o32.tbl", ("o32",), 4000)
_MIPS_N32 = Table("arch/mips/kernel/syscalls/syscall_n32.tbl", ("n32",), 6000)
_MIPS_N64 = Table("arch/mips/kernel/syscalls/syscall_n64.tbl", ("n64",), 5000)

_OWN: Mapping[str, Table] = {
    "x86_64": Table(_X86_64, ("common", "64")),
    "x32": Table(_X86_64, ("common", "x32"), 0x40000000),
    "i386": Table("arch/x86/entry/syscalls/syscall_32.tbl", ("i386",)),
    "arm": Table(_ARM, ("common", "eabi")),
    "armeb": Table(_ARM, ("common", "eabi")),
    "arm_oabi": Table(_ARM, ("common", "oabi"), 0x900000),
    "ppc64le": Table(_POWERPC, ("common", "nospu", "64")),
    "ppc64": Table(_POWERPC, ("common", "nospu", "64")),
    "ppc": Table(_POWERPC, ("common", "nospu", "32")),
    "s390x": Table("arch/s390/kernel/syscalls/syscall.tbl", ("common", "64")),
    "mips_o32": _MIPS_O32,
    "mipsel_o32": _MIPS_O32,
    "mips_n32": _MIPS_N32,
    "mipsel_n32": _MIPS_N32,
    "mips_n64": _MIPS_N64,
    "mipsel_n64": _MIPS_N64,
    "sparc64": Table(_SPARC, ("common", "64")),
    "sparc": Table(_SPARC, ("common", "32")),
    "alpha": Table("arch/alpha/kernel/syscalls/syscall.tbl", ("common",)),
    "parisc64": Table(_PARISC, ("common", "64")),
    "parisc": Table(_PARISC, ("common", "32")),
    "m68k": Table("arch/m68k/kernel/syscalls/syscall.tbl", ("common",)),
    "sh": Table("arch/sh/kernel/syscalls/syscall.tbl", ("common",)),
    "microblaze": Table("arch/microblaze/kernel/syscalls/syscall.tbl", ("common",)),
    "xtensa": Table("arch/xtensa/kernel/syscalls/syscall.tbl", ("common",)),
}
"""All others have GENERIC."""


def calls_of(tree: Path, abi: Abi) -> Mapping[str, Call]:
    """The calls of an ABI, by name, in a tree of the cache; of unistd.h, those named io_ only."""
    table = _OWN.get(abi.name) or _generic(tree, abi)
    if not table:
        return _calls_of_unistd(tree, abi)
    calls: dict[str, Call] = {}
    for name, call in lines_of((tree / "source" / table.path).read_text(encoding="utf-8")):
        if call.column in table.columns:
            if name in calls:
                raise ValueError(f"{table.path} has {name} twice for {abi.name}")
            calls[name] = Call(call.number + table.base, call.column, call.entry)
    return calls


def lines_of(text: str) -> Iterator[tuple[str, Call]]:
    """The lines of a table: name and call. A call without an entry point is none."""
    for line in text.splitlines():
        fields = line.partition("#")[0].split()
        if len(fields) >= 4:
            number, column, name, entry = fields[:4]
            yield name, Call(int(number), column, entry)


def timespecs(text: str) -> Mapping[str, str]:
    """The struct that each entry point of fs/aio.c takes a time in."""
    found = {}
    for compat, name, parameters in re.findall(
        r"^(COMPAT_)?SYSCALL_DEFINE\d\((\w+),([^{]*)\)\n{", text, re.MULTILINE
    ):
        for struct in re.findall(r"struct (\w*timespec\w*) __user \*", parameters):
            found[f"{compat.lower()}sys_{name}"] = struct
    return found


def _generic(tree: Path, abi: Abi) -> Table | None:
    """The shared table with the columns that the architecture takes, if the kernel has it."""
    makefile = tree / "source/arch" / abi.kernel_arch / "kernel/Makefile.syscalls"
    if not makefile.exists():
        return None
    text = makefile.read_text(encoding="utf-8")
    bits = abi.word_bits
    own = re.findall(rf"^syscall_abis_{bits} \+=(.*)$", text, re.MULTILINE)
    columns = " ".join(["common", str(bits), *own]).split()
    named = re.search(r"^syscalltbl = (\S+)$", text, re.MULTILINE)
    path = named[1].replace("%", str(bits)) if named else GENERIC
    return Table(path, tuple(columns))


def _calls_of_unistd(tree: Path, abi: Abi) -> Mapping[str, Call]:
    asm = tree / "usr/lib/linux/uapi" / abi.kernel_arch / "asm/unistd.h"
    wants_time32 = "#define __ARCH_WANT_TIME32_SYSCALLS" in asm.read_text(encoding="utf-8")
    text = (tree / _UNISTD).read_text(encoding="utf-8")
    return dict(calls_of_unistd(text, abi.word_bits, wants_time32))


def calls_of_unistd(text: str, bits: int, wants_time32: bool) -> Iterator[tuple[str, Call]]:
    """The calls of asm-generic/unistd.h whose conditions hold."""
    conditions = {
        "__BITS_PER_LONG == 32": bits == 32,
        "defined(__SYSCALL_COMPAT) || __BITS_PER_LONG == 32": bits == 32,
        "defined(__ARCH_WANT_TIME32_SYSCALLS) || __BITS_PER_LONG != 32": wants_time32 or bits != 32,
    }
    within: list[str] = []
    numbers: dict[str, int] = {}
    for line in text.splitlines():
        if match := re.match(r"#\s*(?:if (.*)|ifn?def .*)", line):
            within.append(match[1] or line)
        elif re.match(r"#\s*(else|elif)\b", line):
            within[-1] = line
        elif re.match(r"#\s*endif\b", line):
            within.pop()
        elif match := re.match(r"#define __NR_(\w+) (\d+)$", line):
            numbers[match[1]] = int(match[2])
        elif match := re.match(r"__S\w+\(__NR_(io_\w+), *(\w+)(?:, *(\w+))?", line):
            name, first, second = match.groups()
            if all(conditions[condition] for condition in within):
                entry = second if "_3264(" in line and bits == 64 else first
                yield name, Call(numbers[name], "", entry)
