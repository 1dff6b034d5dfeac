"""Where //codegen:fetch keeps what it brought, and whether it is there."""

import json
import os
import pwd
from pathlib import Path

from codegen.pins import Pin

COMMAND = "./bazelw run //codegen:fetch"
"""Brings what is not there."""

_LABEL = "pin.json"
_HOLDS = {"kernel": ["headers", "tables of system calls"], "compiler": ["cc1plus"]}


def default_cache() -> Path:
    """The cache: $LINUX_AIO_HEADERS, or a folder in the user's home."""
    return user_cache("headers")


def user_cache(what: str) -> Path:
    """The folder that a variable names, LINUX_AIO_HEADERS say, or one in the user's home.

    Not of $HOME, which Bazel gives its tests another of.
    """
    home = Path(pwd.getpwuid(os.getuid()).pw_dir, ".cache/linux_aio", what)
    return Path(os.environ.get(f"LINUX_AIO_{what.upper()}", home))


def place(cache: Path, pin: Pin) -> Path:
    """The folder of what a pin brings."""
    return cache / pin.name if pin.kind == "kernel" else cache / "compilers" / pin.name


def find(cache: Path, pin: Pin) -> Path | None:
    """The folder, if it is there, whole, and of the package that is pinned now."""
    return place(cache, pin) if read_label(place(cache, pin)) == _right_label(pin) else None


def is_of_an_older_fetch(cache: Path, pin: Pin) -> bool:
    """Whether the folder is of the package that is pinned, but lacks what is kept of it now."""
    return find(cache, pin) is None and read_label(place(cache, pin)).get("sha256") == pin.sha256


def put(cache: Path, pin: Pin, made: Path, temporary: Path) -> None:
    """Puts a folder, made in a temporary one of the cache, in its place."""
    put_labelled(place(cache, pin), _right_label(pin), made, temporary)


def put_labelled(final: Path, label: dict[str, object], made: Path, temporary: Path) -> None:
    """Puts a folder in its place, with a label that says what it is made of."""
    (made / _LABEL).write_text(json.dumps(label, indent=2) + "\n", encoding="utf-8")
    final.parent.mkdir(exist_ok=True)
    if final.exists():  # of another package
        final.rename(temporary / "stale")
    made.rename(final)


def read_label(folder: Path) -> dict[str, object]:
    """What a folder is made of; nothing if it is not there or not whole."""
    try:
        return dict(json.loads((folder / _LABEL).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _right_label(pin: Pin) -> dict[str, object]:
    """What a folder is made of, and what is in it."""
    return {
        "package": pin.package,
        "version": pin.version,
        "sha256": pin.sha256,
        "holds": _HOLDS[pin.kind],
    }
