"""Drawings of the zoo; nothing here chooses what is drawn. The site's page draws the same."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from mmchan.drawing.labels import label_points
from mmchan.drawing.palette import colour_of, title_of
from mmchan.drawing.points import Chart, Front, Point
from mmchan.drawing.widths import save

MARKERS = 'osD^vP*Xph'  # one per group, in the order of their names; the site has the same
DASHES = ('solid', (0, (3, 1.5)), (0, (1, 1)), (0, (3, 1, 1, 1)))  # one per front


def plot_chart(chart: Chart, path: Path) -> None:
    """Draw scores against cost: all results, a line per series, and the fronts of those that compare.

    Args:
        chart: Points, lines, fronts and the axes.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.

    Raises:
        InputError: For another ending.
    """
    save(draw(chart), path)


def draw(chart: Chart) -> Figure:
    """The drawing of a chart, its layout done."""
    figure = Figure(figsize=(9, 7), layout='constrained')
    axes = figure.subplots()
    for number, front in enumerate(chart.fronts):
        _draw_front(axes, front, DASHES[number % len(DASHES)])
    _draw_networks(axes, chart)
    if chart.x_limit is not None:
        axes.axvline(chart.x_limit, color='0.3', linewidth=1, linestyle='--', label='limit', zorder=1)
    _finish_axes(axes, chart)
    figure.legend(loc='outside lower center', ncols=3, fontsize='small', frameon=False)
    figure.draw_without_rendering()  # what the labels must not cover has its place then
    along_fronts = [point for front in chart.fronts for point in front.points]
    label_points(axes, along_fronts or chart.points, chart)
    return figure


def _draw_front(axes: Axes, front: Front, dashes: object) -> None:
    axes.step(
        *_coordinates(front.points),
        where='post',
        color='0.8',
        linewidth=4,
        linestyle=dashes,
        dash_capstyle='butt',
        label=f'front: {front.title}',
        zorder=1,
    )


def _draw_networks(axes: Axes, chart: Chart) -> None:
    """All points, a mark and a colour for each group, and the lines that join the best of them."""
    for line in chart.lines:
        axes.plot(*_coordinates(line), color=colour_of(line[0].series), linewidth=1.2, zorder=2)
    for number, (group, members) in enumerate(groupby(chart.points, key=lambda point: point.group)):
        points, colour = list(members), colour_of(group[0])
        style = {'marker': MARKERS[number % len(MARKERS)], 'markersize': 5, 'linestyle': 'none', 'zorder': 3}
        faces = 'white' if all(point.hollow for point in points) else colour
        label = label_of(*group)
        axes.plot(*_coordinates(points), color=colour, markerfacecolor=faces, label=label, **style)


def label_of(series: str, detector: str) -> str:
    """What the legend says of a group.

    >>> label_of('rexnet_lite', ''), label_of('rexnet', 'SSDLite')
    ('ReXNet-lite', 'ReXNet, SSDLite')
    """
    return ', '.join(filter(None, (title_of(series), detector)))


def _coordinates(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [point.x for point in points], [point.y for point in points]


def _finish_axes(axes: Axes, chart: Chart) -> None:
    axes.set(xlabel=chart.x_title, ylabel=chart.y_title, xscale='log')
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_formatter('')
    axes.xaxis.set_major_formatter('{x:g}')
    axes.margins(x=0.1, y=0.08)
    axes.grid(alpha=0.3)
