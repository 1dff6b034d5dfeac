"""The gates: what the library may cost. Each holds exact figures against the recorded ones.

check NAME...   measures and compares; a figure that is worse fails, with the old and the new one
record          measures all and rewrites recorded.json, for a commit that says why
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.gates import measure

FOLDER = Path("bench/gates")
RECORDED = FOLDER / "recorded.json"
SHAPES = str(FOLDER / "shapes")

# How many requests a round of each shape has.
BATCHES = {
    "by_hand_1": 1,
    "by_hand_32": 32,
    "owning_1": 1,
    "owning_32": 32,
    "owning_waited_1": 1,
    "owning_waited_32": 32,
    "borrowed_1": 1,
    "borrowed_32": 32,
    "awaiting_1": 1,
    "awaiting_32": 32,
    "run_1": 1,
    "poll_empty": 1,
    "waiting": 1,
}

Figures = dict[str, float]


def _facts() -> dict[str, str]:
    said = subprocess.run([SHAPES, "--facts"], check=True, capture_output=True, encoding="utf-8")
    return dict(line.split(": ", 1) for line in said.stdout.splitlines())


def shape(name: str, batch: int) -> Figures:
    """What a request of one shape costs."""
    cost = measure.cost(SHAPES, name, batch)
    return {
        "instructions per request": round(cost.instructions, 1),
        "system calls per request": cost.system_calls,
        "heap allocations per request": cost.allocations,
    }


def _sizes() -> Figures:
    safe, raw = (
        (FOLDER / f"smallest_{layer}.stripped").stat().st_size for layer in ("safe", "raw")
    )
    return {
        "bytes of a slot": int(_facts()["slot"]),
        "static program, in sizes of the same on //:raw": round(safe / raw, 3),
    }


# How long the compiler takes follows what it reads; to count its instructions takes a minute.
def _compiling() -> Figures:
    safe, raw = (
        measure.lines(header, ["include", "generated"])
        for header in ("linux_aio/linux_aio.hpp", "linux_aio/raw.hpp")
    )
    return {"lines read for the umbrella header, in those for //:raw": round(safe / raw, 2)}


GATES: dict[str, Callable[[], Figures]] = {
    **{name: partial(shape, name, batch) for name, batch in BATCHES.items()},
    "sizes": _sizes,
    "compiling": _compiling,
}


def worse(old: Figures, new: Figures) -> Iterator[str]:
    """What is worse by more than 0.5 %, which an update of the C library may be."""
    for name, figure in new.items():
        if name not in old:
            yield f"{name}: {figure}, and none is recorded"
        elif figure > old[name] * 1.005:
            yield f"{name}: was {old[name]}, is {figure}"


def recorded() -> dict[str, Figures]:
    """The figures of each gate, as they were recorded."""
    gates: dict[str, Figures] = json.loads(RECORDED.read_text(encoding="utf-8"))["gates"]
    return gates


def _built_with() -> str:
    return f"{_facts()['compiler']} on {platform.machine()}"


def other_build() -> str | None:
    """Why the recorded figures say nothing here, if so: they are those of one compiler."""
    theirs = json.loads(RECORDED.read_text(encoding="utf-8"))["built_with"]
    ours = _built_with()
    return None if ours == theirs else f"the figures are recorded for {theirs}; this is {ours}"


def check(name: str) -> bool:
    """Measures, and says what is worse than recorded; whether nothing is."""
    new = GATES[name]()
    print(f"{name}: {json.dumps(new)}")
    problems = list(worse(recorded().get(name, {}), new))
    for problem in problems:
        print(f"FAILED: {name}: {problem}")
    if problems:
        print("If that is worth it: ./bazelw run -c opt //bench/gates:record")
    return not problems


def _record() -> None:
    figures = {}
    for name, gate in GATES.items():
        figures[name] = gate()
        print(f"{name}: {json.dumps(figures[name])}", flush=True)
    text = json.dumps({"built_with": _built_with(), "gates": figures}, indent=2) + "\n"
    target = Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", ".")) / RECORDED
    target.write_text(text, encoding="utf-8")
    print(f"wrote {target}")


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["check", "record"])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(GATES)}")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in GATES:
            parser.error(f"no gate is called {name}; there are {', '.join(GATES)}")
    if arguments.command == "record":
        if (reason := measure.missing()) is not None:
            print(reason, file=sys.stderr)
            return 1
        _record()
        return 0
    if (reason := measure.missing() or other_build()) is not None:
        print(f"SKIPPED: {reason}")
        return 0
    failed = [name for name in arguments.names or GATES if not check(name)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
