"""What a file or folder is on."""

import errno
import os
import subprocess
from pathlib import Path


def file_system(place: Path) -> str:
    """Its type, as the kernel calls it."""
    command = ["findmnt", "--noheadings", "--output=FSTYPE", "--target", str(place)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()[-1]  # of what is mounted on each other the uppermost


def direct_obstacle(path: Path, folder: Path) -> str | None:
    """Why the file, which is in the folder, cannot be read past the page cache, if it cannot."""
    kind = file_system(folder)
    if kind == "tmpfs":  # since Linux 6.6 it accepts O_DIRECT, and copies from the cache as ever
        return "a tmpfs has no disk to read from"
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_DIRECT))
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return f"this file system ({kind}) does not have it"
    return None
