"""The one way in which the generator refuses its input."""

from pathlib import Path


class CodegenError(Exception):
    """Something the user has to put right.

    It reads as one line, `where: what: remedy`, because it ends up as the last line of a build log.
    `where` is a file, with a line if there is one.
    """

    def __init__(self, where: str | Path, what: str, remedy: str) -> None:
        super().__init__(" ".join(f"{where}: {what}: {remedy}".split()))


def locate(path: Path, needle: str) -> str:
    """`path:line` of the first line with `needle`, or just `path`, for errors to point at."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if needle in line:
            return f"{path}:{number}"
    return str(path)
