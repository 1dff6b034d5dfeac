"""The ABIs of Linux that the bindings know: one reviewed row each.

A row says how clang is to read the headers as that ABI does, and what no header says. What a
header can say is checked against the row at every extraction (extract.py), so neither a wrong row
nor the headers of another ABI get through.

Where an architecture runs in either byte order, aarch64, arm, mips and powerpc have a row for each.
The others have the one that their distributions build: big-endian arc, microblaze, sh and xtensa,
and big-endian OABI, meet the #error of abi.hpp.

`since` is 2.6, the first Linux with AIO, for what is older, and else rests on:

  aarch64      3.7     the merge of arm64, October 2012
  arc          3.9     the pull request of February 2013
  arm          2.6.16  Arm's and CodeSourcery's manuals: EABI system calls need that kernel
  csky         4.20    the merge of csky-for-linus-4.20
  loongarch32  6.19    the merge of loongarch-6.19, which splits asm/unistd.h by word size
  loongarch64  5.19    the merge of its port, June 2022
  openrisc     3.1     announced as the first release with it
  ppc64le      3.13    linuxppc's wiki, Little Endian Feature History: CONFIG_CPU_LITTLE_ENDIAN
  riscv32      5.4     glibc 2.33's NEWS; commit d4c08b9776b3 took the 32-bit times away
  riscv64      4.15    the merge of its port, announced for that release
  x32          3.4     the merge of x86/x32, March 2012
  xtensa       2.6.13  "-mm -> 2.6.13 merge status", June 2005

Nothing was found for aarch64_be, hexagon, microblaze and nios2.
"""

from collections.abc import Sequence
from dataclasses import replace

from codegen.abi import Abi, Clang, EntryPoint
from codegen.errors import CodegenError


def _time64(where: str) -> EntryPoint:
    return EntryPoint("kernel_timespec", where)


def _time32(where: str) -> EntryPoint:
    return EntryPoint("kernel_old_timespec", where)


_I386 = "arch/x86/entry/syscalls/syscall_32.tbl: i386"
_X86_64 = "arch/x86/entry/syscalls/syscall_64.tbl: common"
_ARM = "arch/arm/tools/syscall.tbl: common"
_GENERIC = "scripts/syscall.tbl:"
_POWERPC = "arch/powerpc/kernel/syscalls/syscall.tbl:"
_S390 = "arch/s390/kernel/syscalls/syscall.tbl: common"
_MIPS = "arch/mips/kernel/syscalls"
_SPARC = "arch/sparc/kernel/syscalls/syscall.tbl:"
_ALPHA = "arch/alpha/kernel/syscalls/syscall.tbl: common"
_PARISC = "arch/parisc/kernel/syscalls/syscall.tbl:"
_M68K = "arch/m68k/kernel/syscalls/syscall.tbl: common"
_SH = "arch/sh/kernel/syscalls/syscall.tbl: common"
_MICROBLAZE = "arch/microblaze/kernel/syscalls/syscall.tbl: common"
_XTENSA = "arch/xtensa/kernel/syscalls/syscall.tbl: common"

_NO_I386 = ("-U__i386__", "-U__i386", "-Ui386")
_NO_RISCV = ("-U__riscv", "-U__riscv_xlen")
_NO_BPF = ("-U__bpf__", "-U__BPF__")
_NO_LANAI = ("-U__lanai__",)
_NO_ARC = ("-U__arc__",)
_NO_HEXAGON = ("-U__hexagon__", "-U__qdsp6__")

