"""How runs went: a picture of panels, one curve per run in each."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmchan.drawing.points import Curve, Panel
from mmchan.drawing.widths import save

# after the palette of Okabe and Ito, for people with any of the common colour vision deficiencies
COLOURS = ('#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#9a6700', '#6b7280')
DASHES = ('-', '--', ':')  # for more runs than colours
FEW = 40  # points that are marked one by one
COLUMNS = 2


def plot_curves(panels: Sequence[Panel], path: Path, *, title: str = '') -> None:
    """Draw panels, two in a row.

    Args:
        panels: At least one.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.
        title: What stands above them.

    Raises:
        InputError: For another ending.
    """
    columns = min(COLUMNS, len(panels))
    rows = ceil(len(panels) / columns)
    figure = Figure(figsize=(5.4 * columns, 3.1 * rows + 0.5), layout='constrained')
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _draw(axes, panel)
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    figure.suptitle(title, fontsize=11)
    save(figure, path)


def _draw(axes: Axes, panel: Panel) -> None:
    for number, curve in enumerate(panel.curves):
        _draw_curve(axes, curve, number)
    axes.set_title(panel.title, fontsize=10)
    axes.set_xlabel(panel.x_title, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    if len(panel.curves) > 1:
        axes.legend(fontsize=8)


def _draw_curve(axes: Axes, curve: Curve, number: int) -> None:
    colour, dashes = COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)]
    if curve.rough:
        axes.plot(curve.x, curve.rough, color=colour, alpha=0.25, linewidth=0.8)
    marker = 'o' if len(curve.x) <= FEW and not curve.rough else None
    style = {'linestyle': dashes, 'linewidth': 1.5, 'marker': marker, 'markersize': 3}
    axes.plot(curve.x, curve.y, color=colour, label=curve.name, **style)
