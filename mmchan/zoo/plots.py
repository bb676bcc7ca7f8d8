"""Drawings of the zoo; nothing here chooses what is drawn."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from matplotlib.figure import Figure

from mmchan.design.palette import colour_of
from mmchan.design.plots import save
from mmchan.zoo.charts import COSTS, X_AXES, Y_AXES, Point, pareto_front

MARKERS = 'osD^vP*Xph'


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
    for point in front:
        _label(axes, point)
    axes.set(xlabel=X_AXES[x], ylabel=Y_AXES[y], xscale='log' if x in COSTS else 'linear')
    axes.xaxis.set_major_formatter('{x:g}')
    axes.margins(x=0.08, y=0.08)
    axes.grid(alpha=0.3, which='both' if x in COSTS else 'major')
    axes.legend()
    save(figure, path)


def _label(axes, point: Point) -> None:
    axes.annotate(
        point.name, (point.x, point.y), (-5, 5), textcoords='offset points', ha='right', fontsize='x-small'
    )