_X86_64_ROW = Abi(
    name="x86_64",
    since="2.6",
    kernel_arch="x86",
    triplets=("x86_64-linux-gnu", "i386-linux-gnu", "x86_64-linux-gnux32", "i686-linux-gnu"),
    clang=Clang("x86_64-linux-gnu"),
    condition="defined(__x86_64__) && !defined(__ILP32__)",
    byte_order="little",
    word_bits=64,
    kernel_long_bits=64,
    u64_alignment=8,
    anchor=206,
    getevents=_time64(f"{_X86_64} io_getevents sys_io_getevents"),
    pgetevents=_time64(f"{_X86_64} io_pgetevents sys_io_pgetevents"),
)
_AARCH64_ROW = Abi(
    name="aarch64",
    since="3.7",
    kernel_arch="arm64",
    triplets=("aarch64-linux-gnu",),
    clang=Clang("aarch64-linux-gnu"),
    condition="defined(__aarch64__) && defined(__LP64__)",
    byte_order="little",
    word_bits=64,
    kernel_long_bits=64,
    u64_alignment=8,
    anchor=0,
    getevents=_time64(f"{_GENERIC} 64 io_getevents sys_io_getevents"),
    pgetevents=_time64(f"{_GENERIC} 64 io_pgetevents sys_io_pgetevents"),
)
_ARM_ROW = Abi(
    name="arm",
    since="2.6.16",
    kernel_arch="arm",
    triplets=("arm-linux-gnueabihf", "arm-linux-gnueabi"),
    clang=Clang("arm-linux-gnueabihf"),
    condition="defined(__arm__) && defined(__ARM_EABI__)",
    byte_order="little",
    word_bits=32,
    kernel_long_bits=32,
    u64_alignment=8,
    anchor=243,
    getevents=_time32(f"{_ARM} io_getevents sys_io_getevents_time32"),
    pgetevents=_time32(f"{_ARM} io_pgetevents sys_io_pgetevents_time32"),
)
_RISCV64_ROW = replace(
    _AARCH64_ROW,
    name="riscv64",
    since="4.15",
    kernel_arch="riscv",
    triplets=("riscv64-linux-gnu",),
    clang=Clang("riscv64-linux-gnu"),
    condition="defined(__riscv) && defined(__LP64__)",
)
_PPC64LE_ROW = Abi(
    name="ppc64le",
    since="3.13",
    kernel_arch="powerpc",
    triplets=("powerpc64le-linux-gnu", "powerpc64-linux-gnu", "powerpc-linux-gnu"),
    clang=Clang("powerpc64le-linux-gnu"),
    condition="defined(__powerpc64__)",
    byte_order="little",
    word_bits=64,
    kernel_long_bits=64,
    u64_alignment=8,
    anchor=227,
    getevents=_time64(f"{_POWERPC} 64 io_getevents sys_io_getevents"),
    pgetevents=_time64(f"{_POWERPC} 64 io_pgetevents sys_io_pgetevents"),
)
_MIPS_O32_ROW = Abi(
    name="mips_o32",
    since="2.6",
    kernel_arch="mips",
    triplets=(
        "mips-linux-gnu",
        "mipsel-linux-gnu",
        "mips64-linux-gnuabin32",
        "mips64el-linux-gnuabin32",
        "mips64-linux-gnuabi64",
        "mips64el-linux-gnuabi64",
    ),
    clang=Clang("mips-linux-gnu"),
    condition="defined(__mips__) && defined(_ABIO32) && _MIPS_SIM == _ABIO32",
    byte_order="big",
    word_bits=32,
    kernel_long_bits=32,
    u64_alignment=8,
    anchor=4241,
    getevents=_time32(f"{_MIPS}/syscall_o32.tbl: o32 io_getevents sys_io_getevents_time32"),
    pgetevents=_time32(f"{_MIPS}/syscall_o32.tbl: o32 io_pgetevents sys_io_pgetevents_time32"),
    sigset_size=16,
)
_MIPS_N32_ROW = replace(
    _MIPS_O32_ROW,
    name="mips_n32",
    clang=Clang("mips64-linux-gnuabin32"),
    condition="defined(__mips__) && defined(_ABIN32) && _MIPS_SIM == _ABIN32",
    anchor=6200,
    getevents=_time32(f"{_MIPS}/syscall_n32.tbl: n32 io_getevents sys_io_getevents_time32"),
    pgetevents=_time32(f"{_MIPS}/syscall_n32.tbl: n32 io_pgetevents compat_sys_io_pgetevents"),
)
_MIPS_N64_ROW = replace(
    _MIPS_O32_ROW,
    name="mips_n64",
    clang=Clang("mips64-linux-gnuabi64"),
    condition="defined(__mips__) && defined(_ABI64) && _MIPS_SIM == _ABI64",
    word_bits=64,
    kernel_long_bits=64,
    anchor=5200,
    getevents=_time64(f"{_MIPS}/syscall_n64.tbl: n64 io_getevents sys_io_getevents"),
    pgetevents=_time64(f"{_MIPS}/syscall_n64.tbl: n64 io_pgetevents sys_io_pgetevents"),
)
_LOONGARCH64_ROW = replace(
    _AARCH64_ROW,
    name="loongarch64",
    since="5.19",
    kernel_arch="loongarch",
    triplets=("loongarch64-linux-gnu",),
    clang=Clang(
        "bpfel",
        (*_NO_BPF, "-D__loongarch__", "-D__loongarch_grlen=64"),
        stands_in="clang has loongarch from 16 on",
    ),
    condition="defined(__loongarch__) && __loongarch_grlen == 64",
)
_SPARC64_ROW = Abi(
    name="sparc64",
    since="2.6",
    kernel_arch="sparc",
    triplets=("sparc64-linux-gnu", "sparc-linux-gnu"),
    clang=Clang("sparc64-linux-gnu"),
    condition="defined(__sparc__) && defined(__arch64__)",
    byte_order="big",
    word_bits=64,
    kernel_long_bits=64,
    u64_alignment=8,
    anchor=268,
    getevents=_time64(f"{_SPARC} 64 io_getevents sys_io_getevents"),
    pgetevents=_time64(f"{_SPARC} 64 io_pgetevents sys_io_pgetevents"),
)
_PARISC_ROW = Abi(
    name="parisc",
    since="2.6",
    kernel_arch="parisc",
    triplets=("hppa-linux-gnu",),
    clang=Clang("lanai", (*_NO_LANAI, "-D__hppa__"), stands_in="clang has no parisc"),
    condition="defined(__hppa__) && !defined(__LP64__)",
    byte_order="big",
    word_bits=32,
    kernel_long_bits=32,
    u64_alignment=8,
    anchor=215,
    getevents=_time32(f"{_PARISC} 32 io_getevents sys_io_getevents_time32"),
    pgetevents=_time32(f"{_PARISC} 32 io_pgetevents sys_io_pgetevents_time32"),
)
_ARC_ROW = Abi(
    name="arc",
    since="3.9",
    kernel_arch="arc",
    triplets=("arc-linux-gnu",),
    clang=Clang(
        "i386-linux-gnu",
        (*_NO_I386, "-D__arc__"),
        stands_in="clang takes arc for big-endian; Linux distributions and GCC's default are not",
    ),
    condition="defined(__arc__)",
    byte_order="little",
    word_bits=32,
    kernel_long_bits=32,
    u64_alignment=4,
    anchor=0,
    getevents=_time32(f"{_GENERIC} time32 io_getevents sys_io_getevents_time32"),
    pgetevents=_time32(f"{_GENERIC} time32 io_pgetevents sys_io_pgetevents_time32"),
)

