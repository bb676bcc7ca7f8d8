"""Drawings of the zoo; nothing here chooses what is drawn."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator
from matplotlib.transforms import Bbox

from mmchan.drawing.palette import colour_of, title_of
from mmchan.drawing.points import Chart, Point
from mmchan.drawing.widths import save

MARKERS = 'osD^vP*Xph'
# where a label may stand: offset from its point, the side of the label that is there
LABEL_PLACES = (((-5, 5), 'right'), ((7, -10), 'left'), ((-5, 15), 'right'), ((7, -20), 'left'))


def plot_chart(chart: Chart, path: Path) -> None:
    """Draw scores against cost, one line per group, and the Pareto front of all.

    Args:
        chart: Points, their front and the axes.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.

    Raises:
        InputError: For another ending.
    """
    figure = Figure(figsize=(9, 6), layout='constrained')
    axes = figure.subplots()
    style = {'where': 'post', 'color': '0.75', 'linewidth': 5, 'zorder': 1}
    axes.step(*_coordinates(chart.front), label='Pareto front', **style)
    for number, (group, members) in enumerate(groupby(chart.points, key=lambda point: point.group)):
        style = {'marker': MARKERS[number % len(MARKERS)], 'markersize': 5, 'linewidth': 1.2}
        axes.plot(*_coordinates(list(members)), color=colour_of(group[0]), label=label_of(*group), **style)
    if chart.x_limit is not None:
        axes.axvline(chart.x_limit, color='0.3', linewidth=1, linestyle='--', label='limit', zorder=1)
    _finish_axes(axes, chart)
    legend = axes.legend()
    figure.draw_without_rendering()  # what the labels must not cover has its place then
    _label(axes, chart.front, [legend.get_window_extent()])
    save(figure, path)


def label_of(series: str, detector: str) -> str:
    """What the legend says of a group.

    >>> label_of('rexnet_lite', ''), label_of('rexnet', 'SSDLite')
    ('ReXNet-lite', 'ReXNet, SSDLite')
    """
    return ', '.join(filter(None, (title_of(series), detector)))


def _coordinates(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [point.x for point in points], [point.y for point in points]


def _finish_axes(axes: Axes, chart: Chart) -> None:
    axes.set(xlabel=chart.x_title, ylabel=chart.y_title, xscale=chart.x_scale)
    if chart.x_scale == 'log':
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_minor_formatter('')
    axes.xaxis.set_major_formatter('{x:g}')
    axes.margins(x=0.08, y=0.08)
    axes.grid(alpha=0.3)


def _label(axes: Axes, front: Sequence[Point], taken: list[Bbox]) -> None:
    """Name points where there is room; those in a crowd stay without a name."""
    for point in front:
        for offset, side in LABEL_PLACES:
            style = {'textcoords': 'offset points', 'ha': side, 'fontsize': 'x-small'}
            label = axes.annotate(point.name, (point.x, point.y), offset, **style)
            box = label.get_window_extent()
            if axes.bbox.fully_containsx(box.x0) and not any(map(box.overlaps, taken)):
                taken.append(box)
                break
            label.remove()
