"""Curves on a terminal, in braille dots, which show as they are in a pipe too."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import isfinite
from operator import itemgetter

from plotille import Canvas
from rich.table import Table
from rich.text import Text

from mmchan.drawing.points import Curve, Panel

# of a terminal's own palette, so that they fit a light and a dark ground
STYLES = ('cyan', 'magenta', 'green', 'yellow', 'blue', 'red')
BLANK = 0x2800  # the braille character without a dot
LABEL = 9  # columns of the numbers beside a plot

Limits = tuple[float, float, float, float]


def style_of(number: int) -> str:
    """The style of a run's curves and of its name."""
    return STYLES[number % len(STYLES)]


def plot_panel(panel: Panel, names: Sequence[str], *, width: int, height: int) -> Table:
    """A panel with its title, the limits of its axes and its curves.

    Args:
        panel: What to draw; values that are not finite are left out.
        names: All names of curves; the place of a name gives the curve's style, in every panel the same.
        width: Columns in all.
        height: Rows of the plot itself; title and axis take two more.
    """
    limits = _limits(panel.curves)
    left, right, low, high = limits
    inner = max(1, width - LABEL - 1)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=LABEL, justify='right', style='dim')
    grid.add_column(width=inner)
    grid.add_row('', Text(panel.title, style='bold', no_wrap=True, overflow='ellipsis'))
    labels = [number(high), *[''] * (height - 2), number(low)][:height]
    styles = [style_of(names.index(curve.name)) for curve in panel.curves]
    for label, line in zip(labels, _lines(panel.curves, styles, limits, inner, height), strict=True):
        grid.add_row(label, line)
    start, end = f'{left:g}', f'{panel.x_title} {right:g}'
    grid.add_row('', Text(start + end.rjust(inner - len(start)), style='dim', no_wrap=True))
    return grid


def plot_values(values: Sequence[float], *, width: int, height: int, style: str = STYLES[0]) -> Text:
    """A bare curve of evenly spaced values, of so many rows and columns."""
    curve = Curve('', tuple(range(len(values))), tuple(values))
    return Text('\n').join(_lines([curve], [style], _limits([curve]), width, height))


def number(value: float) -> str:
    """Four digits, whatever the size.

    >>> number(0.123456), number(97.5), number(4.7e-5), number(31250)
    ('0.1235', '97.5', '4.7e-05', '3.12e+04')
    """
    return f'{value:.4g}' if 1e-3 <= abs(value) < 1e4 or value == 0 else f'{value:.3g}'


def _finite(curve: Curve) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if isfinite(y)]


def _limits(curves: Sequence[Curve]) -> Limits:
    """Left, right, low, high of all points, never without extent."""
    points = [point for curve in curves for point in _finite(curve)] or [(0.0, 0.0)]
    xs, ys = zip(*points, strict=True)
    return *_apart(min(xs), max(xs)), *_apart(min(ys), max(ys))


def _apart(low: float, high: float) -> tuple[float, float]:
    return (low, high) if low < high else (low, low + (abs(low) or 1.0))


def _widened(low: float, high: float, *, dots: int) -> float:
    return high + (high - low) / (dots - 1)


def _lines(
    curves: Sequence[Curve], styles: Sequence[str], limits: Limits, width: int, height: int
) -> list[Text]:
    """The rows of a plot; where curves cross, the dots of all in the colour of the last."""
    rows = [[(BLANK, '')] * width for _ in range(height)]
    for curve, style in zip(curves, styles, strict=True):
        for row, line in zip(rows, _dots(curve, limits, width, height), strict=True):
            for column, dots in enumerate(line):
                if dots != BLANK:
                    row[column] = (row[column][0] | dots, style)
    return [_text(row) for row in rows]


def _text(row: Sequence[tuple[int, str]]) -> Text:
    runs = [(style, list(cells)) for style, cells in groupby(row, key=itemgetter(1))]
    return Text.assemble(
        *((''.join(chr(dots) for dots, _ in cells), style) for style, cells in runs), no_wrap=True
    )


def _dots(curve: Curve, limits: Limits, width: int, height: int) -> list[list[int]]:
    left, right, low, high = limits
    points = _finite(curve)
    # a canvas leaves out what lies on its right and upper edge
    right, high = _widened(left, right, dots=2 * width), _widened(low, high, dots=4 * height)
    canvas = Canvas(width, height, xmin=left, xmax=right, ymin=low, ymax=high)
    for (x0, y0), (x1, y1) in pairwise([points[0], *points] if points else []):
        canvas.line(x0, y0, x1, y1)
    return [[ord(character) for character in line] for line in canvas.plot(linesep='\n').split('\n')]
