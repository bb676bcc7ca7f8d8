"""Drawings of the zoo; nothing here chooses what is drawn."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator
from matplotlib.transforms import Bbox

from mmchan.drawing.palette import colour_of
from mmchan.drawing.widths import save
from mmchan.zoo.charts import COSTS, X_AXES, Y_AXES, Point, pareto_front

MARKERS = 'osD^vP*Xph'
# where a label may stand: offset from its point, the side of the label that is there
LABEL_PLACES = (((-5, 5), 'right'), ((7, -10), 'left'), ((-5, 15), 'right'), ((7, -20), 'left'))


def plot_points(found: Sequence[Point], path: Path, *, x: str, y: str) -> None:
    """Draw scores against cost, one line per group, and the Pareto front of all.

    Args:
        found: Points sorted by group and cost.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.
        x: Name of the cost, one of X_AXES; MACs, parameters and activations get a logarithmic axis.
        y: Name of the metric, one of Y_AXES.

    Raises:
        InputError: For another ending.
    """
    figure = Figure(figsize=(9, 6), layout='constrained')
    axes = figure.subplots()
    front = pareto_front(found)
    axes.step(
        [point.x for point in front],
        [point.y for point in front],
        where='post',
        color='0.75',
        linewidth=5,
        label='Pareto front',
        zorder=1,
    )
    for number, (group, members) in enumerate(groupby(found, key=lambda point: point.group)):
        members = list(members)
        marker = MARKERS[number % len(MARKERS)]
        xs, ys = [point.x for point in members], [point.y for point in members]
        colour = colour_of(members[0].family)
        axes.plot(xs, ys, marker=marker, markersize=5, linewidth=1.2, color=colour, label=group)
    axes.set(xlabel=X_AXES[x], ylabel=Y_AXES[y], xscale='log' if x in COSTS else 'linear')
    if x in COSTS:
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_minor_formatter('')
    axes.xaxis.set_major_formatter('{x:g}')
    axes.margins(x=0.08, y=0.08)
    axes.grid(alpha=0.3)
    legend = axes.legend()
    figure.draw_without_rendering()  # what the labels must not cover has its place then
    _label(axes, front, [legend.get_window_extent()])
    save(figure, path)


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
