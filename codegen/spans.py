"""Values over kernels and ABIs: since when each holds, and which ABIs agree on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from codegen.facts import AbiFacts, version_key
from codegen.history import History

Value = TypeVar("Value")


@dataclass(frozen=True)
class Span(Generic[Value]):
    """A value, and the neighbouring kernels in which it holds; oldest first."""

    value: Value
    kernels: tuple[str, ...]


@dataclass(frozen=True)
class Agreement(Generic[Value]):
    """ABIs that have the same value in every kernel that several of them are in."""

    abis: tuple[str, ...]
    values: Mapping[str, Value]
    """By kernel, oldest first."""

    @property
    def spans(self) -> tuple[Span[Value], ...]:
        """The values, with equal neighbours made one."""
        return spans(self.values)


@dataclass(frozen=True)
class Share(Generic[Value]):
    """The ABIs that have one value."""

    value: Value
    abis: tuple[str, ...]


def spans(values: Mapping[str, Value]) -> tuple[Span[Value], ...]:
    """The values by kernel, oldest first, with equal neighbours made one."""
    found: list[Span[Value]] = []
    for kernel, value in values.items():
        if found and found[-1].value == value:
            found[-1] = Span(value, (*found[-1].kernels, kernel))
        else:
            found.append(Span(value, (kernel,)))
    return tuple(found)


def agreements(
    history: History, value: Callable[[AbiFacts], Value]
) -> tuple[Agreement[Value], ...]:
    """The ABIs by what `value` says of their facts, the commonest first.

    An ABI that came later joins the others that it agrees with.
    """
    order = list(history.newest())
    timelines = {
        abi: {kernel: value(facts) for kernel, facts in history.of_abi(abi).items()}
        for abi in order
    }
    groups: list[tuple[list[str], dict[str, Value]]] = []
    for abi in sorted(order, key=lambda abi: -len(timelines[abi])):
        for abis, known in groups:
            if all(known.get(kernel, one) == one for kernel, one in timelines[abi].items()):
                abis.append(abi)
                known.update(timelines[abi])
                break
        else:
            groups.append(([abi], dict(timelines[abi])))
    return tuple(
        Agreement(
            abis=tuple(sorted(abis, key=order.index)),
            values={kernel: known[kernel] for kernel in sorted(known, key=version_key)},
        )
        for abis, known in sorted(groups, key=lambda group: -len(group[0]))
    )


def shares(values: Mapping[str, Value]) -> tuple[Share[Value], ...]:
    """Each value with the ABIs that have it, the commonest first. Values are by ABI."""
    groups: dict[Value, list[str]] = {}
    for abi, value in values.items():
        groups.setdefault(value, []).append(abi)
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple(Share(value, tuple(abis)) for value, abis in ranked)
