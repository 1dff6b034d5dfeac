"""What extracting and rendering may cost: memory, and time of a processor, however busy it is."""

import os
import subprocess
import sys
import unittest
from dataclasses import dataclass

from codegen.abis import find_abi
from tests.codegen.assertions import HISTORY
from tests.codegen.cached import kernel_trees

_MEASURED = """
import resource
{work}
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
_EXTRACT = """
from pathlib import Path
from codegen.abis import find_abis
from codegen.extract import extract
facts = [extract(Path({tree!r}), abi) for abi in find_abis({names!r}, "test")]
assert len(facts) == {count}
"""
_RENDER = """
from pathlib import Path
import codegen.regenerate
from codegen.facts_files import load_history
history = load_history(Path(codegen.regenerate.__file__).parent / "facts")
assert len(codegen.regenerate.generate(history)) > 36
"""


@dataclass(frozen=True)
class Cost:
    """What a process took from its start to its end."""

    seconds: float
    mebibytes: float


def cost_of(work: str) -> Cost:
    """The cost of some Python in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED.format(work=work)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    seconds, kibibytes = done.stdout.split()
    return Cost(float(seconds), int(kibibytes) / 1024)


class BoundsTest(unittest.TestCase):
    """Each bound that is promised."""

    def extraction(self, *architectures: str) -> Cost:
        """The cost of reading the ABIs of architectures, or all, of the newest cached kernel."""
        trees = kernel_trees()
        if not trees:
            self.skipTest("no headers of any kernel")
        kernel, tree = list(trees.items())[-1]
        names = [
            name
            for name in HISTORY.of_kernel(kernel)
            if not architectures or find_abi(name, "test").kernel_arch in architectures
        ]
        return cost_of(_EXTRACT.format(tree=str(tree), names=names, count=len(names)))

    def assert_within(self, cost: Cost, seconds: float, mebibytes: float = 300) -> None:
        """Expects the cost to be less; says what it is, too."""
        print(f"{self.id()}: {cost.seconds:.2f} s, {cost.mebibytes:.0f} MiB")
        self.assertLess(cost.seconds, seconds)
        self.assertLess(cost.mebibytes, mebibytes)

    def test_all_abis_of_a_kernel_take_15_seconds_and_300_mebibytes_at_most(self) -> None:
        self.assert_within(self.extraction(), seconds=15, mebibytes=300)

    def test_x86_and_arm_take_2_seconds_at_most(self) -> None:
        self.assert_within(self.extraction("x86", "arm", "arm64"), seconds=2)

    def test_rendering_takes_less_than_a_second(self) -> None:
        self.assert_within(cost_of(_RENDER), seconds=1)

    def test_what_is_used_is_measured(self) -> None:
        cost = cost_of(
            "import time\nheld = b'1' * (300 << 20)\nwhile time.process_time() < 1: pass"
        )
        self.assertGreater(cost.seconds, 0.9)
        self.assertGreater(cost.mebibytes, 300)


if __name__ == "__main__":
    unittest.main()
