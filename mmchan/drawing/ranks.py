"""Ranks of layers and blocks: rows of panels over one legend, on a light and on a dark ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from mmchan.drawing.points import Curve, Panel
from mmchan.drawing.widths import save

MARKERS = ('', 'o', 's', '^', 'D', 'v', 'P', 'X')


@dataclass(frozen=True)
class Theme:
    """A ground, the ink on it, and one colour per curve of a panel; the first is that of a reference."""

    ground: str
    ink: str
    colours: tuple[str, ...]


# after the palette of Okabe and Ito, darkened or lightened to a contrast of 3:1
THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        'light': Theme(
            '#ffffff',
            '#1f2328',
            ('#6b7280', '#d55e00', '#9a6700', '#b84e94', '#2b8cbe', '#1f2328', '#009e73', '#0072b2'),
        ),
        'dark': Theme(
            '#14181e',
            '#ced6dd',
            ('#9ca3af', '#ff8c42', '#e0b040', '#e79ac8', '#8fd0f5', '#f3f4f6', '#3ccf9e', '#4aa3df'),
        ),
    }
)


def plot_ranks(
    rows: Sequence[Sequence[Panel]], path: Path, *, title: str, theme: str = 'light', logarithmic: int = -1
) -> None:
    """Draw rows of panels whose curves have the same names in the same order.

    Args:
        rows: At least one row of at least one panel, all of one length.
        path: File to write; its ending (.png, .svg, .pdf) chooses the format.
        title: What stands above them.
        theme: Of THEMES.
        logarithmic: The row whose axis below is logarithmic; -1 for none.

    Raises:
        InputError: For another ending.
    """
    look = THEMES[theme]
    figure = Figure(figsize=(max(8, 3.6 * len(rows[0])), 3.0 * len(rows) + 0.9), layout='constrained')
    figure.set_facecolor(look.ground)
    grid = figure.subplots(len(rows), len(rows[0]), squeeze=False, sharey='row')
    for number, (row, cells) in enumerate(zip(rows, grid, strict=True)):
        for panel, axes in zip(row, cells, strict=True):
            _draw(axes, panel, look)
            if number == logarithmic:
                axes.set_xscale('log')
                axes.xaxis.set_minor_locator(NullLocator())
    handles, names = grid[0][0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc='outside lower center', ncols=len(names), frameon=False, labelcolor=look.ink
    )
    figure.suptitle(title, fontsize=12, color=look.ink)
    save(figure, path)


def _draw(axes: Axes, panel: Panel, look: Theme) -> None:
    for number, curve in enumerate(panel.curves):
        _draw_curve(axes, curve, number, look)
    axes.set_title(panel.title, fontsize=10, color=look.ink)
    axes.set_xlabel(panel.x_title, fontsize=9, color=look.ink)
    axes.set_facecolor(look.ground)
    axes.tick_params(labelsize=8, colors=look.ink)
    axes.spines[:].set_color(look.ink)
    axes.grid(alpha=0.25, color=look.ink)


def _draw_curve(axes: Axes, curve: Curve, number: int, look: Theme) -> None:
    style = {'linestyle': '--' if number == 0 else '-', 'linewidth': 1.5, 'markersize': 4}
    marker = MARKERS[number % len(MARKERS)] if len(curve.x) < 30 else ''
    colour = look.colours[number % len(look.colours)]
    axes.plot(curve.x, curve.y, color=colour, label=curve.name, marker=marker, **style)
