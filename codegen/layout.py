"""The layouts of one struct on all ABIs made one, or refused.

A layout may follow the byte order (which fields come first) and the width of the kernel's long
(their offsets). What neither explains is an error.
"""

from collections.abc import Mapping, Sequence

from codegen.abi import ByteOrder
from codegen.abis import find_abi
from codegen.documentation import Documentation
from codegen.errors import CodegenError
from codegen.facts import AbiFacts
from codegen.model import Field, Struct
from codegen.symbols import FIELD_TYPES, STRUCTS


def merge_struct(
    kernel_name: str, facts: Sequence[AbiFacts], documentation: Documentation
) -> Struct:
    """One struct of the model."""
    name = STRUCTS[kernel_name]
    by_order: dict[ByteOrder, list[AbiFacts]] = {}
    for one in facts:
        by_order.setdefault(find_abi(one.abi, one.place("kernel")).byte_order, []).append(one)

    fields: dict[ByteOrder, tuple[Field, ...]] = {}
    for order, same_order in by_order.items():
        shape = _agreed_shape(kernel_name, same_order)
        fields[order] = tuple(
            Field(
                name=field,
                type=cpp_type,
                text=documentation.field(name, field),
                offset=_by_long(
                    kernel_name,
                    f"offset of {field}",
                    [(one, one.structs[kernel_name].fields[index].offset) for one in same_order],
                ),
            )
            for index, (field, cpp_type) in enumerate(shape)
        )
    head, split, tail = _split(fields)
    return Struct(
        name=name,
        entry=documentation.entry("structs", name),
        size=_by_long(kernel_name, "size", [(one, one.structs[kernel_name].size) for one in facts]),
        aligned_as=_aligned_as(kernel_name, facts),
        head=head,
        split=split,
        tail=tail,
    )


def _agreed_shape(kernel_name: str, facts: Sequence[AbiFacts]) -> list[tuple[str, str]]:
    """Names and C++ types of the fields, in order."""
    first, *others = facts
    shape = _shape(kernel_name, first)
    for other in others:
        if _shape(kernel_name, other) != shape:
            raise _disagreement(kernel_name, "list of fields", first, other)
    return shape


def _shape(kernel_name: str, facts: AbiFacts) -> list[tuple[str, str]]:
    for field in facts.structs[kernel_name].fields:
        if field.type not in FIELD_TYPES:
            raise CodegenError(
                facts.place(kernel_name),
                f"{kernel_name}::{field.name} has the unknown type '{field.type}'",
                "add the type to FIELD_TYPES in codegen/symbols.py",
            )
    return [(field.name, FIELD_TYPES[field.type]) for field in facts.structs[kernel_name].fields]


def _by_long(kernel_name: str, what: str, numbers: Sequence[tuple[AbiFacts, int]]) -> str:
    """An expression that has the right value on each ABI."""
    found: dict[int, tuple[AbiFacts, int]] = {}
    for facts, number in numbers:
        first, agreed = found.setdefault(_long_bits(facts), (facts, number))
        if number != agreed:
            raise _disagreement(kernel_name, what, first, facts)
    values = {bits: number for bits, (_, number) in found.items()}
    if len(set(values.values())) == 1:
        return str(next(iter(values.values())))
    return f"(sizeof(kernel_long_t) == 8 ? {values[64]} : {values[32]})"


def _long_bits(facts: AbiFacts) -> int:
    return find_abi(facts.abi, facts.place("kernel")).kernel_long_bits


def _aligned_as(kernel_name: str, facts: Sequence[AbiFacts]) -> str:
    """The type of the first field that is aligned as the struct is, on every ABI."""
    structs = [one.structs[kernel_name] for one in facts]
    for field in structs[0].fields:
        namesakes = [
            (struct, other)
            for struct in structs
            for other in struct.fields
            if other.name == field.name
        ]
        if all(struct.alignment == other.alignment for struct, other in namesakes):
            return FIELD_TYPES[field.type]
    raise CodegenError(
        facts[0].place(kernel_name),
        f"the alignment of {kernel_name} is that of none of its fields",
        "look at the header; codegen/layout.py has to learn what decides it",
    )


def _split(
    fields: Mapping[ByteOrder, tuple[Field, ...]],
) -> tuple[tuple[Field, ...], Mapping[ByteOrder, tuple[Field, ...]], tuple[Field, ...]]:
    """The fields before, within and after the part in which byte orders differ."""
    if len(set(fields.values())) == 1:
        return next(iter(fields.values())), {}, ()
    little, big = fields["little"], fields["big"]
    pairs = list(zip(little, big, strict=False))
    head = next(index for index, (one, other) in enumerate(pairs) if one != other)
    rest = min(len(little), len(big)) - head
    tail = next((n for n in range(rest) if little[-1 - n] != big[-1 - n]), rest)
    return (
        little[:head],
        {"little": little[head : len(little) - tail], "big": big[head : len(big) - tail]},
        little[len(little) - tail :],
    )


def _disagreement(kernel_name: str, what: str, one: AbiFacts, other: AbiFacts) -> CodegenError:
    return CodegenError(
        other.place(kernel_name),
        f"struct {kernel_name} has another {what} on {other.abi} than on {one.abi} "
        f"({one.place(kernel_name)}), and neither byte order nor the kernel's long explains it",
        "look at both headers; if the kernel means it, codegen/layout.py has to learn why",
    )
