"""Text to files: a folder is replaced as a whole, or stays as it was."""

import difflib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from codegen.errors import CodegenError

BUILD_FILE = "BUILD.bazel"
"""Written by hand, so it is neither replaced nor compared."""


def replace_folder(folder: Path, files: Mapping[str, str], mark: str) -> None:
    """Makes `folder` hold `files` and nothing else but its BUILD.bazel.

    All is written beside it first and then renamed into its place, so whatever goes wrong leaves a
    whole folder. A file without `mark`, which all files made here have near their beginning, is
    somebody's: then nothing is done.
    """
    try:
        for path in [folder] if folder.is_file() else _files_in(folder):
            if mark not in path.read_bytes()[:200].decode("utf-8", errors="replace"):
                raise CodegenError(
                    path, "not made by the generator", "move it away, or choose another folder"
                )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
            fresh, stale = Path(temporary, "fresh"), Path(temporary, "stale")
            _write(fresh, files)
            if (folder / BUILD_FILE).exists():
                shutil.copy2(folder / BUILD_FILE, fresh / BUILD_FILE)
            _swap(folder, fresh, stale)
    except OSError as error:
        raise CodegenError(
            folder, f"cannot be written ({error})", "nothing was changed; see to the folder"
        ) from error


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


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _swap(folder: Path, fresh: Path, stale: Path) -> None:
    """Puts `fresh` in the place of `folder`; an interruption in between puts the old one back."""
    try:
        if folder.exists():
            os.rename(folder, stale)
        os.rename(fresh, folder)
    except BaseException:
        if stale.exists() and not folder.exists():
            os.rename(stale, folder)
        raise
