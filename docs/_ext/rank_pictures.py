"""The directive ``ranks``: what benchmarks/results/rank*.json hold, as pictures and tables.

The pictures are those of ``mmchan rank``, in the theme's ground.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from docutils import nodes
from site_files import RESULTS
from sphinx.util.docutils import SphinxDirective
from tables import table

from mmchan.cli.rank_tables import analysis_panels, profile_panels
from mmchan.design import ranks
from mmchan.drawing.points import Panel
from mmchan.drawing.ranks import THEMES, plot_ranks

ANALYSIS, PROFILE = RESULTS / 'ranks.json', RESULTS / 'rank_profile.json'
FIGURE = (
    '<a class="only-{theme}" href="{root}_static/ranks/{file}">'
    '<img class="only-{theme}" src="{root}_static/ranks/{file}" alt="{title}"></a>'
)


@cache
def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding='utf-8'))


def analysis() -> tuple[list[list[Panel]], str, int]:
    """Panels, title and the row whose axis is logarithmic."""
    found = ranks.Analysis.from_dict(_read(ANALYSIS)['analysis'])
    return analysis_panels(found), f'Rank of random networks, mean of {found.settings.networks} per point', 2


def profile() -> tuple[list[list[Panel]], str, int]:
    """Panels and title of the trained network's profile."""
    content = _read(PROFILE)
    profiles = {
        which: [ranks.PartProfile(**part) for part in content[which]] for which in ('trained', 'random')
    }
    title = f'{content["network"]}: rank of its blocks on {len(content["images"])} images'
    return profile_panels(profiles), title, -1


PICTURES: Mapping[str, Callable[[], tuple]] = MappingProxyType({'analysis': analysis, 'profile': profile})


def points() -> Iterator[list[str]]:
    """Heading and rows: our values where the published figure was read, and their differences from it."""
    rows = _read(ANALYSIS)['points']
    names = [name for name in ranks.NONLINEARITIES if any(row['nonlinearity'] == name for row in rows)]
    yield ['layer', 'ratio', *map(ranks.NONLINEARITIES.get, names)]
    for (kind, ratio), group in groupby(rows, key=itemgetter('kind', 'ratio')):
        found = {row['nonlinearity']: f'{row["ours"]:.3f} ({row["difference"]:+.3f})' for row in group}
        yield [kind, f'{ratio:g}', *(found.get(name, '') for name in names)]


def choices() -> Iterator[list[str]]:
    """Heading and rows: root mean square differences with other choices, and orders that do not hold then."""
    yield ['choice', *ranks.KINDS, 'all', 'orders broken']
    for name, choice in _read(ANALYSIS)['choices'].items():
        yield [name, *(f'{value:.3f}' for value in choice['rms'].values()), str(len(choice['broken']))]


TABLES: Mapping[str, Callable[[], Iterator[list[str]]]] = MappingProxyType(
    {'points': points, 'choices': choices}
)


class Ranks(SphinxDirective):
    """``{ranks} analysis`` and ``profile`` draw, ``points`` and ``choices`` tabulate."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the pictures or make the table."""
        what = self.arguments[0]
        for source in (ANALYSIS, PROFILE):
            self.env.note_dependency(str(source))
        return [table(TABLES[what](), classes=['mm-wrapped'])] if what in TABLES else [*self._pictures(what)]

    def _pictures(self, what: str) -> Iterator[nodes.Node]:
        rows, title, logarithmic = PICTURES[what]()
        root = '../' * self.env.docname.count('/')
        for theme in THEMES:
            file = f'{what}-{theme}.svg'
            path = Path(self.env.app.outdir) / '_static/ranks' / file
            plot_ranks(rows, path, title=title, theme=theme, logarithmic=logarithmic)
            yield nodes.raw('', FIGURE.format(theme=theme, root=root, file=file, title=title), format='html')


def setup(app):
    """Register the directive."""
    app.add_directive('ranks', Ranks)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
