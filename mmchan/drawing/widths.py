"""Drawings; nothing here computes."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from mmchan.channels import NetPlan
from mmchan.drawing.formats import check_format
from mmchan.files import replacing


def plot_widths(plans: Mapping[str, NetPlan], path: Path) -> None:
    """Draw the width of every block against the block's index, one line per network.

    Args:
        plans: Networks by name; the names make the legend.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.

    Raises:
        InputError: For another ending.
    """
    figure = Figure(figsize=(8, 5), layout='constrained')
    axes = figure.subplots()
    for name, plan in plans.items():
        axes.step(range(len(plan.widths)), plan.widths, where='mid', label=name)
        axes.plot(range(len(plan.widths)), plan.widths, '.', color=axes.lines[-1].get_color())
    axes.set(xlabel='block', ylabel='width (channels)', ylim=(0, None))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend()
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a figure whole or not at all, in the format of the file's ending.

    Raises:
        InputError: For an ending that is not among FORMATS.
    """
    path = Path(path)
    check_format(path)
    with replacing(path) as unfinished:
        figure.savefig(unfinished, format=path.suffix[1:].lower(), dpi=150)
