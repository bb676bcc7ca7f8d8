"""The most accurate published networks that hold limits: which to measure, which to name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from mmchan.drawing.points import Chart
from mmchan.errors import InputError
from mmchan.zoo.charts import LARGE, chart_of, point_of
from mmchan.zoo.quantities import COSTS, METRICS, Metric
from mmchan.zoo.records import Row
from mmchan.zoo.rows import rows
from mmchan.zoo.tasks import find_task

TASKS_TO_CHOOSE = tuple(metric.task for metric in METRICS.values() if metric.main)


@dataclass(frozen=True)
class Limits:
    """What a network may cost.

    Attributes:
        ms: Latency of a batch, in milliseconds.
        params: Parameters.
        macs: Multiply-accumulates of one image.
    """

    ms: float = inf
    params: float = inf
    macs: float = inf


@dataclass(frozen=True)
class Found:
    """A record of the zoo and its latency here; None where it is of no account."""

    row: Row
    ms: float | None


@dataclass(frozen=True)
class Choice:
    """What was found.

    Attributes:
        holding: The most accurate networks that hold the limits, the first of them first.
        failing: Networks that were too slow.
        skipped: Records that were not measured, as they cannot be fast enough.
        miss: The fastest of those that were too slow, where nothing holds.
    """

    holding: tuple[Found, ...]
    failing: tuple[Found, ...]
    skipped: tuple[Row, ...]
    miss: Found | None = None


def metric_of(task: str) -> Metric:
    """The metric that a task's networks are ordered by.

    Raises:
        InputError: For an unknown task, and for one whose results do not compare.
    """
    key = find_task(task)
    found = next((metric for metric in METRICS.values() if metric.main and metric.task == key), None)
    if found is None:
        raise InputError(f'task must be one of {", ".join(TASKS_TO_CHOOSE)}, got {task!r}')
    return found


def candidates(
    task: str, limits: Limits, *, with_weights: bool = False, root: Path | None = None
) -> list[Row]:
    """Published records within the limits that need no clock, the most accurate one first.

    Args:
        task: Of TASKS_TO_CHOOSE, as :func:`mmchan.zoo.rows` reads it.
        limits: Those of parameters and MACs are applied.
        with_weights: Leave out records without published weights.
        root: The repository. None: where our configs are.

    Raises:
        InputError: For an unknown task; when no record holds the limits, with the nearest one.
    """
    metric = metric_of(task)
    published = [
        row
        for row in rows(task, root, measured=())
        if row.config and row.dataset in LARGE and metric.of(row) and (row.weights or not with_weights)
    ]
    within = [row for row in published if row.params <= limits.params and row.macs <= limits.macs]
    if not within:
        raise InputError(_nothing_within(published, limits))
    return sorted(within, key=lambda row: (-metric.of(row), row.macs))


def _nothing_within(published: Sequence[Row], limits: Limits) -> str:
    """What a message says of the network that exceeds the limits least."""
    nearest = min(published, key=lambda row: max(row.params / limits.params, row.macs / limits.macs))
    numbers = ' and '.join(f'{cost.axis} {cost.of(nearest):{cost.form}}' for cost in _LIMITED)
    return f'no published network holds the limits; the nearest is {title(nearest)} with {numbers}'


_LIMITED = (COSTS['params'], COSTS['macs'])


def title(row: Row) -> str:
    """How people name the network of a record."""
    return ' '.join(filter(None, (row.detector, row.variant)))


def choose(
    ordered: Sequence[Row],
    limit: float,
    *,
    top: int,
    latency_of: Callable[[Row], float],
    least_ms: Callable[[Row], float] = lambda row: 0.0,
) -> Choice:
    """The first networks of a sequence that are fast enough; no more is measured than that needs.

    Args:
        ordered: Records, the most accurate first; of a network the first that is fast enough counts.
        limit: The longest latency, ms.
        top: How many networks are wanted, >= 1.
        latency_of: Measures a record's network, ms.
        least_ms: A time below which no network of a record's cost stays, ms.

    Returns:
        At most ``top`` networks. Where none is fast enough, the fastest of what was measured; where nothing
        was worth measuring, that with the lowest bound, measured.
    """
    holding: list[Found] = []
    failing: list[Found] = []
    skipped: list[Row] = []
    held: set[str] = set()
    failed: set[tuple[str, str | None]] = set()
    for row in ordered:
        if len(holding) == top:
            break
        if title(row) in held or (title(row), row.resolution) in failed:
            continue  # the same network, trained otherwise
        if least_ms(row) > limit:
            skipped.append(row)
            continue
        found = Found(row, latency_of(row))
        if found.ms <= limit:
            holding.append(found)
            held.add(title(row))
        else:
            failing.append(found)
            failed.add((title(row), row.resolution))
    miss = None if holding else _nearest_miss(failing, skipped, latency_of, least_ms)
    return Choice(tuple(holding), tuple(failing), tuple(skipped), miss)


def _nearest_miss(failing: Sequence[Found], skipped: Sequence[Row], latency_of, least_ms) -> Found | None:
    if failing:
        return min(failing, key=lambda found: found.ms)
    row = min(skipped, key=least_ms, default=None)
    return row and Found(row, latency_of(row))


def most_accurate(ordered: Sequence[Row], top: int) -> Choice:
    """The first networks of a sequence, each once, where latency is of no account."""
    first: dict[str, Row] = {}
    for row in ordered:
        first.setdefault(title(row), row)
    return Choice(tuple(Found(row, None) for row in [*first.values()][:top]), (), ())


def picture(points: Sequence[Found], metric: Metric, x_title: str, *, limit: float = inf) -> Chart:
    """Accuracy against latency, or against MACs where latency is of no account.

    Args:
        points: Networks; all of them with a latency, or none.
        metric: Of their accuracy.
        x_title: Title of the axis of cost.
        limit: The largest cost that is allowed.
    """
    costs = [COSTS['macs'].of(found.row) if found.ms is None else found.ms for found in points]
    drawn = [
        point_of(found.row, cost, metric.of(found.row)) for found, cost in zip(points, costs, strict=True)
    ]
    made = chart_of(drawn, x_title, metric.axis)
    return replace(made, x_limit=None if limit == inf else limit)