ABIS: tuple[Abi, ...] = (
    _X86_64_ROW,
    replace(
        _X86_64_ROW,
        name="x32",
        since="3.4",
        clang=Clang("x86_64-linux-gnux32"),
        condition="defined(__x86_64__) && defined(__ILP32__)",
        word_bits=32,
        anchor=0x40000000 + 543,
        note="Only io_setup and io_submit have an entry of x32's own; waiting enters the 64-bit "
        "one, so its times and its signal set are those of x86_64.",
    ),
    replace(
        _X86_64_ROW,
        name="i386",
        clang=Clang("i386-linux-gnu"),
        condition="defined(__i386__)",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=4,
        anchor=245,
        getevents=_time32(f"{_I386} io_getevents sys_io_getevents_time32"),
        pgetevents=_time32(f"{_I386} io_pgetevents sys_io_pgetevents_time32"),
    ),
    _AARCH64_ROW,
    replace(_AARCH64_ROW, name="aarch64_be", clang=Clang("aarch64_be-linux-gnu"), byte_order="big"),
    _ARM_ROW,
    replace(_ARM_ROW, name="armeb", clang=Clang("armeb-linux-gnueabihf"), byte_order="big"),
    replace(
        _ARM_ROW,
        name="arm_oabi",
        since="2.6",
        clang=Clang("arm-linux-gnu", ("-mabi=apcs-gnu", "-mfloat-abi=soft")),
        condition="defined(__arm__) && !defined(__ARM_EABI__)",
        u64_alignment=4,
        anchor=0x900000 + 243,
    ),
    _RISCV64_ROW,
    replace(
        _RISCV64_ROW,
        name="riscv32",
        since="5.4",  # before, it had calls that take 32-bit times
        clang=Clang("riscv32-linux-gnu"),
        condition="defined(__riscv) && __riscv_xlen == 32",
        word_bits=32,
        kernel_long_bits=32,
        getevents=None,
        pgetevents=None,
    ),
    _PPC64LE_ROW,
    replace(
        _PPC64LE_ROW,
        name="ppc64",
        since="2.6",
        clang=Clang("powerpc64-linux-gnu"),
        byte_order="big",
    ),
    replace(
        _PPC64LE_ROW,
        name="ppc",
        since="2.6",
        clang=Clang("powerpc-linux-gnu"),
        condition="defined(__powerpc__) && !defined(__powerpc64__)",  # true of both is __powerpc__
        byte_order="big",
        word_bits=32,
        kernel_long_bits=32,
        getevents=_time32(f"{_POWERPC} 32 io_getevents sys_io_getevents_time32"),
        pgetevents=_time32(f"{_POWERPC} 32 io_pgetevents sys_io_pgetevents_time32"),
    ),
    Abi(
        name="s390x",
        since="2.6",
        kernel_arch="s390",
        triplets=("s390x-linux-gnu",),
        clang=Clang("s390x-linux-gnu"),
        condition="defined(__s390x__)",
        byte_order="big",
        word_bits=64,
        kernel_long_bits=64,
        u64_alignment=8,
        anchor=243,
        getevents=_time64(f"{_S390} io_getevents sys_io_getevents"),
        pgetevents=_time64(f"{_S390} io_pgetevents sys_io_pgetevents"),
    ),
    _MIPS_O32_ROW,
    replace(_MIPS_O32_ROW, name="mipsel_o32", clang=Clang("mipsel-linux-gnu"), byte_order="little"),
    _MIPS_N32_ROW,
    replace(
        _MIPS_N32_ROW,
        name="mipsel_n32",
        clang=Clang("mips64el-linux-gnuabin32"),
        byte_order="little",
    ),
    _MIPS_N64_ROW,
    replace(
        _MIPS_N64_ROW,
        name="mipsel_n64",
        clang=Clang("mips64el-linux-gnuabi64"),
        byte_order="little",
    ),
    _LOONGARCH64_ROW,
    replace(
        _LOONGARCH64_ROW,
        name="loongarch32",
        since="6.19",
        clang=Clang(
            "riscv32-linux-gnu",
            (*_NO_RISCV, "-D__loongarch__", "-D__loongarch_grlen=32"),
            stands_in="clang has loongarch from 16 on",
        ),
        condition="defined(__loongarch__) && __loongarch_grlen == 32",
        word_bits=32,
        kernel_long_bits=32,
        getevents=None,
        pgetevents=None,
    ),
    _SPARC64_ROW,
    replace(
        _SPARC64_ROW,
        name="sparc",
        clang=Clang("sparc-linux-gnu"),
        condition="defined(__sparc__) && !defined(__arch64__)",
        word_bits=32,
        kernel_long_bits=32,
        getevents=_time32(f"{_SPARC} 32 io_getevents sys_io_getevents_time32"),
        pgetevents=_time32(f"{_SPARC} 32 io_pgetevents sys_io_pgetevents_time32"),
    ),
    Abi(
        name="alpha",
        since="2.6",
        kernel_arch="alpha",
        triplets=("alpha-linux-gnu",),
        clang=Clang(
            "bpfel",
            (
                *_NO_BPF,
                "-D__alpha__",
                # GCC's, in a function of asm/swab.h, which no fact rests on.
                "-D__builtin_alpha_inslh(value, byte)=0",
                "-D__builtin_alpha_inswl(value, byte)=0",
            ),
            stands_in="clang has no alpha",
        ),
        condition="defined(__alpha__)",
        byte_order="little",
        word_bits=64,
        kernel_long_bits=64,
        u64_alignment=8,
        anchor=398,
        getevents=_time64(f"{_ALPHA} io_getevents sys_io_getevents"),
        pgetevents=_time64(f"{_ALPHA} io_pgetevents sys_io_pgetevents"),
    ),
    _PARISC_ROW,
    replace(
        _PARISC_ROW,
        name="parisc64",
        clang=Clang("bpfeb", (*_NO_BPF, "-D__hppa__"), stands_in="clang has no parisc"),
        condition="defined(__hppa__) && defined(__LP64__)",
        word_bits=64,
        kernel_long_bits=64,
        getevents=_time64(f"{_PARISC} 64 io_getevents sys_io_getevents"),
        pgetevents=_time64(f"{_PARISC} 64 io_pgetevents sys_io_pgetevents"),
    ),
    Abi(
        name="m68k",
        since="2.6",
        kernel_arch="m68k",
        triplets=("m68k-linux-gnu",),
        # Up to 2 bytes is what GCC and clang 21 align to; the clang of Debian 12 does as others do.
        clang=Clang("m68k-linux-gnu", over_aligns=True),
        condition="defined(__m68k__)",
        byte_order="big",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=2,
        anchor=241,
        getevents=_time32(f"{_M68K} io_getevents sys_io_getevents_time32"),
        pgetevents=None,
        note="Nothing is aligned to more than 2 bytes. No field would need padding for more.",
    ),
    Abi(
        name="sh",
        since="2.6",
        kernel_arch="sh",
        triplets=("sh4-linux-gnu",),
        clang=Clang(
            "i386-linux-gnu",
            (*_NO_I386, "-D__sh__", "-D__SH4__", "-D__LITTLE_ENDIAN__"),
            stands_in="clang has no sh",
        ),
        condition="defined(__sh__)",
        byte_order="little",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=4,
        anchor=245,
        getevents=_time32(f"{_SH} io_getevents sys_io_getevents_time32"),
        pgetevents=None,
    ),
    _ARC_ROW,
    replace(
        _ARC_ROW,
        name="csky",
        since="4.20",
        kernel_arch="csky",
        triplets=("csky-linux-gnuabiv2",),
        clang=Clang(
            "i386-linux-gnu",
            (*_NO_I386, "-D__csky__", "-D__CSKYABI__=2"),
            stands_in="clang has csky from 16 on",
        ),
        condition="defined(__csky__)",
    ),
    replace(
        _ARC_ROW,
        name="hexagon",
        since="3.2",
        kernel_arch="hexagon",
        triplets=("hexagon-linux-musl",),
        clang=Clang("hexagon-linux-musl"),
        condition="defined(__hexagon__)",
        u64_alignment=8,
    ),
    Abi(
        name="microblaze",
        since="2.6.30",
        kernel_arch="microblaze",
        triplets=("microblazeel-linux-gnu",),
        clang=Clang(
            "i386-linux-gnu",
            (*_NO_I386, "-D__microblaze__", "-D__MICROBLAZEEL__"),
            stands_in="clang has no microblaze",
        ),
        condition="defined(__microblaze__)",
        byte_order="little",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=4,
        anchor=245,
        getevents=_time32(f"{_MICROBLAZE} io_getevents sys_io_getevents_time32"),
        pgetevents=_time32(f"{_MICROBLAZE} io_pgetevents sys_io_pgetevents_time32"),
    ),
    replace(
        _ARC_ROW,
        name="nios2",
        since="3.19",
        kernel_arch="nios2",
        triplets=("nios2-linux-gnu",),
        clang=Clang("i386-linux-gnu", (*_NO_I386, "-D__nios2__"), stands_in="clang has no nios2"),
        condition="defined(__nios2__)",
    ),
    replace(
        _ARC_ROW,
        name="openrisc",
        since="3.1",
        kernel_arch="openrisc",
        triplets=("or1k-linux-gnu",),
        clang=Clang("arc", (*_NO_ARC, "-D__or1k__"), stands_in="clang has no openrisc"),
        condition="defined(__or1k__)",
        byte_order="big",
    ),
    Abi(
        name="xtensa",
        since="2.6.13",
        kernel_arch="xtensa",
        triplets=("xtensa-linux-gnu",),
        clang=Clang(
            "hexagon-linux-musl",  # it knows the constraints of the assembler in asm/swab.h
            (*_NO_HEXAGON, "-D__xtensa__", "-D__XTENSA_EL__"),
            stands_in="clang has no xtensa",
        ),
        condition="defined(__xtensa__)",
        byte_order="little",
        word_bits=32,
        kernel_long_bits=32,
        u64_alignment=8,
        anchor=239,
        getevents=_time32(f"{_XTENSA} io_getevents sys_io_getevents_time32"),
        pgetevents=None,
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
