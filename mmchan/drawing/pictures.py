"""Small charts of one axis each, all of one size: what a report about design spaces is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from mmchan.drawing.curves import COLOURS, DASHES
from mmchan.drawing.widths import save

SIZE = (4.4, 3.1)  # inches: as wide as a phone is, so that no text shrinks there
INK, MUTED, GRID, GROUND = '#1f2328', '#59636e', '#d8dee4', '#ffffff'
STYLE = {
    'font.size': 9,
    'svg.fonttype': 'none',
    'text.color': INK,
    'axes.labelcolor': INK,
    'axes.edgecolor': MUTED,
    'xtick.color': MUTED,
    'ytick.color': MUTED,
    'grid.color': GRID,
    'axes.axisbelow': True,
}
DOTS = 'dots'  # begins the id of a group of points in an SVG; the number of the layer follows


@dataclass(frozen=True)
class Line:
    """A line or a stair, with a band around it.

    Attributes:
        name: In the legend; '' for none.
        series: Number of its colour.
        x: (K,).
        y: (K,).
        low: Lower limit of the band, (K,), or empty.
        high: Upper limit.
        steps: '' for a straight line between points, else where its steps are: 'pre', 'mid' or 'post'.
        dash: Number of its pattern.
        marks: Whether the points themselves are marked.
    """

    name: str
    series: int
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    steps: str = ''
    dash: int = 0
    marks: bool = False


@dataclass(frozen=True)
class Dots:
    """Networks as points.

    Attributes:
        name: In the legend.
        series: Number of their colour.
        x: (K,).
        y: (K,).
        networks: Number of each in its series, (K,), by which a page finds it.
        spread: Half length of a bar around each y, (K,), 0 for none; or empty.
    """

    name: str
    series: int
    x: Sequence[float]
    y: Sequence[float]
    networks: Sequence[int]
    spread: Sequence[float] = ()


@dataclass(frozen=True)
class Span:
    """An interval of x over the whole height, and a line at its middle."""

    series: int
    low: float
    middle: float
    high: float


Layer = Line | Dots | Span


@dataclass(frozen=True)
class Picture:
    """A chart.

    Attributes:
        name: Of its files and of what belongs to it in a page.
        title: What it shows, for people.
        x_title: Title of the axis below.
        y_title: Title of the axis at the left.
        layers: From the ground up.
        x_scale: 'linear', 'log' or 'log2'.
        percent: Which axes are shares to be shown in percent: '', 'x', 'y' or 'xy'.
        whole: Whether x takes whole numbers.
        large: Whether x takes thousands and millions, to be written as k and M.
        y_limits: Of the axis at the left, None where the points tell.
        x_limits: Likewise.
    """

    name: str
    title: str
    x_title: str
    y_title: str
    layers: Sequence[Layer]
    x_scale: str = 'linear'
    percent: str = ''
    whole: bool = False
    large: bool = False
    y_limits: tuple[float | None, float | None] = (None, None)
    x_limits: tuple[float | None, float | None] = (None, None)


def plot_picture(picture: Picture, *paths: Path) -> None:
    """Draw a chart into files.

    Args:
        picture: The chart.
        paths: Their endings (.png, .svg, .pdf) choose the formats.

    Raises:
        InputError: For another ending.
    """
    with rc_context({**STYLE, 'svg.hashsalt': picture.name}):
        figure = Figure(figsize=SIZE, layout='constrained')
        axes = figure.subplots()
        for number, layer in enumerate(picture.layers):
            draw(layer, axes, number)
        _finish(axes, picture)
        _legend(figure, axes)
        figure.draw_without_rendering()
        figure.set_layout_engine('none')  # all is in its place now, for every format
        for path in paths:
            save(figure, path)


@singledispatch
def draw(layer: Layer, axes: Axes, number: int) -> None:
    """Draw a layer, the number-th of its picture."""
    raise NotImplementedError(type(layer))


@draw.register
def _(layer: Line, axes: Axes, number: int) -> None:
    colour = _colour(layer.series)
    style = {'color': colour, 'linewidth': 1.5, 'linestyle': DASHES[layer.dash % len(DASHES)]}
    style |= {'label': layer.name or None, 'marker': 'o' if layer.marks else None, 'markersize': 3}
    if len(layer.low):
        step = layer.steps or None
        axes.fill_between(layer.x, layer.low, layer.high, step=step, color=colour, alpha=0.15, linewidth=0)
    if layer.steps:
        style['drawstyle'] = f'steps-{layer.steps}'
    axes.plot(layer.x, layer.y, **style)


@draw.register
def _(layer: Dots, axes: Axes, number: int) -> None:
    colour = _colour(layer.series)
    if any(layer.spread):
        style = {'ecolor': colour, 'elinewidth': 0.7, 'alpha': 0.5, 'zorder': 1.5}
        axes.errorbar(layer.x, layer.y, yerr=layer.spread, fmt='none', **style)
    style = {'s': 13, 'color': colour, 'alpha': 0.6, 'linewidths': 0, 'gid': f'{DOTS}{number}'}
    axes.scatter(layer.x, layer.y, label=layer.name or None, **style)


@draw.register
def _(layer: Span, axes: Axes, number: int) -> None:
    colour = _colour(layer.series)
    axes.axvspan(layer.low, layer.high, color=colour, alpha=0.12, linewidth=0)
    axes.axvline(layer.middle, color=colour, linewidth=1.2, linestyle='--')


def _colour(series: int) -> str:
    return COLOURS[series % len(COLOURS)]


def _finish(axes: Axes, picture: Picture) -> None:
    axes.set(xlabel=picture.x_title, ylabel=picture.y_title)
    if picture.x_scale != 'linear':
        _logarithmic(axes, base=2 if picture.x_scale == 'log2' else 10)
    elif picture.whole:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axis in picture.percent:
        getattr(axes, f'{axis}axis').set_major_formatter(FuncFormatter(lambda value, _: f'{100 * value:.3g}'))
    if picture.large:
        axes.xaxis.set_major_formatter(EngFormatter(sep=''))
    axes.set_ylim(picture.y_limits)
    axes.set_xlim(picture.x_limits)
    axes.grid()
    axes.spines[['top', 'right']].set_visible(False)


def _logarithmic(axes: Axes, base: int) -> None:
    """Ticks at round values: powers of 2, or 1, 2 and 5 of each power of 10."""
    axes.set_xscale('log', base=base)
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(base=base, subs=(1,) if base == 2 else (1, 2, 5)))
    if high / low < 2:  # too narrow to hold such values
        axes.set_xscale('linear')
    else:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f'{value:g}'))
        axes.xaxis.set_minor_locator(NullLocator())


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        style = {
            'frameon': False,
            'fontsize': 8,
            'handlelength': 1.6,
            'columnspacing': 1.2,
            'markerscale': 1.6,
        }
        columns = 1 if max(map(len, labels)) > 24 else 2 if max(map(len, labels)) > 14 else 3
        figure.legend(handles, labels, loc='outside upper left', ncols=columns, **style)
