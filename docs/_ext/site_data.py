"""Writes what the pages' scripts and styles read: rows of the model zoo, downloads, colours.

Data come as classic scripts that assign a value, because a page from file:// may not fetch JSON.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from html_words import has_words
from site_files import ROOT, write, write_script
from sphinx.application import Sphinx
from words import speaker

from mmchan.channels import list_variants
from mmchan.channels.family import GREY
from mmchan.drawing.palette import series
from mmchan.drawing.zoo import plot_chart
from mmchan.zoo import COSTS, METRICS, TASKS, Row, rows
from mmchan.zoo.charts import chart
from mmchan.zoo.comparing import conditions_of
from mmchan.zoo.quantities import Quantity, settings_of
from mmchan.zoo.tables import table

ARITHMETIC = ('schedules.js', 'families.js', 'cost.js')
DRAWING = ('texts.js', 'variants.js', 'svg.js', 'widths-chart.js')
ONE_NETWORK = (
    'explorer-data.js',
    'explorer-settings.js',
    'explorer-controls.js',
    'address.js',
    'clipboard.js',
    'explorer.js',
)
SAMPLING = ('spaces.js', 'laws.js', 'sampling.js')
SAMPLER = ('fields.js', 'scatter.js', 'distribution.js', 'sampler-results.js', 'sampler.js')
BUDGET = ('labels.js', 'designing.js', 'budget-plot.js', 'budget.js')
EXPLORER = (*DRAWING, *ARITHMETIC, *ONE_NETWORK, *SAMPLING, *SAMPLER, *BUDGET, 'tabs.js')
ZOO_PLOT = ('scatter.js', 'labels.js', 'zoo-fronts.js', 'zoo-plot.js')
ZOO_TABLE = ('zoo-columns.js', 'zoo-filter.js', 'zoo-table.js')
ZOO = (
    'texts.js',
    'zoo-rows.js',
    'quantities.js',
    'svg.js',
    'address.js',
    *ZOO_TABLE,
    *ZOO_PLOT,
    'zoo-state.js',
    'zoo.js',
)
RECOUNTED = ('texts.js', 'recounted-data.js', 'svg.js', 'scatter.js', 'recounted.js')
PHOTO_PARTS = ('photo-input.js', 'photo-network.js', 'photo-bars.js')
PHOTO = ('texts.js', 'svg.js', 'widths-chart.js', *PHOTO_PARTS, 'photo.js')
PAGE_SCRIPTS = MappingProxyType({'explorer': EXPLORER, 'zoo': ZOO, 'recounted': RECOUNTED})
# what a page with such an element needs
BLOCK_SCRIPTS = MappingProxyType({'class="mm-widths"': DRAWING, 'class="mm-photo"': PHOTO})
OPENING_LATENCIES = 2  # columns of latencies that the zoo's table opens with, where there is room
RELATIVE_LINK = re.compile(r'(?<!!)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)\s]+)\)')


def zoo_row(row: Row, static: Path) -> dict[str, object]:
    """A row with what it compares with, and links that work from the site's root, their files copied."""
    links = {'config_url': link_to(row.config, static), 'log_url': link_to(row.log, static)}
    if row.variant in list_variants():
        links['model_url'] = f'models/{row.variant}.html'
    return {**row.as_dict(), 'compares': conditions_of(row).title, **links}


def speak_of(row: Row, text: Callable[..., str]) -> None:
    """Ask for the words of a row, which scripts translate where they show them."""
    evaluated = ' '.join(filter(None, (row.dataset, row.split)))
    compared = conditions_of(row).title
    for words in (row.dataset, evaluated, compared, row.schedule, row.source, row.recipe, row.note):
        if words and has_words(words):
            text(words)


def quantities(found: list[Row], text: Callable[..., str]) -> dict[str, object]:
    """The tables that the zoo's scripts read: quantities of numbers, titles of tasks and series."""
    settings = settings_of(found).values()
    return {
        'tasks': {task.key: text(task.title) for task in TASKS.values()},
        'series': {name: one.title for name, one in series().items()},
        'costs': [{**described(cost, text), 'unit': cost.unit, 'main': cost.main} for cost in COSTS.values()],
        'metrics': [{**described(metric, text), 'main': metric.main} for metric in METRICS.values()],
        'latencies': [
            {**described(setting, text), 'setting': asdict(setting), 'main': place < OPENING_LATENCIES}
            for place, setting in enumerate(settings)
        ],
    }


