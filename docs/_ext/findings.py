"""The directive ``findings``: what benchmarks/results has of populations and searches, tabulated and drawn.

Writes the style sheet with the colours of charts, for light and for dark pages.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from docutils import nodes
from site_files import RESULTS, write
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from tables import table
from words import speaker

from mmchan.design.reports.distributions import distribution_of
from mmchan.design.reports.figures import ERROR, stair
from mmchan.drawing.inline import colour_variables, inline_svg
from mmchan.drawing.pictures import Picture, plot_picture

SCIENCE, SEARCH = RESULTS / 'science.json', RESULTS / 'search_digits.json'
WORDY = ('hypotheses', 'tenths', 'networks')  # tables whose cells may take several lines
FIGURE = '<figure class="mm-edf">{svg}<figcaption>{caption}</figcaption></figure>'
LEAST_P = 0.001  # below it a p-value says no more
REPEATED = (
    '{0} networks of RegNetX were trained with {1} seeds each. Standard deviation of the error: {2} points '
    "from seed to seed, {3} from network to network; {4} of the variance of a single training is the seed's."
)
Rows = Iterator[list[str]]
Text = Callable[..., str]


@cache
def science() -> dict:
    """What `make science` found."""
    return json.loads(SCIENCE.read_text(encoding='utf-8'))


@cache
def search() -> dict:
    """What `mmchan search configs/sweeps/rexnet-search_digits.py` found."""
    return json.loads(SEARCH.read_text(encoding='utf-8'))


def hypotheses() -> Rows:
    """Heading and rows: what was said, and what the test says to it."""
    yield ['hypothesis', 'it holds here', 'P(better)', 'would be seen', 'p', 'corrected p', 'who found so']
    for one in science()['hypotheses']:
        numbers = [f'{one[key]:.3f}' for key in ('probability', 'smallest')]
        p_values = [small(one[key]) for key in ('p_value', 'corrected_p_value')]
        yield [one['name'], verdict(one), *numbers, *p_values, one['source']]


def small(p_value: float) -> str:
    """As p-values are written."""
    return f'{p_value:.3f}' if p_value >= LEAST_P else f'<\N{NO-BREAK SPACE}{LEAST_P}'


def verdict(hypothesis: Mapping) -> str:
    """What may be said of a hypothesis on these data."""
    if hypothesis['holds']:
        return 'yes'
    return 'no; rather the opposite' if hypothesis['probability'] < 1 - hypothesis['smallest'] else 'not seen'


def populations() -> Rows:
    """Heading and rows: errors of each population on the test split."""
    yield ['population', 'networks', 'failed', 'M MACs', 'best (%)', 'median (%)', 'mean (%)', 'worst (%)']
    for one in science()['populations'].values():
        low, high = (f'{value / 1e6:.2f}' for value in one['macs'])
        macs = f'{low}\N{EN DASH}{high}'
        errors = [f'{100 * one["errors"][key]:.2f}' for key in ('best', 'median', 'mean', 'worst')]
        yield [one['name'], str(one['networks']), str(one['failed']), macs, *errors]


def tenths() -> Rows:
    """Heading and rows: the best, the middle and the worst tenth of a search, as the paper's table 3."""
    yield ['tenth', 'mean error (%)', 'from', 'to', 'M MACs', 'k parameters', 'mean width of every block']
    for name, one in search()['tenths'].items():
        errors = [f'{100 * one[key]:.2f}' for key in ('mean', 'low', 'high')]
        widths = ', '.join(f'{width:.0f}' for width in one['mean_widths'])
        yield [name, *errors, f'{one["macs"] / 1e6:.2f}', f'{one["parameters"] / 1e3:.1f}', widths]


