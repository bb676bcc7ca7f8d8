"""The directive ``model``: what a model's page shows of its plan, its record and its rows of the zoo."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import groupby, pairwise
from pathlib import Path
from types import MappingProxyType

from docutils import nodes
from family_pages import address_of
from model_layers import every_layer, stages
from model_pages import IMAGENET, best, cost_of, latencies_of, rows_of
from site_data import link_to
from site_files import ROOT
from sphinx.util.docutils import SphinxDirective
from translated_html import Words, facts, html, link, table

from mmchan.channels import PublishedWeights, find_family, find_variant, get_plan, preprocessing_of
from mmchan.channels.family import named_hash
from mmchan.drawing.palette import title_of
from mmchan.weights.catalogue import published
from mmchan.weights.licences import licence_of
from mmchan.zoo import METRICS, Metric, Row
from mmchan.zoo.latencies import KEPT
from mmchan.zoo.metafiles import metafiles


class Page:
    """What a part is made from: the variant, its plan and rows, and where the site's files are."""

    def __init__(self, name: str, *, root: str, static: Path) -> None:
        self.variant = find_variant(name)
        self.plan = get_plan(name)
        self.family = find_family(self.variant.family)
        self.rows = rows_of(name)
        self.root, self.static = root, static

    @property
    def name(self) -> str:
        """The variant's name."""
        return self.variant.name


def named_facts(page: Page) -> Iterator[str]:
    """What a reader asks first."""
    size, cost = cost_of(page.name)
    plan, top = page.plan, best(page.rows)
    paper, address = page.family.paper, address_of(page.family.paper)
    state = escape(f'one-network?family={page.family.name}&start={page.name}')
    family = link(f'{page.root}families/{page.family.name}.html', page.family.title)
    yield from facts([
        ('Parameters', f'{cost.parameters / 1e6:.2f} M'),
        ('MACs', f'{cost.macs / 1e9:#.4g} G <small>{size}x{size}</small>'),
        ('Activations', f'{cost.activations / 1e6:#.4g} M'),
        ('Top-1, best reported', f'{top.metrics["top1"]:.2f} %' if top else '-'),
        ('Family', family),
        ('Series', escape(title_of(page.variant.series))),
        ('Paper', link(address, paper) if address else escape(paper)),
        ('Numbers from', escape(page.variant.source)),
        ('Blocks per stage', '-'.join(map(str, plan.stage_depths))),
        ('Stage widths', '-'.join(map(str, plan.stage_widths))),
        ('Smaller, larger', ', '.join(neighbours(page))),
        ('Explorer', f'<a href="{page.root}explorer.html#{state}">', Words('Change its numbers'), '</a>'),
        ('Arguments', f'<code>{escape(arguments(page.variant.arguments))}</code>'),
    ])  # fmt: skip


def arguments(given: Mapping[str, object]) -> str:
    """Arguments as a call has them."""
    return ', '.join(f'{name}={value!r}' for name, value in given.items()) or '-'


def neighbours(page: Page) -> Iterator[str]:
    """Links to the next variants of the series by MACs, those without results left out where it has any."""
    series = [one.name for one in page.family.variants if one.series == page.variant.series]
    series = [name for name in series if bool(rows_of(name)) >= bool(page.rows)]
    series.sort(key=lambda name: cost_of(name)[1].macs)
    pairs = [*pairwise(series)]
    found = [a for a, b in pairs if b == page.name] + [b for a, b in pairs if a == page.name]
    yield from (link(f'{name}.html', name) for name in found)


# the metrics of a column: AP, behind it those at 50 and 75 % overlap
RESULTS: Mapping[str, list[Metric]] = MappingProxyType(
    {
        key: [one for name, one in METRICS.items() if name == key or re.fullmatch(rf'{key}\d+', name)]
        for key in ('top1', 'top5', 'box_ap', 'mask_ap')
    }
)


def results(page: Page) -> Iterator[str]:
    """A table per task: one row per source."""
    for detector, of_task in groupby(page.rows, key=lambda row: row.detector is not None):
        yield from _results(page, list(of_task), 'detector' if detector else 'data set')


def _results(page: Page, found: list[Row], first: str) -> Iterator[str]:
    groups = [metrics for metrics in RESULTS.values() if any(metrics[0].of(row) is not None for row in found)]
    headings = [first, 'image', *map(_heading, groups), 'source', 'config']
    rows = [
        (
            escape(row.detector or row.dataset),
            escape(row.resolution or ''),
            *(_metrics(metrics, row) for metrics in groups),
            f'{_source(row)} <small>{escape("; ".join(filter(None, (row.recipe, row.note))))}</small>',
            _config(page, row),
        )
        for row in found
    ]
    yield from table(headings, rows, texts=range(len(headings) - 2, len(headings)))


def _heading(metrics: list[Metric]) -> str:
    main, *finer = (metric.heading for metric in metrics)
    shared = main.rpartition(' ')[0]
    return main + (f' ({", ".join(one.removeprefix(shared).strip() for one in finer)})' if finer else '')


def _metrics(metrics: list[Metric], row: Row) -> str:
    reported = [format(one.of(row), one.form) for one in metrics if one.of(row) is not None]
    finer = f' ({", ".join(reported[1:])})' if reported[1:] else ''
    return f'{reported[0]}{finer}' if reported else ''


def _source(row: Row) -> str:
    if row.provenance is None:
        return ''
    badge = f'<span class="mm-badge" data-provenance="{row.provenance}">{row.provenance}</span> '
    return badge + (link(row.source_url, row.source) if row.source_url else escape(row.source))


