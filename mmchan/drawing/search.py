"""What a channel search found, drawn; nothing here computes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmchan.drawing.widths import save

# after the palette of Okabe and Ito
TENTHS = {'best': '#0072b2', 'middle': '#6b7280', 'worst': '#d55e00'}
MARKS = ('o', 's', '^', 'v', 'D', 'P')


@dataclass(frozen=True)
class SearchPicture:
    """What is drawn.

    Attributes:
        errors: Of each network in the order of the search; NaN for one that failed.
        best_so_far: The smallest error up to each.
        tenths: Mean widths per block of 'best', 'middle' and 'worst'.
        conventions: By name the widths per block and the error.
        error_title: What the error is.
    """

    errors: Sequence[float]
    best_so_far: Sequence[float]
    tenths: Mapping[str, Sequence[float]]
    conventions: Mapping[str, tuple[Sequence[int], float]]
    error_title: str


def plot_search(picture: SearchPicture, path: Path) -> None:
    """Draw errors as the search went on, and widths of its tenths beside the conventions.

    Args:
        picture: What to draw.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.

    Raises:
        InputError: For another ending.
    """
    figure = Figure(figsize=(11, 4.5), layout='constrained')
    left, right = figure.subplots(1, 2)
    _draw_errors(left, picture)
    _draw_widths(right, picture)
    save(figure, path)


def _draw_errors(axes: Axes, picture: SearchPicture) -> None:
    order = range(1, len(picture.errors) + 1)
    axes.plot(order, picture.errors, '.', color=TENTHS['middle'], label='network')
    axes.step(order, picture.best_so_far, where='post', color=TENTHS['best'], label='best so far')
    for (name, (_, error)), mark in zip(picture.conventions.items(), MARKS, strict=False):
        axes.plot([len(picture.errors) * 1.03], [error], mark, color='black', markersize=5, label=name)
    axes.set(xlabel='network, in the order of the search', ylabel=picture.error_title)
    axes.grid(alpha=0.3)
    axes.legend(fontsize='small')


def _draw_widths(axes: Axes, picture: SearchPicture) -> None:
    for name, widths in picture.tenths.items():
        blocks = range(1, len(widths) + 1)
        axes.plot(blocks, widths, 'o-', color=TENTHS[name], linewidth=2, label=f'{name} tenth')
    for (name, (widths, _)), mark in zip(picture.conventions.items(), MARKS, strict=False):
        blocks = range(1, len(widths) + 1)
        axes.plot(blocks, widths, mark, linestyle=':', color='black', alpha=0.55, markersize=4, label=name)
    axes.set(xlabel='block', ylabel='width (channels)', ylim=(0, None))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend(fontsize='small')
