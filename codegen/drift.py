"""What a newer kernel changed, and how much that matters to who uses the bindings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codegen.facts import AbiFacts, Field, Key, label
from codegen.history import History
from codegen.symbols import FIELD_TYPES, GROWING

Severity = Literal["breaking", "to review", "additive", "none"]
SEVERITIES: tuple[Severity, ...] = ("breaking", "to review", "additive", "none")
"""The worst first."""


@dataclass(frozen=True)
class Change:
    """One change, and the ABIs to which it happened."""

    severity: Severity
    symbol: str
    what: str
    abis: tuple[str, ...]


@dataclass(frozen=True)
class Drift:
    """All changes from one kernel to another, the worst first."""

    old: str
    new: str
    changes: tuple[Change, ...]
    common: tuple[str, ...]
    """The ABIs that both have."""

    @property
    def severity(self) -> Severity:
        """That of the worst change."""
        return self.changes[0].severity if self.changes else "none"


def drift(history: History, old: str, new: str) -> Drift:
    """What changed between two kernels of which there are facts."""
    before, after = history.of_kernel(old), history.of_kernel(new)
    common = tuple(abi for abi in after if abi in before)
    found: dict[tuple[Severity, str, str], list[str]] = {}
    for abi in after.keys() - before.keys():
        found["additive", f"abi.{abi}", "new"] = [abi]
    for abi in before.keys() - after.keys():
        found["breaking", f"abi.{abi}", "gone"] = [abi]
    for abi in common:
        for change in _changes(before[abi], after[abi]):
            found.setdefault(change, []).append(abi)
    changes = sorted(found, key=lambda change: (SEVERITIES.index(change[0]), *change))
    return Drift(
        old=history.version(old),
        new=history.version(new),
        changes=tuple(Change(*change, tuple(found[change])) for change in changes),
        common=common,
    )


def _changes(before: AbiFacts, after: AbiFacts) -> Sequence[tuple[Severity, str, str]]:
    changes: list[tuple[Severity, str, str]] = []
    old, new = _whole(before.values()), _whole(after.values())
    for key in old.keys() | new.keys():
        if key not in old:
            changes.append(("additive", label(key), f"new, {new[key]}"))
        elif key not in new:
            changes.append(("breaking", label(key), f"gone, was {old[key]}"))
        elif old[key] != new[key]:
            severity, why = _of_value(key, old[key], new[key])
            changes.append((severity, label(key), f"{old[key]} -> {new[key]}{why}"))
    for name, struct in after.structs.items():
        fields = [
            {field.name: field for field in one.structs[name].fields} for one in (before, after)
        ]
        changes += _of_fields(f"struct.{name}", *fields)
        if struct.alignment != before.structs[name].alignment:
            what = f"alignment {before.structs[name].alignment} -> {struct.alignment}"
            changes.append(("breaking", f"struct.{name}", what))
    return changes


def _whole(values: Mapping[Key, int | str]) -> dict[Key, int | str]:
    """All but the parts of structs that are looked at together."""
    return {
        key: value for key, value in values.items() if key[0] != "structs" or key[2:] == ("size",)
    }


def _of_value(key: Key, old: int | str, new: int | str) -> tuple[Severity, str]:
    grows = GROWING.get(key[-1])
    if grows and isinstance(old, int) and isinstance(new, int) and old & new == old:
        return "to review", f": {grows}"
    return "breaking", ""


def _of_fields(
    struct: str, before: Mapping[str, Field], after: Mapping[str, Field]
) -> Sequence[tuple[Severity, str, str]]:
    changes: list[tuple[Severity, str, str]] = []
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if new is None:
            changes.append(("breaking", f"{struct}.{name}", "gone"))
        elif old is None:
            changes.append(("additive", f"{struct}.{name}", f"new, offset {new.offset}"))
        else:
            differs = [
                f"{what} {getattr(old, what)} -> {getattr(new, what)}"
                for what in ("offset", "size", "alignment")
                if getattr(old, what) != getattr(new, what)
            ]
            if old.size == new.size and _is_unsigned(old) != _is_unsigned(new):
                differs.append(f"type {old.type} -> {new.type}")
            if differs:
                # In its old place it may fill padding, and who wrote both halves sees nothing.
                moved = old.offset != new.offset
                changes.append(
                    ("breaking" if moved else "to review", f"{struct}.{name}", ", ".join(differs))
                )
    return changes


def _is_unsigned(field: Field) -> bool:
    """A type may be spelled otherwise and be the same."""
    return "uint" in FIELD_TYPES.get(field.type, field.type)