def _config(page: Page, row: Row) -> str:
    if row.config is None:
        return '-'
    address = page.root + link_to(row.config, page.static)
    return f'<a href="{address}" aria-label="config {escape(Path(row.config).stem)}">config</a>'


def prepared(page: Page) -> Iterator[str]:
    """How images become inputs."""
    images = preprocessing_of(page.name)
    step = 1 if images.colour == 'rgb' else -1
    mean, std = ([f'{255 * one:.6g}' for one in values[::step]] for values in (images.mean, images.std))
    yield from facts([
        ('Shorter edge', f'{images.edge} <small>{images.interpolation}</small>'),
        ('Centre crop', f'{images.size}x{images.size}'),
        ('Colours', images.colour.upper()),
        ('Mean, of 0 to 255', ', '.join(mean)),
        ('Standard deviation', ', '.join(std)),
    ])  # fmt: skip


def weights(page: Page) -> Iterator[str]:
    """Where weights are, under which licence, and what they expect."""
    chosen = published().get(page.name)
    rows = [] if chosen is None else [_published(chosen)]
    known = chosen and chosen.url
    others = {row.weights: row for row in page.rows if row.weights and row.weights != known}
    rows += [_weights(row) for row in others.values()]
    yield from table(('weights', 'source', 'licence', 'colours', 'SHA-256 begins'), rows, texts=(1, 2, 3, 4))


def file(address: str) -> str:
    """A link to weights, called as the file or, where that tells nothing, as the place is."""
    names = {'drive.google.com': 'Google Drive', 'huggingface.co': '/'.join(address.split('/')[3:5])}
    name = names.get(address.split('/')[2], address.rpartition('/')[2])
    return f'<span class="mm-file">{link(address, name)}</span>'


def _published(chosen: PublishedWeights) -> tuple[str, ...]:
    place = chosen.url or chosen.page
    name = file(place) if place else f'<code>{chosen.package}</code>'
    digits = f'<code>{chosen.digits[:8]}</code>' if chosen.digits else '-'
    fetched = '' if chosen.page else ' <small>pretrained=True</small>'
    colour = chosen.preprocessing.colour.upper()
    return name + fetched, escape(chosen.source), _licence(place or chosen.package), colour, digits


def _weights(row: Row) -> tuple[str, ...]:
    digits = named_hash(row.weights)
    used = row.detector or (row.dataset if row.dataset != IMAGENET else None)
    name = file(row.weights)
    source = link(row.source_url, row.source) if row.source_url else escape(row.source or '-')
    cells = (
        _licence(row.weights),
        (row.colour or '').upper() or '-',
        f'<code>{digits[:8]}</code>' if digits else '-',
    )
    return f'{name}{(used and f" <small>{escape(used)}</small>") or ""}', source, *cells


def _licence(place: str) -> str:
    licence = licence_of(place)
    if licence is None:
        return '-'
    name = link(licence.page, licence.spdx) if licence.page else licence.spdx
    return f'<span class="mm-whole">{name}</span>'


def latencies(page: Page) -> Iterator[str]:
    """Latencies by device."""
    rows = [
        (
            escape(one.device),
            escape(one.runtime or '-'),
            escape(one.precision or '-'),
            str(one.batch or '-'),
            f'{one.ms:g}',
            f'{1000 * one.batch / one.ms:.4g}' if one.batch else '-',
        )
        for one in latencies_of(page.rows)
    ]
    unique = dict.fromkeys(rows)
    yield from table(('device', 'runtime', 'precision', 'batch', 'ms', 'images/s'), unique, texts=(1, 2))


PARTS: Mapping[str, Callable[[Page], Iterator[str]]] = MappingProxyType({
    'facts': named_facts,
    'stages': lambda page: stages(page.name),
    'layers': lambda page: every_layer(page.name),
    'results': results,
    'images': prepared,
    'weights': weights,
    'latencies': latencies,
})  # fmt: skip


def index(family: str) -> Iterator[str]:
    """A family's variants with cost and best top-1."""
    rows = []
    for variant in find_family(family).variants:
        size, cost = cost_of(variant.name)
        top, chosen = best(rows_of(variant.name)), published().get(variant.name)
        widths = f'<span class="mm-whole">{"-".join(map(str, get_plan(variant.name).stage_widths))}</span>'
        numbers = (f'{cost.parameters / 1e6:.2f}', f'{cost.macs / 1e9:#.4g}', f'{size}x{size}')
        licence = _licence(chosen.url or chosen.page or chosen.package) if chosen else '-'
        first = link(f'{variant.name}.html', variant.name)
        rows.append((first, f'{top.metrics["top1"]:.2f}' if top else '-', *numbers, licence, widths))
    headings = ('model', 'top-1 (%)', 'parameters (M)', 'MACs (G)', 'image', 'weights', 'stage widths')
    yield from table(headings, rows, texts=(5, 6))


class Model(SphinxDirective):
    """``{model} PART NAME`` shows a part of a variant's page, ``{model} index FAMILY`` a family's table."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Make the part."""
        part, name = self.arguments
        for source in (*metafiles(ROOT), ROOT / KEPT):
            self.env.note_dependency(str(source))
        if part == 'index':
            return html(self, index(name))
        root, static = '../' * self.env.docname.count('/'), Path(self.env.app.outdir) / '_static'
        return html(self, PARTS[part](Page(name, root=root, static=static)))


def setup(app):
    """Register the directive."""
    app.add_directive('model', Model)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
