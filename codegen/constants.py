"""The constants of one group on all ABIs: those equal everywhere, and those of each ABI."""

from collections.abc import Mapping, Sequence

from codegen.documentation import Documentation
from codegen.errors import CodegenError
from codegen.facts import AbiFacts
from codegen.model import Constant
from codegen.symbols import Group

_RANGES: Mapping[str, range] = {
    "std::uint16_t": range(0, 1 << 16),
    "std::uint32_t": range(0, 1 << 32),
    "int": range(-(1 << 31), 1 << 31),
    "kernel_rwf_t": range(-(1 << 31), 1 << 31),
}
_HEX_DIGITS: Mapping[str, int] = {
    "std::uint16_t": 4,
    "std::uint32_t": 8,
    "int": 8,
    "kernel_rwf_t": 8,
}


def merge_group(
    group: Group, facts: Sequence[AbiFacts], documentation: Documentation
) -> tuple[tuple[Constant, ...], Mapping[str, Sequence[Constant]]]:
    """The shared constants, and the others by ABI."""
    names = {name for one in facts for name in one.constants.get(group.header, {})}
    entries = {name: documentation.entry("constants", name) for name in sorted(names)}
    shared: list[Constant] = []
    own: dict[str, list[Constant]] = {one.abi: [] for one in facts}
    for name in sorted(names, key=lambda name: documentation.position("constants", name)):
        constants = {
            one.abi: Constant(
                name.lower(), group.type_of(name), literal(group, name, one), entries[name]
            )
            for one in facts
            if name in one.constants.get(group.header, {})
        }
        if len(constants) == len(facts) and len(set(constants.values())) == 1:
            shared.append(constants[facts[0].abi])
        elif group.differs_by_abi:
            for abi, constant in constants.items():
                own[abi].append(constant)
        else:
            raise _disagreement(group, name, facts)
    return tuple(shared), own


def literal(group: Group, name: str, facts: AbiFacts) -> str:
    """The value of a constant, as it is rendered. One that its type does not hold is refused."""
    value, cpp_type = facts.constants[group.header][name], group.type_of(name)
    if value not in _RANGES[cpp_type]:
        raise CodegenError(
            facts.place(name),
            f"{name} is {value} on {facts.abi}, which is no {cpp_type}",
            "look at the header; if it is right, give it a wider type in codegen/symbols.py",
        )
    return f"0x{value:0{_HEX_DIGITS[cpp_type]}x}" if group.base == 16 else str(value)


def _disagreement(group: Group, name: str, facts: Sequence[AbiFacts]) -> CodegenError:
    values = {one.abi: one.constants.get(group.header, {}).get(name, "absent") for one in facts}
    first, *others = facts
    other = next(one for one in others if values[one.abi] != values[first.abi])
    return CodegenError(
        other.place(name),
        f"{name} is {values[other.abi]} on {other.abi}, "
        f"but {values[first.abi]} on {first.abi} ({first.place(name)})",
        f"look at both; if the kernel means it, let {group.header} differ in codegen/symbols.py",
    )
