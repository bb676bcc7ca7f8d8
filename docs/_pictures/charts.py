"""Charts of the zoo for light and for dark grounds, as SVG whose letters are outlines."""

import re
from collections.abc import Callable
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from mmchan.drawing import pictures
from mmchan.drawing.palette import series
from mmchan.drawing.widths import save
from mmchan.drawing.zoo import plot_chart
from mmchan.files import replacing
from mmchan.zoo.charts import chart
from mmchan.zoo.records import Row
from mmchan.zoo.rows import rows

# text and axes, ticks, grid, ground
INK = {
    'light': (pictures.INK, pictures.MUTED, pictures.GRID, pictures.GROUND),
    'dark': ('#e6edf3', '#a5b0bb', '#343b44', '#0d1117'),
}
FINE = re.compile(r'(?<!scale\()-?\d+\.\d{3,}')  # of a point, which is 0.35 mm; letters are scaled by 1/64
DARKEST = 16  # of red, green and blue of the dark ground
COLOUR = re.compile(r'#[0-9a-f]{6}\b')
BASELINE, CHOSEN = 'resnet-50', 'regnetx-4.0gf'
LIBRARY, SETTING = 'mmdet', 'mask-rcnn_{}_fpn_1x_coco'  # of the rows that are compared: who trained, and what


SHORT = {'resnet-50': 'r50', 'resnext-101-32x4d': 'x101-32x4d'}  # as mmdet's configs name them
TITLES = {'resnet-50': 'ResNet-50', 'resnext-101-32x4d': 'ResNeXt-101-32x4d'}
# where a name stands beside its point: offset, the sides of it that are there
PLACES = {
    None: ((0, 9), 'center', 'bottom'),
    'resnet-50': ((0, -10), 'center', 'top'),
    'regnetx-3.2gf': ((0, -9), 'center', 'top'),
    'regnetx-6.4gf': ((0, -9), 'center', 'top'),
    'regnetx-8.0gf': ((6, -8), 'left', 'top'),
}


def make_accuracy(out: Path) -> dict[str, object]:
    """Top-1 accuracy on ImageNet against MACs, the drawing of ``mmchan zoo plot``."""
    shown = chart('macs', 'top1')
    in_both(lambda path: plot_chart(shown, path), out, 'accuracy')
    return {'networks': len({point.name for point in shown.points})}


def make_number(out: Path) -> dict[str, object]:
    """Box AP against MACs of one detector with one schedule, trained by one library."""
    compared = comparable()
    base, chosen = (next(row for row in compared if row.variant == name) for name in (BASELINE, CHOSEN))
    in_both(lambda path: draw_number(compared, base, chosen, path), out, 'number')
    return {
        'detector': chosen.detector,
        'source': chosen.source,
        'source_url': chosen.source_url,
        'rows': {row.variant: {**cost_of(row), 'box_ap': box_ap(row)} for row in compared},
        'gain': round(box_ap(chosen) - box_ap(base), 1),
        'macs': round(chosen.macs / base.macs, 3),
    }


def comparable() -> list[Row]:
    """The rows that differ in nothing but the backbone, by MACs."""
    found = [row for row in rows('instance_segmentation') if row.metrics.get('box_ap') is not None]
    same = [row for row in found if LIBRARY in (row.source or '') and is_of_the_setting(row)]
    return sorted(same, key=lambda row: row.macs)


def is_of_the_setting(row: Row) -> bool:
    """Whether a row's config has the detector, the schedule and the data that are compared."""
    backbones = {row.variant, SHORT.get(row.variant)}
    return any(Path(row.config or '').stem == SETTING.format(name) for name in backbones)


def cost_of(row: Row) -> dict[str, float]:
    """MACs in G, parameters and activations in M."""
    return {
        'macs': round(row.macs / 1e9, 1),
        'parameters': round(row.params / 1e6, 1),
        'activations': round(row.activations / 1e6, 1),
    }


def box_ap(row: Row) -> float:
    """The mean average precision of boxes, in %."""
    return row.metrics['box_ap']


