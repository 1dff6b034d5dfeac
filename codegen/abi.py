"""What there is to know of one ABI: the type of the rows of abis.py."""

from dataclasses import dataclass
from typing import Literal

ByteOrder = Literal["little", "big"]
Timespec = Literal["kernel_timespec", "kernel_old_timespec"]


@dataclass(frozen=True)
class EntryPoint:
    """What a system call of an ABI enters in the kernel: it decides which timespec is read."""

    timespec: Timespec
    reason: str
    """The kernel's table of system calls and the function that it names there."""


@dataclass(frozen=True)
class Clang:
    """How clang is made to read headers as an ABI does."""

    target: str
    options: tuple[str, ...] = ()
    stands_in: str = ""
    """Why, if the target is another architecture's. Then its macros are taken away and the
    architecture's own given by hand."""
    over_aligns: bool = False
    """Whether it may align to more than the ABI does. Nothing in the facts is aligned to more."""


@dataclass(frozen=True)
class Abi:
    """One ABI."""

    name: str
    since: str
    """The first Linux that has it. An older one's headers may answer all the same, wrongly."""
    kernel_arch: str
    """The kernel's name of the architecture: its folder in a tree that holds several."""
    triplets: tuple[str, ...]
    """The folders in which distributions put this architecture's asm/ headers."""
    clang: Clang
    condition: str
    """True of this ABI's compilers and, among those of the same byte order, of no other's."""
    byte_order: ByteOrder
    word_bits: int
    """Of a pointer and of the ABI's own long; the headers call it __BITS_PER_LONG."""
    kernel_long_bits: int
    """Of __kernel_long_t: 64 on x32, whose own long has 32."""
    u64_alignment: int
    """In bytes. No integer is aligned to more."""
    anchor: int
    """The number of io_setup. Numbers never change, so it tells whose headers these are; it is not
    rendered."""
    getevents: EntryPoint | None
    """None where the ABI lacks the call."""
    pgetevents: EntryPoint | None
    sigset_size: int = 8
    """sizeof(sigset_t) within the kernel, in bytes. No UAPI header has it: their own is another."""
    note: str = ""
    """What a reader of the atlas has to know besides. Sentences."""

    @property
    def dispatch_condition(self) -> str:
        """A preprocessor condition that is true of this ABI's compilers and of no other's."""
        return f"{self.condition} && __BYTE_ORDER__ == __ORDER_{self.byte_order.upper()}_ENDIAN__"
