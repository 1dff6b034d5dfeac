"""The files in which the facts of all ABIs and kernels are kept.

A reviewer of a new kernel wants to see what it changed once, and not in a file an ABI. So the files
are by symbol, and a value stands with the kernel since which it holds:

    "RWF_SUPPORTED": {"*": {"5.10": 31, "6.12": 127}}

`*` is every ABI that is not named beside it; null means that the symbol is gone since that kernel,
and {} that it never was. kernels.json says of which ABIs there are facts.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.abis import ABIS, find_abi
from codegen.errors import CodegenError
from codegen.facts import AbiFacts, Key, facts_of_values, version_key
from codegen.history import History
from codegen.symbols import GROUPS, STRUCTS, SYSCALLS, TYPEDEFS

MARK = '"linux_aio facts"'
"""What every file of facts begins with."""

_RESTORE = "restore it with git, or move the folder away and extract every kernel again"
_KINDS = ("constants", "structs", "syscalls", "typedefs")
_OTHERS = "*"

Value = int | str | None
Changes = Mapping[str, Value]
"""Each value, by the kernel since which it holds."""
Groups = Mapping[str, Changes]
"""The changes of one fact, by the ABIs, separated by spaces, to which they happened."""


def to_files(history: History) -> dict[str, str]:
    """The files of a folder of facts: name to text."""
    values = {
        abi.name: {kernel: one.values() for kernel, one in history.of_abi(abi.name).items()}
        for abi in ABIS
    }
    kernels = {
        kernel: {
            "version": history.version(kernel),
            "without": [abi for abi, its in values.items() if kernel not in its],
        }
        for kernel in history.kernels
    }
    trees: dict[str, Any] = {"kernels": kernels} | {kind: {} for kind in _KINDS}
    keys = {key for its in values.values() for one in its.values() for key in one}
    for key in sorted(keys):
        node = trees
        for part in key[:-1]:
            node = node.setdefault(part, {})
        node[key[-1]] = _grouped(
            {
                abi: {kernel: one.get(key) for kernel, one in its.items()}
                for abi, its in values.items()
                if its
            }
        )
    return {f"{kind}.json": _text(kind, tree) for kind, tree in sorted(trees.items())}


def load_history(folder: Path) -> History:
    """Reads a folder of facts; an empty history if there is none."""
    if not (folder / "kernels.json").exists():
        if any(folder.glob("*.json")):
            raise CodegenError(folder / "kernels.json", "missing", _RESTORE)
        return History()
    kernels = _load(folder / "kernels.json")
    files = [_load(folder / f"{kind}.json") for kind in _KINDS]
    return History(_each_facts(kernels, files))


def _grouped(values: Mapping[str, Mapping[str, Value]]) -> Groups:
    """The commonest changes as those of all others, and the ABIs that have others.

    Values are by ABI and by kernel, oldest first. An ABI that came later has joined a group.
    """
    most = max(len(its) for its in values.values())
    changes = [json.dumps(_changes(its)) for its in values.values() if len(its) == most]
    ranked = [text for text, _ in Counter(changes).most_common()]
    groups: dict[str, list[str]] = {text: [] for text in ranked}
    for abi, its in values.items():
        for text in groups:
            if all(_at(json.loads(text), kernel) == value for kernel, value in its.items()):
                groups[text].append(abi)
                break
        else:
            groups[json.dumps(_changes(its))] = [abi]
    commonest = json.loads(ranked[0])
    named = {" ".join(groups[text]): json.loads(text) for text in groups if text != ranked[0]}
    return {_OTHERS: commonest} | dict(sorted(named.items()))


def _changes(values: Mapping[str, Value]) -> Changes:
    """The kernels at which a value became another; before the first it is None."""
    changes: dict[str, Value] = {}
    before: Value = None
    for kernel, value in values.items():
        if value != before:
            changes[kernel] = before = value
    return changes


def _at(changes: Changes, kernel: str) -> Value:
    """The value that holds for a kernel."""
    since = [one for one in changes if version_key(one) <= version_key(kernel)]
    return changes[max(since, key=version_key)] if since else None


def _text(kind: str, tree: Mapping[str, Any]) -> str:
    """JSON in which the changes of one group have a line."""

    def lines(node: Any, indent: str) -> str:
        if not isinstance(node, dict) or not node or _is_one_line(node):
            return json.dumps(node)
        inner = indent + "  "
        parts = [f"{inner}{json.dumps(key)}: {lines(value, inner)}" for key, value in node.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"

    return lines({"linux_aio facts": kind, kind: tree}, "") + "\n"


def _is_one_line(node: Mapping[str, Any]) -> bool:
    return list(node) == [_OTHERS] or not any(isinstance(value, dict) for value in node.values())


@dataclass(frozen=True)
class _File:
    path: Path
    data: Mapping[str, Any]
    places: Mapping[str, str]
    """The first line of each key."""

    def facts(self) -> Iterator[tuple[Key, Groups]]:
        """Each fact under its key."""
        return self._below((self.path.stem,), self.data)

    def _below(self, key: Key, node: Mapping[str, Any]) -> Iterator[tuple[Key, Groups]]:
        if _OTHERS not in node:
            for part, inner in node.items():
                yield from self._below((*key, part), inner)
            return
        where = self.places.get(key[-1], str(self.path))
        for names, changes in node.items():
            for name in names.replace(_OTHERS, "").split():
                find_abi(name, asked_by=where)
            for value in changes.values():
                if not isinstance(value, (int, str, type(None))):
                    raise CodegenError(where, f"{value!r} is no fact", _RESTORE)
        yield key, node


def _load(path: Path) -> _File:
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)[path.stem]
    except OSError as error:
        raise CodegenError(path, f"cannot read the facts ({error.strerror})", _RESTORE) from error
    except json.JSONDecodeError as error:
        raise CodegenError(f"{path}:{error.lineno}", f"no facts ({error})", _RESTORE) from error
    except (ValueError, KeyError, TypeError) as error:
        raise CodegenError(path, f"no facts ({error!r})", _RESTORE) from error
    places: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key = line.strip().removeprefix('"').partition('":')[0]
        places.setdefault(key, f"{path}:{number}")
    return _File(path, data, places)


def _each_facts(kernels: _File, files: Sequence[_File]) -> Iterator[AbiFacts]:
    """The facts of each ABI in each kernel."""
    facts: dict[Key, Groups] = {}
    places: dict[str, str] = {}
    file = kernels
    try:
        for file in files:
            facts |= dict(file.facts())
            places |= file.places
        file = kernels
        for kernel, about in kernels.data.items():
            version_key(kernel)
            place = kernels.places.get(kernel, str(kernels.path))
            without = [find_abi(name, asked_by=place).name for name in about["without"]]
            for abi in ABIS:
                if abi.name not in without:
                    values = _values(facts, abi.name, kernel)
                    _check(kernels.path.parent, abi.name, kernel, values)
                    yield facts_of_values(
                        abi.name, about["version"], values, {**places, "kernel": place}
                    )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CodegenError(file.path, f"not as facts are ({error!r})", _RESTORE) from error


def _values(facts: Mapping[Key, Groups], abi: str, kernel: str) -> dict[Key, int | str]:
    values: dict[Key, int | str] = {}
    for key, groups in facts.items():
        named = [changes for names, changes in groups.items() if abi in names.split()]
        value = _at(named[0] if named else groups[_OTHERS], kernel)
        if value is not None:
            values[key] = value
    return values


def _check(folder: Path, abi: str, kernel: str, values: Mapping[Key, object]) -> None:
    """Refuses facts of which something is missing, or which know more than is taken."""
    needed: list[Key] = [("structs", name, "size") for name in STRUCTS]
    needed += [("typedefs", name) for name in TYPEDEFS]
    for key in needed:
        if key not in values:
            raise CodegenError(
                folder / f"{key[0]}.json",
                f"no facts about {key[1]} on {abi} in Linux {kernel}",
                _RESTORE,
            )
    taken = {*SYSCALLS, *STRUCTS, *TYPEDEFS, *(group.header for group in GROUPS)}
    for key in values:
        if key[1] not in taken:
            raise CodegenError(
                folder / f"{key[0]}.json", f"facts about {key[1]}, which is not taken", _RESTORE
            )
