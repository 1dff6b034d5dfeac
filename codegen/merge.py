"""The facts of all ABIs made one model; what cannot be one is refused.

ABIs may differ in what a reviewed table lets them differ in, and layouts in what layout.py says.
Any other difference means that headers were misread or that the kernel did something new, and a
person has to look.
"""

from collections.abc import Sequence
from dataclasses import replace

from codegen.abi import Abi
from codegen.abis import find_abi
from codegen.constants import merge_group
from codegen.documentation import Documentation, Entry
from codegen.errors import CodegenError
from codegen.facts import AbiFacts, version_key
from codegen.layout import merge_struct
from codegen.model import (
    AbiModel,
    Advice,
    Constant,
    ConstantGroup,
    LongException,
    Model,
    Syscall,
)
from codegen.symbols import GROUPS, STRUCTS, SYSCALLS

_ADVICE = Advice(
    origin="Regenerate with: ./bazelw run //codegen:regenerate",
    other_abi="linux_aio lacks this ABI: "
    "add a row to codegen/abis.py and regenerate (CONTRIBUTING.md)",
)
_TYPES = ("aio_context_t", "kernel_rwf_t", "kernel_long_t")


def merge(facts: Sequence[AbiFacts], documentation: Documentation) -> Model:
    """The model of everything that `facts` say."""
    groups: list[ConstantGroup] = []
    own: dict[str, list[Constant]] = {one.abi: [] for one in facts}
    for group in GROUPS:
        shared, differing = merge_group(group, facts, documentation)
        if shared:
            groups.append(ConstantGroup(group.name, group.title, group.header, shared))
        for abi, constants in differing.items():
            own[abi].extend(constants)
    return Model(
        kernel=max((one.kernel for one in facts), key=version_key),
        advice=_ADVICE,
        kernel_rwf_t=_agreed_typedef("__kernel_rwf_t", facts),
        long_exceptions=_long_exceptions(facts),
        types={name: documentation.entry("types", name) for name in _TYPES},
        structs=tuple(merge_struct(name, facts, documentation) for name in STRUCTS),
        groups=tuple(groups),
        abis=tuple(_abi(one, own[one.abi], documentation) for one in facts),
    )


def _agreed_typedef(name: str, facts: Sequence[AbiFacts]) -> str:
    first, *others = facts
    for other in others:
        if other.typedefs[name] != first.typedefs[name]:
            raise CodegenError(
                other.place(name),
                f"{name} is '{other.typedefs[name]}' on {other.abi}, "
                f"but '{first.typedefs[name]}' on {first.abi} ({first.place(name)})",
                "look at both headers; codegen/merge.py has to learn why",
            )
    return first.typedefs[name]


def _long_exceptions(facts: Sequence[AbiFacts]) -> tuple[LongException, ...]:
    """The ABIs whose kernel's long is not their own long."""
    exceptions = []
    for one in facts:
        signed, unsigned = one.typedefs["__kernel_long_t"], one.typedefs["__kernel_ulong_t"]
        if one.typedefs["aio_context_t"] != unsigned:
            raise CodegenError(
                one.place("aio_context_t"),
                f"aio_context_t is '{one.typedefs['aio_context_t']}' on {one.abi}, "
                f"not what __kernel_ulong_t is ('{unsigned}')",
                "look at the header; codegen/templates/types.hpp.j2 has to learn the new type",
            )
        if (signed, unsigned) != ("long", "unsigned long"):
            condition = find_abi(one.abi, one.place("kernel")).dispatch_condition
            exceptions.append(LongException(condition, signed, unsigned))
    return tuple(exceptions)


def _abi(facts: AbiFacts, constants: Sequence[Constant], documentation: Documentation) -> AbiModel:
    row = find_abi(facts.abi, facts.place("kernel"))
    return AbiModel(
        row=row,
        syscalls=tuple(
            Syscall(
                name=f"nr_{call}",
                number=_number(facts.syscalls[call]),
                entry=_since(row, documentation.entry("syscalls", call)),
            )
            for call in SYSCALLS
        ),
        constants=tuple(replace(one, entry=_since(row, one.entry)) for one in constants),
    )


def _since(row: Abi, entry: Entry) -> Entry:
    """An ABI has nothing before it is there itself."""
    return replace(entry, since=max(entry.since, row.since, key=version_key))


def _number(number: int | None) -> str | None:
    """In hexadecimal where a high bit stands for the ABI, as x32's does."""
    if number is None:
        return None
    return f"0x{number:x}" if number > 0xFFFF else str(number)
