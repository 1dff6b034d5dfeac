"""What kind of disk a file is on."""

import os
import re
import stat
from pathlib import Path


def describe_disk(path: str) -> str:
    """Of a block device itself, or of the one below a file's file system."""
    found = os.stat(path)
    number = found.st_rdev if stat.S_ISBLK(found.st_mode) else found.st_dev
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    if not device.exists():
        return "of no single block device"
    device = device.resolve()
    for queue in (device / "queue", device.parent / "queue"):  # a partition has that of its disk
        if queue.is_dir():
            return f"{queue.parent.name}, {_describe_queue(queue)}"
    return device.name


def _describe_queue(queue: Path) -> str:
    requests = (queue / "nr_requests").read_text(encoding="utf-8").strip()
    schedulers = (queue / "scheduler").read_text(encoding="utf-8").strip()
    chosen = re.search(r"\[(.*)\]", schedulers)
    return f"room for {requests} requests, scheduler {chosen.group(1) if chosen else schedulers}"
