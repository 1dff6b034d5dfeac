"""What the cache of //codegen:fetch has for tests that need it."""

import functools
from collections.abc import Mapping
from pathlib import Path

from codegen import cache
from codegen.pins import load_pins


@functools.cache
def kernel_trees() -> Mapping[str, Path]:
    """The tree of each kernel, by its series; says which are not there, and how to get them."""
    found = {
        pin.name: cache.find(cache.default_cache(), pin)
        for pin in load_pins()
        if pin.kind == "kernel"
    }
    missing = [name for name, tree in found.items() if tree is None]
    if missing:
        print(
            f"SKIPPED: Linux {', '.join(missing)} not in the cache, or not whole: {cache.COMMAND}"
        )
    return {name: tree for name, tree in found.items() if tree}
