"""What a report of a device consists of, whatever its format: tables of text, and sentences."""

from collections.abc import Iterator, Sequence

from bench.common.goals import goal_table
from bench.common.programs import not_optimised
from bench.common.report import Report
from bench.common.spread import Spread, spread
from bench.common.tables import Row, Table, count_of
from bench.device.engines import BASELINE
from bench.device.goals import goals
from bench.device.results import Cell, Measurement, Results, Value, cpu_per_request, iops
from bench.device.workloads import COLD, Workload

_MIB = 1 << 20
_DETAILS = (
    "",
    "IOPS",
    "MiB/s",
    "p50, µs",
    "p99, µs",
    "p99.9, µs",
    "CPU, µs",
    "io_submit, µs",
    "slept",
    "sleeps",
)


def report_of(results: Results) -> Report:
    """All that there is to print."""
    return Report(
        conditions=list(_conditions(results)),
        left_out=list(_left_out(results)),
        tables=[*tables(results), table_of_goals(results)],
        explanations=[(engine.title, engine.what) for engine in results.engines],
    )


def tables(results: Results) -> Iterator[Table]:
    """Of each workload: what compares the engines at all depths, and what was measured at each."""
    for workload in results.setting.workloads:
        yield from _comparisons(results, workload)
        for depth in results.setting.depths:
            yield Table(
                f"{workload.title}, depth {depth}",
                _DETAILS,
                [_details(results, cell) for cell in results.cells(workload, depth)],
            )


def table_of_goals(results: Results) -> Table:
    """What is to be reached, and what was."""
    return goal_table(goals(results), "medians of ratios within a repetition")


def show_size(size: int) -> str:
    """In the largest unit that it is a multiple of."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} bytes"


def _conditions(results: Results) -> Iterator[str]:
    setting = results.setting
    yield (
        f"Blocks of {show_size(setting.block_size)} of {setting.file}; rounds of "
        f"{setting.seconds:g} s, each in a new process, the engines in random order; "
        f"{count_of(setting.repetitions, 'time')}: medians, and in brackets the least and the most."
    )
    yield "; ".join(f"{name}: {text}" for name, text in setting.machine.items()) + "."
    yield (
        "CPU: of the process, all its threads, per request. io_submit: the time in it per request, "
        "and how many of its calls slept, both measured apart. sleeps: voluntary context switches "
        "per request."
    )
    if any(workload.mode is COLD for workload in setting.workloads):
        yield (
            "Cold: the file is dropped from the page cache before each round, by posix_fadvise(2); "
            "what hypervisors and disks cache is not."
        )
    noise = results.noise(iops)
    noise_of_cpu = results.noise(cpu_per_request)
    if noise and noise_of_cpu:
        yield (
            f"Noise: {BASELINE.title} measured twice (A/A) differs by {_show_noise(noise)} in "
            f"IOPS and {_show_noise(noise_of_cpu)} in CPU time: what differs by less says nothing."
        )
    reservation = not_optimised(setting.machine.get("compiler", ""))
    if reservation:
        yield reservation


def _left_out(results: Results) -> Iterator[str]:
    for what, why in results.setting.left_out.items():
        yield f"{what}: {why}"
    for engine, why in results.not_here.items():
        yield f"{engine.title}: {why}"


def _comparisons(results: Results, workload: Workload) -> Iterator[Table]:
    """Nothing without what is compared with, or if there is nothing else."""
    if BASELINE not in results.engines or len(results.engines) == 1:
        return
    for title, value, show in (
        ("IOPS", iops, _show_count),
        ("CPU time per request (µs)", cpu_per_request, _show_microseconds),
    ):
        rows = [
            Row(
                [
                    BASELINE.title,
                    *(
                        show(results.spread(value, Cell(workload, depth, BASELINE)).median)
                        for depth in results.setting.depths
                    ),
                ]
            )
        ]
        for engine in results.engines:
            if engine is not BASELINE:
                cells = [Cell(workload, depth, engine) for depth in results.setting.depths]
                ratios = [_ratio(results, value, cell) for cell in cells]
                rows.append(Row([engine.title, *ratios], engine.ours))
        heads = ["depth", *(str(depth) for depth in results.setting.depths)]
        yield Table(
            f"{workload.title}: {title} of libaio; the others in multiples of it", heads, rows
        )


def _ratio(results: Results, value: Value, cell: Cell) -> str:
    ratio = results.ratio(value, cell, BASELINE)
    return f"{ratio.median:.2f}" if ratio else "-"


def _details(results: Results, cell: Cell) -> Row:
    rounds = results.measured[cell]

    def median(value: Value) -> float:
        return spread([value(one) for one in rounds]).median

    latencies = [
        f"{median(lambda one, name=name: one.latency[name]) / 1000:,.0f}"  # type: ignore[misc]
        for name in ("p50", "p99", "p99.9")
    ]
    return Row(
        [
            cell.engine.title,
            _show_spread(results.spread(iops, cell)),
            f"{median(iops) * results.setting.block_size / _MIB:,.0f}",
            *latencies,
            _show_microseconds(median(cpu_per_request)),
            *_submission(rounds),
            f"{median(lambda one: one.sleeps_per_request):.2f}",
        ],
        cell.engine.ours,
    )


def _submission(rounds: Sequence[Measurement]) -> Sequence[str]:
    inside = [one.submission_per_request for one in rounds]
    slept = [one.share_of_calls_that_slept for one in rounds]
    known_inside = [one for one in inside if one is not None]
    known_slept = [one for one in slept if one is not None]
    if not known_inside or not known_slept:
        return "-", "-"
    return _show_microseconds(spread(known_inside).median), f"{spread(known_slept).median:.1%}"


def _show_spread(values: Spread) -> str:
    median, least, most = (_show_count(one) for one in (values.median, values.least, values.most))
    return median if least == most else f"{median} [{least}–{most}]"


def _show_noise(noise: Spread) -> str:
    return f"{noise.median:.1%} ({noise.most:.1%} at worst)"


def _show_count(number: float) -> str:
    return f"{number:,.0f}"


def _show_microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.2f}"