def networks() -> Rows:
    """Heading and rows: the best networks of a search, then conventional configurations."""
    yield [
        'network',
        'error (%)',
        'searched ones that are better',
        'M MACs',
        'k parameters',
        'width of every block',
    ]
    total = search()['networks']
    best = [(f'best {rank + 1}', rank / total, one) for rank, one in enumerate(search()['best'])]
    compared = [
        (one['name'], one['share_of_searched_that_is_better'], one) for one in search()['conventions']
    ]
    for name, share, one in [*best, *sorted(compared, key=lambda each: each[1])]:
        costs = [f'{one["macs"] / 1e6:.2f}', f'{one["parameters"] / 1e3:.1f}']
        yield [name, f'{100 * one["error"]:.2f}', f'{share:.0%}', *costs, ', '.join(map(str, one['widths']))]


TABLES: Mapping[str, Callable[[], Rows]] = MappingProxyType(
    {'hypotheses': hypotheses, 'populations': populations, 'tenths': tenths, 'networks': networks}
)


def pictures() -> Iterator[Picture]:
    """One of every hypothesis: the EDFs of its two populations."""
    colours = {name: number for number, name in enumerate(science()['populations'])}
    for number, one in enumerate(science()['hypotheses']):
        pair = [one['better'], one['worse']]
        errors = {name: np.array(science()['populations'][name]['errors']['all']) for name in pair}
        low, high = min(map(np.min, errors.values())), max(map(np.max, errors.values()))
        layers = [
            stair(colours[name], science()['populations'][name]['name'], distribution_of(found), high)
            for name, found in errors.items()
        ]
        yield Picture(
            f'hypothesis-{number}',
            one['name'],
            f'test {ERROR}',
            'share of networks',
            layers,
            percent='x',
            y_limits=(0, 1),
            x_limits=(low, high),
        )


def figure(picture: Picture, verdict_of_it: str) -> nodes.Node:
    """The chart in the colours of the page, and its title."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / 'chart.svg'
        plot_picture(picture, path)
        svg = inline_svg(picture, path)
    caption = f'{picture.title}: {verdict_of_it}.'
    return nodes.raw('', FIGURE.format(svg=svg, caption=caption), format='html')


def repeated(text: Text) -> str:
    """How much of the errors is noise, in sentences."""
    one = science()['repeated']
    seeds, others = (f'{100 * one[key]:.2f}' for key in ('seed_deviation', 'network_deviation'))
    return text(REPEATED, one['networks'], one['repeats'], seeds, others, f'{one["seed_share"]:.0%}')


def summary(text: Text) -> str:
    """Which hypotheses hold, in sentences."""
    names = {True: [], False: []}
    for one in science()['hypotheses']:
        names[one['holds']].append(text(one['name']))
    parts = [text('{0} of {1} hypotheses hold here.', len(names[True]), len(science()['hypotheses']))]
    parts += [text('They hold: {0}.', '; '.join(names[True]))] * bool(names[True])
    parts += [text('Not seen: {0}.', '; '.join(names[False]))] * bool(names[False])
    return ' '.join(parts)


SENTENCES: Mapping[str, Callable[[Text], str]] = MappingProxyType({'repeated': repeated, 'summary': summary})


class Findings(SphinxDirective):
    """``{findings} pictures`` draws the hypotheses; anything else is one of TABLES or of SENTENCES."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the table or the pictures."""
        what = self.arguments[0]
        for path in (SCIENCE, SEARCH):
            self.env.note_dependency(str(path))
        if what in TABLES:
            return [table(TABLES[what](), classes=['mm-wrapped'] * (what in WORDY))]
        if what in SENTENCES:
            return [nodes.paragraph(text=SENTENCES[what](speaker(self.config.language)))]
        charts = zip(pictures(), map(verdict, science()['hypotheses']), strict=True)
        return [nodes.container('', *(figure(*one) for one in charts), classes=['mm-figures'])]


def write_colours(app: Sphinx) -> None:
    """Write the style sheet of the charts' colours."""
    light, dark = colour_variables(), colour_variables(dark=True)
    rules = f'.mm-edf {{ {light} }}\nhtml[data-theme="dark"] .mm-edf {{ {dark} }}\n'
    write(Path(app.outdir) / '_static/css/charts.css', rules)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive('findings', Findings)
    app.connect('builder-inited', write_colours)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