def described(quantity: Quantity, text: Callable[..., str]) -> dict[str, str]:
    """What all quantities have."""
    words = {name: text(getattr(quantity, name)) for name in ('heading', 'axis')}
    return {'key': quantity.key, 'form': quantity.form, **words}


def link_to(target: str | None, static: Path) -> str | None:
    """A link to an address, or to the site's copy of a file of the repository."""
    if target is None or target.startswith('https://'):
        return target
    copy = static / 'files' / target
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / target, copy)
    return f'_static/files/{target}'


def palette() -> Iterator[str]:
    """The lines of a style sheet that gives an element its series' colour.

    ``data-series`` names the series; ``data-family`` a family whose colour is that of a series of its name.
    """
    yield f':root {{ --mm-other: {GREY[0]}; }}'
    yield f'html[data-theme="dark"] {{ --mm-other: {GREY[1]}; }}'
    yield ':is([data-series], [data-family]) { --mm-colour: var(--mm-other); }'
    for name, one in series().items():
        light, dark = one.colours
        yield f':root {{ --mm-{name}: {light}; }}'
        yield f'html[data-theme="dark"] {{ --mm-{name}: {dark}; }}'
        chosen = f':is([data-series="{name}"], [data-family="{name}"])'
        yield f'{chosen} {{ --mm-colour: var(--mm-{name}); }}'


def write_data(app: Sphinx) -> None:
    """Write the generated scripts, styles, drawings and downloads into the output's static folder."""
    static = Path(app.outdir) / '_static'
    write(static / 'css/palette.css', '\n'.join(palette()))
    text = speaker(app.config.language)
    found = {task: rows(task, ROOT) for task in TASKS}
    for row in chain(*found.values()):
        speak_of(row, text)
    shown = {task: [zoo_row(row, static) for row in found[task]] for task in TASKS}
    write_script(static / 'js/zoo-rows.js', 'zoo', shown)
    write_script(static / 'js/quantities.js', 'quantities', quantities([*chain(*found.values())], text))
    for task in TASKS:
        for form in ('csv', 'json'):
            write(static / 'zoo' / f'{task}.{form}', table(task, form, ROOT) + '\n')
    for metric in METRICS.values():
        if metric.main:  # drawn for where scripts are off
            plot_chart(chart('macs', metric.key, root=ROOT), static / 'zoo' / f'{metric.key}.svg')


def add_scripts(app: Sphinx, pagename: str, template: str, context: dict[str, object], *_: object) -> None:
    """Give a page the scripts that it needs, in order."""
    body = context.get('body', '')
    blocks = [scripts for block, scripts in BLOCK_SCRIPTS.items() if block in body]
    for script in dict.fromkeys(PAGE_SCRIPTS.get(pagename) or chain(*blocks)):
        app.add_js_file(f'js/{script}', loading_method='defer')


def adapt_links(app: Sphinx, path: Path, _: str, content: list[str]) -> None:
    """Turn the relative links of an included README, which start from its folder, to this site."""
    folder, root = (Path(app.srcdir) / path).parent, '../' * app.env.docname.count('/')

    def adapted(match: re.Match) -> str:
        text, link = match.groups()
        target, _, anchor = link.partition('#')
        place = (folder / target).resolve()
        if place.is_relative_to(app.srcdir):
            page = place.relative_to(app.srcdir).as_posix()
            return f'[{text}](/{page}{anchor and "#" + anchor})'
        copy = link_to(place.relative_to(ROOT).as_posix(), Path(app.outdir) / '_static')
        return f'<a href="{root}{copy}">{text}</a>'

    content[0] = RELATIVE_LINK.sub(adapted, content[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect('builder-inited', write_data)
    app.connect('include-read', adapt_links)
    app.connect('html-page-context', add_scripts)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
