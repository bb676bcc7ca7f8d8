"""Points of accuracy against cost, and the front of the best among them. Nothing here draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmchan.errors import InputError, require_known
from mmchan.zoo.rows import CLASSIFICATION, DETECTION, SEGMENTATION, rows

COSTS = {'macs': 'MACs (G)', 'params': 'parameters (M)', 'activations': 'activations (M)'}
LATENCIES = {
    'cpu_ms': 'CPU latency (ms, batch 1)',
    'v100_ms': 'V100 latency (ms, batch 64)',
    'm40_ms': 'M40 latency (ms, batch 64)',
}
X_AXES = {**COSTS, **LATENCIES}
_UNITS = {'macs': 1e9, 'params': 1e6, 'activations': 1e6}
Y_AXES = {
    'top1': 'top-1 accuracy (%)',
    'top5': 'top-5 accuracy (%)',
    'box_ap': 'box AP (%)',
    'box_ap50': 'box AP50 (%)',
    'box_ap75': 'box AP75 (%)',
    'mask_ap': 'mask AP (%)',
    'mask_ap50': 'mask AP50 (%)',
    'mask_ap75': 'mask AP75 (%)',
}


@dataclass(frozen=True)
class Point:
    """A network in a chart: its family, its detector (empty for classifiers), its name, cost and score."""

    family: str
    detector: str
    name: str
    x: float
    y: float

    @property
    def group(self) -> str:
        """What a line of the chart joins."""
        return f'{self.family}, {self.detector}' if self.detector else self.family


def points(
    x: str, y: str, *, families: Sequence[str] = (), task: str | None = None, root: Path | None = None
) -> list[Point]:
    """Networks by cost and score, those of the large data sets, as the named sources report them.

    Where several sources report on a network, its best score counts.

    Args:
        x: A cost or latency, one of X_AXES.
        y: A metric, one of Y_AXES.
        families: Families of backbones. Empty: all.
        task: A task of the zoo. None: the one that the metric is for.
        root: The repository. None: where our configs are.

    Raises:
        InputError: For an unknown axis, family or task, and when no row has both values.
    """
    require_known(x, X_AXES, 'x axis')
    require_known(y, Y_AXES, 'y axis')
    chosen = [row for row in rows(task or _task_of(y), root) if row['dataset'] in ('ImageNet-1k', 'COCO')]
    known = sorted({row['family'] for row in chosen})
    for family in families:
        require_known(family, known, 'family')
    found = [
        point for row in chosen if row['family'] in (families or known) for point in _points_of(row, x, y)
    ]
    if not found:
        raise InputError(f'no row of the zoo has both {x} and {y} for {", ".join(families or known)}')
    return sorted(_best(found), key=lambda point: (point.group, point.x, point.y))


def _task_of(metric: str) -> str:
    """The task of a metric's own table."""
    if metric.startswith('mask'):
        return SEGMENTATION
    return DETECTION if metric.startswith('box') else CLASSIFICATION


def _points_of(row: Mapping[str, object], x: str, y: str) -> list[Point]:
    cost = row[x] if x in COSTS else (row['latency'] or {}).get(x)
    score = row['metrics'].get(y)
    if cost is None or score is None:
        return []
    unit = _UNITS.get(x, 1)
    return [Point(row['family'], row['detector'] or '', row['variant'], cost / unit, score)]


def _best(found: Iterable[Point]) -> list[Point]:
    best: dict[tuple[str, str], Point] = {}
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
