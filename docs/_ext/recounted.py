"""The directive ``recounted``: published parameters and MACs beside our counts, and what its chart reads.

The tables stand in the page, ``recounted.js`` draws the chart and the arithmetic. Where scripts are off,
a picture is shown.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from types import MappingProxyType

from docutils import nodes
from matplotlib.figure import Figure as Drawing
from site_files import ROOT, write_script
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from translated_html import Words, html, link, table
from words import speaker

from mmchan.channels import find_variant
from mmchan.drawing.widths import save
from mmchan.zoo.recounting import (
    COUNTERS,
    KINDS,
    OURS,
    PUBLISHED,
    STATES,
    Figure,
    detector_parts,
    figures,
    operations,
)

UNITS = MappingProxyType({'params': (1e6, 'M'), 'macs': (1e9, 'G')})
CHART = """<div id="recounted" class="mm-recounted" hidden>
<div class="mm-controls" data-part="controls"></div>
<div class="mm-plot-frame" data-part="plot"></div>
<section class="mm-arithmetic" data-part="arithmetic" tabindex="-1" hidden></section>
</div>
<noscript><img src="{root}_static/recounted.svg" alt="Published over counted, for parameters and MACs;
the table below has every figure that differs"></noscript>"""
MARKS = MappingProxyType({'same': '.', 'counter': '^', 'close': 's', 'differs': 'X'})


@cache
def found() -> tuple[Figure, ...]:
    """All figures, once per build."""
    return tuple(figures(ROOT))


def differing() -> Iterator[str]:
    """The figures that our own counter does not give, those far off first."""
    order = list(STATES)
    chosen = [(number, one) for number, one in enumerate(found()) if one.state != 'same']
    chosen.sort(key=lambda pair: (-order.index(pair[1].state), -abs(pair[1].ratio - 1)))
    rows = [
        (
            f'<span data-figure="{number}">{_network(one)}</span>',
            link(one.url, one.source),
            OURS[one.quantity].title,
            escape(one.printed),
            in_units(one.counted, one.quantity),
            f'{one.ratio - 1:+.1%}',
            Words(why(one)),
        )
        for number, one in chosen
    ]
    headings = ('network', 'source', 'of', 'published', 'counted', 'off', 'why')
    yield from table(headings, rows, texts=(1, 2, 6), name='mm-figures-off')


def why(figure: Figure) -> str:
    """What is known of a figure's difference."""
    if figure.by_counter != figure.counted and figure.state in ('counter', 'close'):
        counts = f'The source counts {figure.counter.title}.'
        return counts if figure.state == 'counter' else f'{counts} That gives it within 1 %.'
    return figure.erratum or ('Less than 1 % off.' if figure.state == 'close' else 'Not known.')


def _network(figure: Figure) -> str:
    if figure.size is None:
        return escape(figure.network)
    return link(f'models/{figure.network}.html', figure.network)


def in_units(count: float, quantity: str) -> str:
    """A count as tables print it."""
    unit, letter = UNITS[quantity]
    return f'{count / unit:.4g} {letter}'


def sources() -> Iterator[str]:
    """Every source, how it counts, and how many of its figures are what."""
    rows = []
    for name in dict.fromkeys(one.source for one in found()):
        own = [one for one in found() if one.source == name]
        counters = dict.fromkeys(one.counter.title for one in own)
        numbers = [sum(one.state == state for one in own) for state in STATES]
        rows.append((link(own[0].url, name), '; '.join(counters), *(str(number or '') for number in numbers)))
    headings = ('source', 'counts', *STATES.values())
    yield from table(headings, rows, texts=(1,))


def summary() -> Iterator[str]:
    """How many figures there are of every state."""
    rows = [
        (Words(words), str(sum(one.state == state for one in found()))) for state, words in STATES.items()
    ]
    yield from table(('figures', 'number'), rows, name='mm-draws')


PARTS: Mapping[str, Callable[[], Iterator[str]]] = MappingProxyType(
    {'differing': differing, 'sources': sources, 'summary': summary}
)


class Recounted(SphinxDirective):
    """``{recounted} chart``, ``summary``, ``differing`` or ``sources``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the part."""
        self.env.note_dependency(str(ROOT / PUBLISHED))
        part = self.arguments[0]
        if part == 'chart':
            return [nodes.raw('', CHART.format(root='../' * self.env.docname.count('/')), format='html')]
        return html(self, PARTS[part]())


def records(text: Callable[..., str]) -> dict[str, object]:
    """What the chart reads: figures, the operations of their networks by part, weights of counters, words."""
    networks = {}
    for one in found():
        if one.size is not None:
            networks.setdefault(f'{one.network}@{one.size}', operations(one.network, one.size))
    return {
        'figures': [_record(one) for one in found()],
        'kinds': KINDS,
        'operations': {
            name: {part: [getattr(done, kind) for kind in KINDS] for part, done in parts.items()}
            for name, parts in networks.items()
        },
        'detectors': detector_parts(ROOT),
        'counters': {name: one.weights for name, one in COUNTERS.items()},
        'states': {state: text(words) for state, words in STATES.items()},
        'titles': {quantity: text(one.title) for quantity, one in OURS.items()},
        'units': dict(UNITS),
    }


def _record(figure: Figure) -> dict[str, object]:
    record = {
        name: getattr(figure, name)
        for name in ('source', 'url', 'network', 'quantity', 'printed', 'value', 'counted', 'state', 'size')
    }
    series = find_variant(figure.network).series if figure.size else 'other'
    counter = figure.counter if figure.by_counter != figure.counted else OURS[figure.quantity]
    return {**record, 'series': series, 'counter': counter.name}


def draw(path: Path) -> None:
    """Published over counted, for where scripts are off."""
    drawing = Drawing(figsize=(9, 4.5), layout='constrained')
    for axes, quantity in zip(drawing.subplots(1, 2, sharey=True), UNITS, strict=True):
        for state, mark in MARKS.items():
            chosen = [one for one in found() if one.quantity == quantity and one.state == state]
            counts = [one.counted / UNITS[quantity][0] for one in chosen]
            axes.plot(counts, [one.ratio for one in chosen], mark, label=STATES[state], markersize=6)
        axes.axhline(1, color='0.6', linewidth=1, zorder=0)
        axes.set(xscale='log', xlabel=f'{OURS[quantity].title} counted ({UNITS[quantity][1]})')
        axes.grid(alpha=0.3)
    drawing.axes[0].set_ylabel('published / counted')
    drawing.axes[1].legend()
    save(drawing, path)


def write_data(app: Sphinx) -> None:
    """Write the chart's data and the picture."""
    static = Path(app.outdir) / '_static'
    write_script(static / 'js/recounted-data.js', 'recounted', records(speaker(app.config.language)))
    draw(static / 'recounted.svg')


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive('recounted', Recounted)
    app.connect('builder-inited', write_data)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
