"""The bindings of somebody's own headers: held against the recorded facts, and completed by them.

A number of the kernel's interface never changes. So what the headers and the facts both know must
agree; what the headers lack, because their kernel is older, the facts know; and what only the
headers have is rendered too, though nobody has described it yet.
"""

from collections.abc import Container, Sequence
from dataclasses import replace

from codegen.constants import literal
from codegen.documentation import Documentation, Entry
from codegen.errors import CodegenError
from codegen.facts import AbiFacts, Key, label
from codegen.history import History
from codegen.merge import merge
from codegen.model import Advice, Constant, Model
from codegen.symbols import FIELD_TYPES, GROUPS, GROWING

_REMEDY = (
    "restore the header, for the kernel never changes a number; if this is the kernel's own "
    "header, take a linux_aio that knows its kernel"
)


def bindings(fresh: Sequence[AbiFacts], history: History, asked_by: str) -> tuple[Model, list[str]]:
    """The model for the ABIs that `fresh` is of, and what of the headers could not be taken.

    `asked_by` names the target that the bindings are made for.
    """
    for one in fresh:
        _check_kernel(one, fresh[0])
        _check_agreement(one, list(history.of_abi(one.abi).values()))
    documentation = Documentation()
    model = merge([_grown(one, fresh) for one in history.newest().values()], documentation)
    shared = {constant.name for group in model.groups for constant in group.constants}
    abis, left_out = [], []
    for one in fresh:
        abi = next(abi for abi in model.abis if abi.row.name == one.abi)
        known = shared | {constant.name for constant in abi.constants}
        new, not_taken = _new_constants(one, known, documentation)
        abis.append(replace(abi, constants=(*abi.constants, *new)))
        left_out += not_taken
    advice = _advice([one.abi for one in fresh], asked_by)
    return replace(model, kernel=fresh[0].kernel, advice=advice, abis=tuple(abis)), left_out


def _advice(abis: Sequence[str], asked_by: str) -> Advice:
    return Advice(
        origin=f"Made by {asked_by}; what these headers do not have yet is from linux_aio's facts.",
        other_abi=f"{asked_by} has no bindings for this ABI: add it to its abis, "
        f"which are {', '.join(abis)}",
    )


def _check_kernel(one: AbiFacts, first: AbiFacts) -> None:
    if one.kernel != first.kernel:
        raise CodegenError(
            one.place("kernel"),
            f"{one.abi} is of Linux {one.kernel}, but {first.abi} of Linux {first.kernel} "
            f"({first.place('kernel')})",
            "give --headers those of one kernel",
        )


def _check_agreement(fresh: AbiFacts, known: Sequence[AbiFacts]) -> None:
    """Refuses a number or a layout that no known kernel has."""
    newest, values = known[-1], fresh.values()
    recorded = [facts.values() for facts in known]
    for key, value in values.items():
        said = [one[key] for one in recorded if key in one]
        if said and value not in said and not _may_differ(key, value, said[-1]):
            raise CodegenError(
                fresh.place(_place_of(key)),
                f"{label(key)} is {value} on {fresh.abi}, "
                f"but {said[-1]} in the recorded facts ({newest.place(_recorded_as(key))})",
                _REMEDY,
            )
    for key in recorded[-1]:
        if key[0] == "structs" and key not in values:
            raise CodegenError(
                fresh.place(key[1]),
                f"{label(key[:3])} is missing on {fresh.abi}, "
                f"but is in the recorded facts ({newest.place(_recorded_as(key))})",
                _REMEDY,
            )


def _may_differ(key: Key, value: int | str, recorded: int | str) -> bool:
    if key[0] == "structs" and key[-1] == "type":  # a type may be spelled otherwise and be the same
        known, mine = (FIELD_TYPES.get(str(name), "") for name in (recorded, value))
        return not mine or ("uint" in known) == ("uint" in mine)
    if key[-1] in GROWING and isinstance(value, int) and isinstance(recorded, int):
        return value & recorded in (value, recorded)
    return False


def _place_of(key: Key) -> str:
    """The name under which the extraction keeps the place of a value."""
    if key[0] == "syscalls":
        return f"__NR_{key[1]}"
    return key[2] if key[0] == "constants" else key[1]


def _recorded_as(key: Key) -> str:
    """The name under which the files of facts have it."""
    return key[-2] if key[0] == "structs" else key[-1]


def _grown(recorded: AbiFacts, fresh: Sequence[AbiFacts]) -> AbiFacts:
    """The facts with the masks of the newer kernel, which have all bits of the older one's."""

    def grown(header: str, name: str, value: int) -> int:
        if name not in GROWING:
            return value
        return max(value, *(one.constants[header].get(name, value) for one in fresh))

    return replace(
        recorded,
        constants={
            header: {name: grown(header, name, value) for name, value in symbols.items()}
            for header, symbols in recorded.constants.items()
        },
    )


def _new_constants(
    facts: AbiFacts, known: Container[str], documentation: Documentation
) -> tuple[list[Constant], list[str]]:
    """The constants that are not known, and why some of them cannot be taken."""
    new, not_taken = [], []
    for group in GROUPS:
        for name in facts.constants[group.header]:
            if name.lower() in known:
                continue
            try:
                value = literal(group, name, facts)
            except CodegenError as error:
                not_taken.append(str(error))
                continue
            entry = _entry(name, facts.series, group.header, documentation)
            new.append(Constant(name.lower(), group.type_of(name), value, entry))
    return new, not_taken


def _entry(name: str, series: str, header: str, documentation: Documentation) -> Entry:
    if name in documentation.symbols("constants"):  # so other ABIs have it
        return documentation.entry("constants", name)
    text = "Not documented by this version of linux_aio."
    return Entry(text, since=f"{series} at the latest", source=header)
