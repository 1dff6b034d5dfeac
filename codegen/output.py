"""Text to files: folders are replaced as a whole and together, or stay as they were."""

import contextlib
import difflib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import CodegenError

BUILD_FILE = "BUILD.bazel"
"""Written by hand, so it is neither replaced nor compared."""


@dataclass(frozen=True)
class Replacement:
    """What a folder is to hold, and nothing else but its BUILD.bazel."""

    folder: Path
    files: Mapping[str, str]
    """Path to text."""
    mark: str
    """What all files made here have near their beginning. One without it is somebody's."""


def replace_folders(replacements: Sequence[Replacement]) -> None:
    """Makes all the folders hold what they are to hold.

    Everything is written beside them first and renamed into its place at the end, so whatever goes
    wrong, or if somebody's file would be deleted, all folders are as they were.
    """
    try:
        with contextlib.ExitStack() as temporaries, contextlib.ExitStack() as undo:
            for one in replacements:
                _refuse_others_files(one)
            staged = [(one.folder, *_stage(one, temporaries)) for one in replacements]
            for folder, fresh, stale in staged:
                undo.callback(_put_back, folder, fresh, stale)
                if folder.exists():
                    os.rename(folder, stale)
                os.rename(fresh, folder)
            undo.pop_all()
    except OSError as error:
        raise CodegenError(
            " and ".join(str(one.folder) for one in replacements),
            f"cannot be written ({error})",
            "nothing was changed; see to the folder",
        ) from error


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Writes files into a folder: path within it to text."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def differences(folder: Path, files: Mapping[str, str]) -> str:
    """What would change in `folder` if it were replaced, as a diff; empty if nothing."""
    present = {path.relative_to(folder).as_posix(): path for path in _files_in(folder)}
    report: list[str] = []
    for name in sorted(present.keys() | files.keys()):
        old = present[name].read_text(encoding="utf-8") if name in present else None
        new = files.get(name)
        if old == new:
            continue
        report += [
            f"--- {name}{' (missing)' if old is None else ''}",
            f"+++ {name}{' (surplus)' if new is None else ', generated'}",
        ]
        # keepends, so that a missing end of the last line is a difference too.
        lines = difflib.unified_diff(
            (old or "").splitlines(keepends=True), (new or "").splitlines(keepends=True)
        )
        report += [line.removesuffix("\n") for line in lines][2:]
    return "\n".join(report)


def _files_in(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path != folder / BUILD_FILE
    )


def _refuse_others_files(one: Replacement) -> None:
    for path in [one.folder] if one.folder.is_file() else _files_in(one.folder):
        if one.mark not in path.read_bytes()[:200].decode("utf-8", errors="replace"):
            raise CodegenError(
                path, "not made by the generator", "move it away, or choose another folder"
            )


def _stage(one: Replacement, temporaries: contextlib.ExitStack) -> tuple[Path, Path]:
    """Writes the new folder beside the old one; returns its place and one for the old one."""
    one.folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporaries.enter_context(
        tempfile.TemporaryDirectory(dir=one.folder.parent, prefix=f".{one.folder.name}.")
    )
    fresh, stale = Path(temporary, "fresh"), Path(temporary, "stale")
    fresh.mkdir()
    write_files(fresh, one.files)
    if (one.folder / BUILD_FILE).exists():
        shutil.copy2(one.folder / BUILD_FILE, fresh / BUILD_FILE)
    return fresh, stale


def _put_back(folder: Path, fresh: Path, stale: Path) -> None:
    """Undoes whichever of the two renames were done."""
    if not fresh.exists():
        os.rename(folder, fresh)
    if stale.exists():
        os.rename(stale, folder)
