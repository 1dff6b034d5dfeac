"""What the commands have in common: where the sources are, and what a path of the user's means."""

import os
from pathlib import Path

SOURCE = Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", Path(__file__).resolve().parents[1]))
"""The root of the sources: `bazel run` works on a copy."""


def user_path(text: str) -> Path:
    """A path relative to where the user is: `bazel run` changes the working directory."""
    return Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."), text).absolute()
