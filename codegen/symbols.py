"""What is taken from the headers, and what is left out: reviewed tables.

A header gains symbols over the years. Everything with a prefix listed here is taken, unless it is
left out by name with a reason, so a new symbol cannot go unnoticed: it either appears or stops the
generator.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

REQUIRED_HEADERS = (
    "linux/version.h",
    "linux/types.h",
    "asm/bitsperlong.h",
    "asm/byteorder.h",
    "linux/aio_abi.h",
    "linux/fs.h",
    "linux/time_types.h",
    "asm/poll.h",
    "asm/unistd.h",
)
OPTIONAL_HEADERS = ("linux/ioprio.h",)
"""linux/ioprio.h is exported since Linux 5.15."""

STRUCTS: Mapping[str, str] = {
    "io_event": "io_event",
    "iocb": "iocb",
    "__kernel_timespec": "kernel_timespec",
    "__kernel_old_timespec": "kernel_old_timespec",
}
"""The kernel's name of each struct that is taken, and ours."""

FIELD_TYPES: Mapping[str, str] = {
    "__u16": "std::uint16_t",
    "__s16": "std::int16_t",
    "__u32": "std::uint32_t",
    "__u64": "std::uint64_t",
    "__s64": "std::int64_t",
    "long": "long",
    "long long": "std::int64_t",
    "__kernel_time64_t": "std::int64_t",
    "__kernel_rwf_t": "kernel_rwf_t",
    "__kernel_long_t": "kernel_long_t",
    "__kernel_old_time_t": "kernel_long_t",
}
"""The type of a field as the headers spell it, and as we do: by width, for __u64 is not one C type
everywhere."""

TYPEDEFS = ("aio_context_t", "__kernel_rwf_t", "__kernel_long_t", "__kernel_ulong_t")
"""Types whose C type is a fact of the ABI."""

SYSCALLS = (
    "io_setup",
    "io_destroy",
    "io_submit",
    "io_cancel",
    "io_getevents",
    "io_pgetevents",
    "io_pgetevents_time64",
)
"""Every call is rendered for every ABI: as a number or as absent."""

GROWING: Mapping[str, str] = {"RWF_SUPPORTED": "the mask of all flags, and there are more"}
"""Constants whose value a newer kernel may change, and why: only by adding bits."""

NumberBase = Literal[10, 16]

_FUNCTION_LIKE = "a macro with arguments; linux_aio/raw has it as a constexpr function"
_KERNEL_ONLY = "a bit that the kernel keeps for itself; user space never passes or sees it"


@dataclass(frozen=True)
class Group:
    """Constants that belong together: those of one header that share a prefix."""

    name: str
    """Names the output file."""
    title: str
    header: str
    defined_in: tuple[str, ...]
    """The files whose definitions count: a header may pass on another's."""
    prefix: str
    cpp_type: str
    base: NumberBase = 10
    differs_by_abi: bool = False
    """Whether an ABI may have a value of its own."""
    types: Mapping[str, str] = field(default_factory=dict)
    """C++ types of those that do not have the group's, by prefix."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Symbols that are not taken, with the reason."""

    def type_of(self, symbol: str) -> str:
        """The C++ type of one symbol of the group."""
        for prefix, cpp_type in self.types.items():
            if symbol.startswith(prefix):
                return cpp_type
        return self.cpp_type


GROUPS: tuple[Group, ...] = (
    Group(
        name="opcodes",
        title="what a request does, and flags of the request itself",
        header="linux/aio_abi.h",
        defined_in=("linux/aio_abi.h",),
        prefix="IOCB_",
        cpp_type="std::uint16_t",  # of iocb::aio_lio_opcode
        types={"IOCB_FLAG_": "std::uint32_t"},  # of iocb::aio_flags
    ),
    Group(
        name="rwf",
        title="flags of one read or write",
        header="linux/fs.h",
        defined_in=("linux/fs.h",),
        prefix="RWF_",
        cpp_type="kernel_rwf_t",
        base=16,
    ),
    Group(
        name="ioprio",
        title="the parts of an I/O priority",
        header="linux/ioprio.h",
        defined_in=("linux/ioprio.h",),
        prefix="IOPRIO_",
        cpp_type="std::uint16_t",  # of ioprio_value() in the kernel
        types={"IOPRIO_WHO_": "int"},  # of ioprio_set's first argument
        left_out={
            "IOPRIO_PRIO_CLASS": _FUNCTION_LIKE,
            "IOPRIO_PRIO_DATA": _FUNCTION_LIKE,
            "IOPRIO_PRIO_LEVEL": _FUNCTION_LIKE,
            "IOPRIO_PRIO_HINT": _FUNCTION_LIKE,
            "IOPRIO_PRIO_VALUE": _FUNCTION_LIKE,
            "IOPRIO_PRIO_VALUE_HINT": _FUNCTION_LIKE,
            "IOPRIO_BAD_VALUE": _FUNCTION_LIKE,
        },
    ),
    Group(
        name="poll",
        title="what a poll waits for and answers",
        header="asm/poll.h",
        defined_in=("asm/poll.h", "asm-generic/poll.h"),
        prefix="POLL",
        cpp_type="std::uint16_t",  # fs/aio.c refuses a mask that has more bits
        base=16,
        differs_by_abi=True,
        left_out={"POLLFREE": _KERNEL_ONLY, "POLL_BUSY_LOOP": _KERNEL_ONLY},
    ),
)
