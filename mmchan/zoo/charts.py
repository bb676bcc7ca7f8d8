"""Points of accuracy against cost, and the fronts of those that compare. Nothing here draws."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from mmchan.drawing.points import Chart, Front, Point
from mmchan.errors import InputError, require_known
from mmchan.measure.latencies import Measured
from mmchan.zoo.comparing import conditions_of
from mmchan.zoo.quantities import METRICS, X_AXES, Quantity, settings_of
from mmchan.zoo.records import Row
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
    """Results by cost and score, those on the large data sets, as the named sources report them.

    The site's page draws the same: all results as points, the best ones of a network joined with those of
    its series, and a front for all that compare with each other.

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
    return chart_of(points, x_axes[x].axis, METRICS[y].axis)


def chart_of(points: Iterable[Point], x_title: str, y_title: str) -> Chart:
    """A chart of points, with the lines and fronts that follow from them."""
    ordered = sorted(points, key=lambda point: (point.group, point.x, point.y, point.name))
    return Chart(tuple(ordered), lines_of(ordered), fronts_of(ordered), x_title, y_title)


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
    return [] if cost is None or score is None else [point_of(row, cost, score)]


def point_of(row: Row, cost: float, score: float) -> Point:
    """A row as a point of a chart."""
    conditions = conditions_of(row).title
    return Point(row.series, row.detector or '', row.variant, cost, score, conditions, row.baseline)


def lines_of(found: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """What joins the networks of a series: the best point of each, those of one kind of conditions."""
    best: dict[tuple[object, ...], Point] = {}
    for point in found:
        key = point.group, point.conditions, point.name
        if key not in best or point.y > best[key].y:
            best[key] = point
    alike = _by(best.values(), lambda point: (point.group, point.conditions))
    lines = (tuple(sorted(members, key=lambda point: point.x)) for members in alike.values())
    return tuple(line for line in lines if len(line) > 1)


def fronts_of(found: Iterable[Point]) -> tuple[Front, ...]:
    """The front of every kind of conditions, where it has two points or more."""
    alike = _by((point for point in found if not point.hollow), lambda point: point.conditions)
    fronts = (Front(title, tuple(pareto_front(alike[title]))) for title in sorted(alike))
    return tuple(front for front in fronts if len(front.points) > 1)


def _by(found: Iterable[Point], key: Callable[[Point], object]) -> dict[object, list[Point]]:
    groups: dict[object, list[Point]] = {}
    for point in found:
        groups.setdefault(key(point), []).append(point)
    return groups


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