def draw_number(compared: list[Row], base: Row, chosen: Row, path: Path) -> None:
    """Points with their names, a line through those of the chosen series, an arrow for what is gained."""
    figure = Figure(figsize=(6.4, 4.1), layout='constrained')
    axes = figure.subplots()
    ours = [row for row in compared if row.series == chosen.series]
    others = [row for row in compared if row.series != chosen.series]
    colour = series()[chosen.series].colours[0]
    axes.plot(
        [row.macs / 1e9 for row in ours], [box_ap(row) for row in ours], 'o-', color=colour, markersize=7
    )
    grey = series()[base.series].colours[0]
    axes.plot(
        [row.macs / 1e9 for row in others], [box_ap(row) for row in others], 's', color=grey, markersize=8
    )
    for row in compared:
        name(axes, row)
    gained(axes, base, chosen, colour)
    axes.set(xlabel='MACs of the detector (G) at 1280x800', ylabel='box AP on COCO (%)')
    axes.margins(x=0.12, y=0.14)
    axes.grid(alpha=0.6)
    axes.spines[['top', 'right']].set_visible(False)
    save(figure, path)


def name(axes, row: Row) -> None:
    """A network's name beside its point."""
    offset, side, height = PLACES.get(row.variant, PLACES[None])
    style = {'textcoords': 'offset points', 'ha': side, 'va': height, 'fontsize': 10}
    axes.annotate(TITLES.get(row.variant, row.variant), (row.macs / 1e9, box_ap(row)), offset, **style)


def gained(axes, base: Row, chosen: Row, colour: str) -> None:
    """The arrow from one network to the other, with the number that this is about."""
    ends = [(row.macs / 1e9, box_ap(row)) for row in (base, chosen)]
    arrow = {
        'arrowstyle': '-|>',
        'color': colour,
        'linewidth': 2.2,
        'shrinkA': 8,
        'shrinkB': 7,
        'mutation_scale': 18,
    }
    axes.annotate('', ends[1], ends[0], arrowprops=arrow)
    middle = tuple(sum(values) / 2 for values in zip(*ends, strict=True))
    style = {'textcoords': 'offset points', 'va': 'center', 'color': colour}
    gain = f'+{box_ap(chosen) - box_ap(base):.1f} box AP'
    axes.annotate(gain, middle, (18, 2), fontsize=20, weight='bold', **style)
    axes.annotate(
        f'with {1 - chosen.macs / base.macs:.0%} fewer MACs', middle, (18, -20), fontsize=12, **style
    )


def in_both(draw: Callable[[Path], None], out: Path, name: str) -> None:
    """Draw for a light and for a dark ground: ``name-light.svg``, ``name-dark.svg``."""
    for theme in INK:
        path = out / f'{name}-{theme}.svg'
        with rc_context(style(theme, name)):
            draw(path)
        text = path.read_text(encoding='utf-8')
        with replacing(path) as unfinished:
            unfinished.write_text(recoloured(text, theme), encoding='utf-8')


def style(theme: str, name: str) -> dict[str, object]:
    """What matplotlib draws with: letters as outlines, no ground, the theme's ink."""
    ink, muted, grid, ground = INK[theme]
    return {
        'font.family': ['Liberation Sans', 'DejaVu Sans'],
        'svg.hashsalt': name,
        'savefig.transparent': True,
        'text.color': ink,
        'axes.labelcolor': ink,
        'axes.edgecolor': muted,
        'axes.facecolor': ground,
        'xtick.color': muted,
        'ytick.color': muted,
        'grid.color': grid,
        'legend.facecolor': ground,
        'legend.edgecolor': grid,
        'axes.axisbelow': True,
    }


def recoloured(text: str, theme: str) -> str:
    """An SVG in the colours of a theme, without what differs from one drawing to the next."""
    text = re.sub(r'\s*<metadata>.*?</metadata>', '', text, flags=re.DOTALL)
    text = FINE.sub(lambda found: f'{float(found[0]):.2f}'.rstrip('0').rstrip('.'), text)
    return text if theme == 'light' else COLOUR.sub(lambda found: on_dark(found[0]), text)


def on_dark(colour: str) -> str:
    """A colour on a dark ground: a series' other one; greys keep their distance from the ground."""
    others = {one.colours[0]: one.colours[1] for one in series().values()}
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    if colour in others or not red == green == blue:
        return others.get(colour, colour)
    return '#' + 3 * f'{DARKEST + (255 - red) * (255 - DARKEST) // 255:02x}'
