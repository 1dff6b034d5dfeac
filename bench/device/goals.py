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
        ratios = [
            (ratio, depth)
            for depth in results.setting.depths
            if depth <= _DEEPEST
            and (ratio := _ratio(results, value, workload, depth, ("linux_aio", "libaio")))
        ]
        if ratios:
            ratio, depth = worst_of(ratios)
            yield Goal(
                f"{workload.title}: {what}, linux_aio / libaio, depths up to {_DEEPEST} "
                f"(worst at {depth})",
                ratio,
                limit,
                at_least=at_least,
            )


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
