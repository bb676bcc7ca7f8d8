"""Points of accuracy against cost, and the front of the best among them. Nothing here draws."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mmchan.drawing.points import Chart, Point
from mmchan.errors import InputError, require_known
from mmchan.measure.latencies import Measured
from mmchan.zoo.quantities import METRICS, X_AXES, Quantity, settings_of
from mmchan.zoo.records import PUBLISHED, Row
from mmchan.zoo.rows import rows

# the data sets whose results are drawn
LARGE = ('ImageNet-1k', 'COCO')


def chart(
    x: str,
    y: str,
    *,
    families: Sequence[str] = (),
    task: str | None = None,
    root: Path | None = None,
    measured: Sequence[Measured] | None = None,
) -> Chart:
    """Networks by cost and score, those of the large data sets, as the named sources report them.

    Where several sources report on a network, its best score counts.

    Args:
        x: A cost, one of COSTS, or a latency, such as cpu_ms, v100_ms, m40_ms.
        y: A metric, one of METRICS.
        families: Families or series of backbones, with hyphens or underscores. Empty: all.
        task: A task of the zoo. None: the one that the metric is for.
        root: The repository. None: where our configs are.
        measured: Latencies beside those that the metafiles state. None: those that the repository keeps.

    Raises:
        InputError: For an unknown axis, family or task, and when no row has both values.
    """
    require_known(y, METRICS, 'y axis')
    found = rows(task or METRICS[y].task, root, measured=measured)
    chosen = [row for row in found if row.dataset in LARGE]
    x_axes = {**X_AXES, **settings_of(chosen)}
    require_known(x, x_axes, 'x axis')
    series = _series_named(families, chosen)
    within = [row for row in chosen if row.series in series]
    points = [point for row in within for point in _points_of(row, x_axes[x], METRICS[y])]
    if not points:
        raise InputError(f'no row of the zoo has both {x} and {y} for {", ".join(sorted(series))}')
    scale = 'linear' if x in PUBLISHED.values() else 'log'
    return chart_of(points, x_axes[x].axis, METRICS[y].axis, x_scale=scale)


def chart_of(points: Iterable[Point], x_title: str, y_title: str, *, x_scale: str) -> Chart:
    """A chart of points, of which the best of every network counts."""
    best = sorted(_best(points), key=lambda point: (point.group, point.x, point.y))
    return Chart(tuple(best), tuple(pareto_front(best)), x_title, y_title, x_scale)


def _series_named(names: Sequence[str], chosen: Iterable[Row]) -> set[str]:
    """The series that rows have and that any of the names means; all of them without names."""
    meant = _series_by_name(chosen)
    keys = [name.lower().replace('-', '_') for name in names]
    for name, key in zip(names, keys, strict=True):
        if key not in meant:
            require_known(name, meant, 'family')
    return set().union(*(meant[key] for key in keys or meant))


def _series_by_name(chosen: Iterable[Row]) -> Mapping[str, set[str]]:
    """Name of a series or of a family -> the series that it means."""
    meant: dict[str, set[str]] = {}
    for row in chosen:
        for name in (row.series, row.family):
            meant.setdefault(name, set()).add(row.series)
    return meant


def _points_of(row: Row, x: Quantity, y: Quantity) -> list[Point]:
    cost, score = x.of(row), y.of(row)
    if cost is None or score is None:
        return []
    return [Point(row.series, row.detector or '', row.variant, cost, score)]


def _best(found: Iterable[Point]) -> list[Point]:
    best: dict[tuple[object, str], Point] = {}
    for point in found:
        key = point.group, point.name
        if key not in best or point.y > best[key].y:
            best[key] = point
    return list(best.values())


def pareto_front(found: Iterable[Point]) -> list[Point]:
    """The points that no other one beats in cost and score, by growing cost.

    >>> networks = {'a': (1, 70), 'b': (2, 69), 'c': (3, 71)}
    >>> [point.name for point in pareto_front(Point('', '', name, *at) for name, at in networks.items())]
    ['a', 'c']
    """
    front: list[Point] = []
    for point in sorted(found, key=lambda point: (point.x, -point.y)):
        if not front or point.y > front[-1].y:
            front.append(point)
    return front
