"""A contact sheet: images as they are stored, and beside each what a pipeline feeds."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mmchan.data.browsing import Sample, View, named
from mmchan.drawing.detected import PALETTE
from mmchan.drawing.panels import shortened, show_image, show_mask
from mmchan.drawing.pictures import INK, MUTED
from mmchan.drawing.widths import save

PANELS = 8  # in a row, as near as whole samples allow
SIDE = 1.75  # inches of a panel
BAND = 0.36  # inches of its title
MASK = 0.45  # opacity
LONGEST = 28  # characters of a title
AT_TOP = 0.08  # share of the height in which labels stand inside of their box
DARK = 0.45  # brightness below which a colour takes white letters


def draw_samples(samples: Sequence[Sample], classes: Sequence[str], out: Path, *, title: str) -> None:
    """Draw samples, several in a row where there is room.

    Args:
        samples: At least one, all with as many views.
        classes: Names of the classes.
        out: The picture to write; its ending (.png, .svg, .pdf) chooses the format.
        title: What stands above them.

    Raises:
        InputError: For another ending.
    """
    views = 1 + len(samples[0].fed)
    across = min(len(samples), max(1, PANELS // views))
    rows = -(-len(samples) // across)
    figure = Figure(figsize=(SIDE * views * across + 0.3, (SIDE + BAND) * rows + 0.4), layout='constrained')
    figure.suptitle(title, fontsize=10, color=INK, x=0.01, ha='left')
    blocks = figure.subfigures(rows, across, squeeze=False, wspace=0.03)
    for block, sample in zip(blocks.flat, samples, strict=False):
        panels = block.subplots(1, views, squeeze=False)[0]
        _draw_view(panels[0], sample.stored, classes, above=sample.name, weight='bold')
        for panel, view in zip(panels[1:], sample.fed, strict=True):
            _draw_view(panel, view, classes, above='fed')
    save(figure, out)


def _draw_view(axes: Axes, view: View, classes: Sequence[str], *, above: str, weight: str = 'normal') -> None:
    height, width = view.pixels.shape[:2]
    show_image(axes, view.pixels)
    if view.boxes is not None:
        _draw_objects(axes, view, classes)
    lines = (f'{above}  {width} x {height}', _content(view, classes))
    title = '\n'.join(shortened(line, LONGEST) for line in lines)
    axes.set_title(title, fontsize=7, color=INK, weight=weight, pad=3)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines[:].set_color(MUTED)
    axes.spines[:].set_linewidth(0.5)


def _content(view: View, classes: Sequence[str]) -> str:
    """What is in an image, in a few words."""
    if view.boxes is None:
        return named(view.labels, classes)
    count = len(view.labels)
    return f'{count} object{"" if count == 1 else "s"}'


def _draw_objects(axes: Axes, view: View, classes: Sequence[str]) -> None:
    masks = [None] * len(view.labels) if view.masks is None else view.masks
    for label, (left, top, right, bottom), mask in zip(view.labels, view.boxes, masks, strict=True):
        colour = PALETTE[label % len(PALETTE)]
        if mask is not None:
            show_mask(axes, mask, colour, opacity=MASK)
        axes.add_patch(
            Rectangle((left, top), right - left, bottom - top, fill=False, color=colour, linewidth=1)
        )
        inside = top < view.pixels.shape[0] * AT_TOP
        _label(axes, (left, top), named([label], classes), colour, va='top' if inside else 'bottom')


def _label(axes: Axes, place: tuple[float, float], name: str, colour: str, *, va: str) -> None:
    red, green, blue = to_rgb(colour)
    ink = 'black' if 0.299 * red + 0.587 * green + 0.114 * blue > DARK else 'white'
    style = {'facecolor': colour, 'edgecolor': 'none', 'pad': 0.8}
    text = axes.text(*place, name, fontsize=6, color=ink, bbox=style, va=va, ha='left')
    text.set_clip_on(True)
