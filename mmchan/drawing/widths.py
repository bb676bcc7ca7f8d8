"""Drawings; nothing here computes."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from mmchan.channels import NetPlan
from mmchan.drawing.formats import check_format
from mmchan.drawing.palette import colour_of_network
from mmchan.files import replacing

STYLES = ('-', '--', ':', '-.')  # of networks of one series, which share a colour


def plot_widths(plans: Mapping[str, NetPlan], path: Path) -> None:
    """Draw the width of every block against the block's index, one line per network in its series' colour.

    Args:
        plans: Networks by name; the names make the legend.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.

    Raises:
        InputError: For another ending.
    """
    figure = Figure(figsize=(8, 5), layout='constrained')
    axes = figure.subplots()
    seen: Counter[str] = Counter()
    for name, plan in plans.items():
        colour = colour_of_network(name)
        style = STYLES[seen[colour] % len(STYLES)]
        seen[colour] += 1
        blocks = range(len(plan.widths))
        axes.step(blocks, plan.widths, where='mid', color=colour, linestyle=style, label=name)
        axes.plot(blocks, plan.widths, '.', color=colour)
    axes.set(xlabel='block', ylabel='width (channels)', ylim=(0, None))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    figure.legend(loc='outside upper left', ncols=4, fontsize='small', frameon=False)
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
