"""The facts of all ABIs and known kernels."""

from collections.abc import Iterable, Mapping, Sequence

from codegen.abis import ABIS
from codegen.errors import CodegenError
from codegen.facts import AbiFacts, series_of, version_key


class History:
    """Facts by kernel series and ABI. Of two of the same, the later counts."""

    def __init__(self, facts: Iterable[AbiFacts] = ()) -> None:
        self._facts: dict[str, dict[str, AbiFacts]] = {}
        for one in facts:
            self._facts.setdefault(one.series, {})[one.abi] = one

    @property
    def kernels(self) -> list[str]:
        """The series of which there are facts, oldest first."""
        return sorted(self._facts, key=version_key)

    def of_kernel(self, kernel: str) -> Mapping[str, AbiFacts]:
        """The facts of one series, by ABI, in the table's order."""
        known = self._facts.get(series_of(kernel), {})
        return {abi.name: known[abi.name] for abi in ABIS if abi.name in known}

    def of_abi(self, abi: str) -> Mapping[str, AbiFacts]:
        """The facts of one ABI, by series, oldest first."""
        return {
            kernel: self._facts[kernel][abi]
            for kernel in self.kernels
            if abi in self._facts[kernel]
        }

    def version(self, kernel: str) -> str:
        """The kernel that was read for a series."""
        return next(iter(self._facts[kernel].values())).kernel

    def newest(self) -> dict[str, AbiFacts]:
        """What the API offers of each ABI: the newest facts of it."""
        known = {abi.name: list(self.of_abi(abi.name).values()) for abi in ABIS}
        return {abi: facts[-1] for abi, facts in known.items() if facts}

    def with_facts(self, fresh: Sequence[AbiFacts]) -> "History":
        """With those of a kernel added, or in the place of what is known of it."""
        for one in fresh:
            for other in self.of_kernel(one.kernel).values():
                stays = all(other.abi != another.abi for another in fresh)
                if stays and other.kernel != one.kernel:
                    raise CodegenError(
                        one.place("kernel"),
                        f"{one.abi} is of Linux {one.kernel}, but {other.abi} of Linux "
                        f"{other.kernel}",
                        "extract all from one tree, or set --facts and --output to other folders",
                    )
        known = [one for kernel in self.kernels for one in self.of_kernel(kernel).values()]
        return History([*known, *fresh])
