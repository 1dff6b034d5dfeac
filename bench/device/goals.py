"""What linux_aio is to reach on a device, as ratios within one run."""

from collections.abc import Callable, Iterator

from bench.common.goals import Goal
from bench.device.engines import BY_NAME
from bench.device.results import Cell, Results, Value, cpu_per_request, iops
from bench.device.workloads import DIRECT, Workload

_DEEPEST = 128
_USUAL_DEPTH = 32


def goals(results: Results) -> Iterator[Goal]:
    """Those for which there is what they compare, for each pattern with O_DIRECT."""
    for workload in results.setting.workloads:
        if workload.mode is DIRECT:
            yield from _at_every_depth(results, workload)
            yield from _at_usual_depth(results, workload)


def _ratio(
    results: Results, value: Value, workload: Workload, depth: int, names: tuple[str, str]
) -> float | None:
    engine, other = (BY_NAME[name] for name in names)
    found = results.ratio(value, Cell(workload, depth, engine), other)
    return found.median if found else None


def _at_every_depth(results: Results, workload: Workload) -> Iterator[Goal]:
    wanted: list[tuple[str, Value, Callable[..., tuple[float, int]], float, bool]] = [
        ("IOPS", iops, min, 0.95, True),
        ("CPU time per request", cpu_per_request, max, 1.05, False),
    ]
    for what, value, worst_of, limit, at_least in wanted:
        ratios = list(_to_libaio(results, value, workload, "linux_aio"))
        again = list(_to_libaio(results, value, workload, "libaio_again"))
        if ratios:
            ratio, depth = worst_of(ratios)
            noise = f"; libaio again: {worst_of(again)[0]:.2f}" if again else ""
            yield Goal(
                f"{workload.title}: {what}, linux_aio / libaio, depths up to {_DEEPEST} "
                f"(worst at {depth}{noise})",
                ratio,
                limit,
                at_least=at_least,
            )


def _to_libaio(
    results: Results, value: Value, workload: Workload, name: str
) -> Iterator[tuple[float, int]]:
    """With the depth of each."""
    for depth in results.setting.depths:
        ratio = _ratio(results, value, workload, depth, (name, "libaio"))
        if depth <= _DEEPEST and ratio is not None:
            yield ratio, depth


def _at_usual_depth(results: Results, workload: Workload) -> Iterator[Goal]:
    wanted: list[tuple[str, Value, tuple[str, str], float, bool]] = [
        ("IOPS in whole batches", iops, ("linux_aio_batches", "libaio_batches"), 1.1, True),
        ("IOPS", iops, ("linux_aio", "posix_aio"), 4, True),
        ("CPU time per request", cpu_per_request, ("linux_aio", "thread_pool"), 1 / 3, False),
    ]
    for what, value, names, limit, at_least in wanted:
        ratio = _ratio(results, value, workload, _USUAL_DEPTH, names)
        if ratio is not None:
            yield Goal(
                f"{workload.title}: {what}, {' / '.join(names)}, at depth {_USUAL_DEPTH}",
                ratio,
                limit,
                at_least=at_least,
            )
