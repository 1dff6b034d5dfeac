"""The ABIs of Linux that the bindings know: one reviewed row each.

A row says how clang is to read the headers as that ABI does, and what no header says. What a
header can say is checked against the row at every extraction (extract.py), so neither a wrong row
nor the headers of another ABI get through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from codegen.errors import CodegenError

ByteOrder = Literal["little", "big"]
Timespec = Literal["kernel_timespec", "kernel_old_timespec"]


@dataclass(frozen=True)
class EntryPoint:
    """What a system call of an ABI enters in the kernel: it decides which timespec is read."""

    timespec: Timespec
    reason: str
    """The kernel's table of system calls and the function that it names there."""


@dataclass(frozen=True)
class Abi:
    """One ABI."""

    name: str
    kernel_arch: str
    """The kernel's name of the architecture: its folder in a tree that holds several."""
    triplets: tuple[str, ...]
    """The folders in which distributions put this architecture's asm/ headers."""
    clang_target: str
    condition: str
    """True of this ABI's compilers and, among those of the same byte order, of no other's."""
    byte_order: ByteOrder
    word_bits: int
    """Of a pointer and of the ABI's own long; the headers call it __BITS_PER_LONG."""
    kernel_long_bits: int
    """Of __kernel_long_t: 64 on x32, whose own long has 32."""
    u64_alignment: int
    anchor: int
    """The number of io_setup. Numbers never change, so it tells whose headers these are; it is not
    rendered."""
    getevents: EntryPoint
    pgetevents: EntryPoint
    sigset_size: int = 8
    """sizeof(sigset_t) within the kernel, in bytes. No UAPI header has it: their own is another."""

    @property
    def dispatch_condition(self) -> str:
        """A preprocessor condition that is true of this ABI's compilers and of no other's."""
        return f"{self.condition} && __BYTE_ORDER__ == __ORDER_{self.byte_order.upper()}_ENDIAN__"


_X86_TRIPLETS = ("x86_64-linux-gnu", "i386-linux-gnu", "x86_64-linux-gnux32")
_ARM64_TRIPLETS = ("aarch64-linux-gnu",)
_ARM_TRIPLETS = ("arm-linux-gnueabihf", "arm-linux-gnueabi")

_I386 = "arch/x86/entry/syscalls/syscall_32.tbl"
_X86_64 = "arch/x86/entry/syscalls/syscall_64.tbl"
_ARM = "arch/arm/tools/syscall.tbl"
_GENERIC = "scripts/syscall.tbl"

ABIS: tuple[Abi, ...] = (
    Abi(
        name="x86_64",
        kernel_arch="x86",
        triplets=_X86_TRIPLETS,
        clang_target="x86_64-linux-gnu",
        condition="defined(__x86_64__) && !defined(__ILP32__)",
        byte_order="little",
        word_bits=64,
        kernel_long_bits=64,
        u64_alignment=8,
        anchor=206,
        getevents=EntryPoint("kernel_timespec", f"{_X86_64}: common io_getevents sys_io_getevents"),
        pgetevents=EntryPoint(
            "kernel_timespec", f"{_X86_64}: common io_pgetevents sys_io_pgetevents"
        ),
    ),
    Abi(
        name="x32",
        kernel_arch="x86",
        triplets=_X86_TRIPLETS,
        clang_target="x86_64-linux-gnux32",
        condition="defined(__x86_64__) && defined(__ILP32__)",
        byte_order="little",
        word_bits=32,
        kernel_long_bits=64,
        u64_alignment=8,
        anchor=0x40000000 + 543,
        # Only io_setup and io_submit have an x32 entry of their own; waiting enters the 64-bit one.
        getevents=EntryPoint("kernel_timespec", f"{_X86_64}: common io_getevents sys_io_getevents"),
        pgetevents=EntryPoint(
            "kernel_timespec", f"{_X86_64}: common io_pgetevents sys_io_pgetevents"
        ),
    ),
    Abi(
        name="i386",
        kernel_arch="x86",
        triplets=_X86_TRIPLETS,
        clang_target="i386-linux-gnu",
        condition="defined(__i386__)",
        byte_order="little",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=4,
        anchor=245,
        getevents=EntryPoint(
            "kernel_old_timespec", f"{_I386}: i386 io_getevents sys_io_getevents_time32"
        ),
        pgetevents=EntryPoint(
            "kernel_old_timespec", f"{_I386}: i386 io_pgetevents sys_io_pgetevents_time32"
        ),
    ),
    Abi(
        name="aarch64",
        kernel_arch="arm64",
        triplets=_ARM64_TRIPLETS,
        clang_target="aarch64-linux-gnu",
        condition="defined(__aarch64__) && defined(__LP64__)",
        byte_order="little",
        word_bits=64,
        kernel_long_bits=64,
        u64_alignment=8,
        anchor=0,
        getevents=EntryPoint("kernel_timespec", f"{_GENERIC}: 64 io_getevents sys_io_getevents"),
        pgetevents=EntryPoint("kernel_timespec", f"{_GENERIC}: 64 io_pgetevents sys_io_pgetevents"),
    ),
    Abi(
        name="aarch64_be",
        kernel_arch="arm64",
        triplets=_ARM64_TRIPLETS,
        clang_target="aarch64_be-linux-gnu",
        condition="defined(__aarch64__) && defined(__LP64__)",
        byte_order="big",
        word_bits=64,
        kernel_long_bits=64,
        u64_alignment=8,
        anchor=0,
        getevents=EntryPoint("kernel_timespec", f"{_GENERIC}: 64 io_getevents sys_io_getevents"),
        pgetevents=EntryPoint("kernel_timespec", f"{_GENERIC}: 64 io_pgetevents sys_io_pgetevents"),
    ),
    Abi(
        name="arm",
        kernel_arch="arm",
        triplets=_ARM_TRIPLETS,
        clang_target="arm-linux-gnueabihf",
        condition="defined(__arm__) && defined(__ARM_EABI__)",
        byte_order="little",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=8,
        anchor=243,
        getevents=EntryPoint(
            "kernel_old_timespec", f"{_ARM}: common io_getevents sys_io_getevents_time32"
        ),
        pgetevents=EntryPoint(
            "kernel_old_timespec", f"{_ARM}: common io_pgetevents sys_io_pgetevents_time32"
        ),
    ),
    Abi(
        name="armeb",
        kernel_arch="arm",
        triplets=_ARM_TRIPLETS,
        clang_target="armeb-linux-gnueabihf",
        condition="defined(__arm__) && defined(__ARM_EABI__)",
        byte_order="big",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=8,
        anchor=243,
        getevents=EntryPoint(
            "kernel_old_timespec", f"{_ARM}: common io_getevents sys_io_getevents_time32"
        ),
        pgetevents=EntryPoint(
            "kernel_old_timespec", f"{_ARM}: common io_pgetevents sys_io_pgetevents_time32"
        ),
    ),
)


def find_abi(name: str, asked_by: str) -> Abi:
    """The row called `name`; `asked_by` is the file or option that used the name."""
    for abi in ABIS:
        if abi.name == name:
            return abi
    known = ", ".join(abi.name for abi in ABIS)
    raise CodegenError(
        asked_by,
        f"there is no ABI '{name}'",
        f"use one of {known}, or add a row to codegen/abis.py",
    )


def find_abis(names: Sequence[str], asked_by: str) -> tuple[Abi, ...]:
    """The rows called `names` in the table's order, each once; all rows if no name is given."""
    wanted = {find_abi(name, asked_by).name for name in names}
    return tuple(abi for abi in ABIS if abi.name in wanted or not names)
