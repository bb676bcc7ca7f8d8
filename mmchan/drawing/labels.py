"""Names beside points, where there is room: none is struck through or covers anything."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import hypot

from matplotlib.axes import Axes
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from mmchan.drawing.points import Chart, Point

# where a name may stand: its offset from the point, and the sides of it that are there
PLACES = (
    ((-6, 4), 'right', 'bottom'),
    ((7, -4), 'left', 'top'),
    ((0, 8), 'center', 'bottom'),
    ((8, 0), 'left', 'center'),
    ((0, -8), 'center', 'top'),
    ((-8, 0), 'right', 'center'),
)
MARK = 4  # half the side of a mark, in points
NEARER = 2  # points by which a name is nearer to its mark than to anything else


def label_points(axes: Axes, points: Iterable[Point], chart: Chart) -> None:
    """Write the names of points where nothing else is drawn; those in a crowd stay without one.

    Args:
        axes: A drawing whose layout is done.
        points: What is named, each network once, the first ones first.
        chart: All that is drawn.
    """
    lines = [_polyline(axes, [(point.x, point.y) for point in line]) for line in chart.lines]
    lines += [_polyline(axes, _stair(front.points)) for front in chart.fronts]
    marks = [(_network(point), _mark(axes, point)) for point in chart.points]
    names: dict[object, Bbox] = {}
    for point in points:
        others = [box for network, box in marks if network != _network(point)] + list(names.values())
        own = [box for network, box in marks if network == _network(point)]
        box = None if _network(point) in names else _place(axes, point, lines, own=own, others=others)
        if box is not None:
            names[_network(point)] = box


def _network(point: Point) -> tuple[object, str]:
    """What has its name once, though several sources report on it."""
    return point.group, point.name


def _place(
    axes: Axes, point: Point, lines: Sequence[Path], *, own: Sequence[Bbox], others: Sequence[Bbox]
) -> Bbox | None:
    """Write a name where it fits; its box, or None where it fits nowhere."""
    for offset, side, edge in PLACES:
        style = {'textcoords': 'offset points', 'ha': side, 'va': edge, 'fontsize': 'x-small'}
        label = axes.annotate(point.name, (point.x, point.y), offset, **style)
        box = label.get_window_extent()
        least = _gap(box, _mark(axes, point)) + NEARER * axes.figure.dpi / 72
        inside = all(axes.bbox.contains(*corner) for corner in (box.min, box.max))
        struck = any(line.intersects_bbox(box, filled=False) for line in lines)
        clear = not any(map(box.overlaps, [*own, *others])) and all(_gap(box, one) >= least for one in others)
        if inside and clear and not struck:
            return box
        label.remove()
    return None


def _gap(box: Bbox, other: Bbox) -> float:
    """The distance between two boxes; 0 where they overlap, in pixels."""
    across = max(other.x0 - box.x1, box.x0 - other.x1, 0)
    along = max(other.y0 - box.y1, box.y0 - other.y1, 0)
    return hypot(across, along)


def _stair(points: Sequence[Point]) -> list[tuple[float, float]]:
    """The corners of a front: level up to the next cost, then up."""
    first = [(points[0].x, points[0].y)]
    return first + [corner for a, b in pairwise(points) for corner in ((b.x, a.y), (b.x, b.y))]


def _polyline(axes: Axes, places: Sequence[tuple[float, float]]) -> Path:
    return Path(axes.transData.transform(places))


def _mark(axes: Axes, point: Point) -> Bbox:
    x, y = axes.transData.transform((point.x, point.y))
    half = MARK * axes.figure.dpi / 72
    return Bbox.from_extents(x - half, y - half, x + half, y + half)
