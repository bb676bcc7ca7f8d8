"""The directive ``measured``: what a script of benchmarks/ measured beside its peers, as tables with bars."""

import json
from collections.abc import Callable, Iterator, Mapping
from html import escape

from docutils import nodes
from site_files import RESULTS
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from words import speaker

from mmchan.errors import InputError, require_known

TABLE = (
    '<div class="mm-scroll"><table class="mm-table mm-measured"><caption>{title}</caption>\n'
    '<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>\n{notes}'
)
MACHINE = 'Measured on {0} by <code>{1}</code>: {2} ({3}), {4} cores, {5} threads{6}; {7}.'


def read(name: str) -> dict:
    """What benchmarks/results keeps under a name.

    Raises:
        InputError: For a name of which nothing was kept.
    """
    require_known(name, [path.stem for path in RESULTS.glob('*.json')], 'a result of benchmarks/')
    return json.loads((RESULTS / f'{name}.json').read_text(encoding='utf-8'))


def table(group: Mapping) -> str:
    """A group of rows, each with a bar as long as it is good."""
    best = max(row['ratio'][1] for row in group['rows'])
    with_images = any(row['images'] for row in group['rows'])
    heads = ['', group['unit'], f'times as {_good(group)} as {group["peer"]}', 'images/s', 'aim']
    shown = [True, True, True, with_images, bool(group['aim'])]
    body = '\n'.join(
        _row(cells, shown, row['ratio'][1] / best)
        for row, cells in zip(group['rows'], _cells(group), strict=True)
    )
    head = '\n'.join(
        f'<th scope="col">{escape(text)}</th>' if text else '<td></td>'
        for text, use in zip(heads, shown, strict=True)
        if use
    )
    return TABLE.format(title=escape(group['title']), head=head, body=body, notes='\n'.join(_notes(group)))


def _good(group: Mapping) -> str:
    return 'fast' if group['unit'] in ('ms', 's') else 'small'


def _cells(group: Mapping) -> Iterator[list[str]]:
    """What stands in the cells of each row."""
    for row in group['rows']:
        low, median, high = row['value']
        spread = f' <small>{_number(low)}\N{EN DASH}{_number(high)}</small>' if low != high else ''
        ratio = f'{row["ratio"][1]:.2f}' if row['name'] != group['peer'] else '1'
        aim = group['aim'].get(row['name'])
        images = f'{row["images"]:.1f}' if row['images'] else ''
        yield [escape(row['name']), _number(median) + spread, ratio, images, f'{aim:g}' if aim else '']


def _number(value: float) -> str:
    """Three digits, more where there are more in front of the point."""
    return f'{value:,.0f}' if value >= 1000 else f'{value:.3g}'


def _row(cells: list[str], shown: list[bool], share: float) -> str:
    first, *rest = cells
    parts = [f'<th scope="row">{first}</th>']
    for index, (text, use) in enumerate(zip(rest, shown[1:], strict=True)):
        bar = f' class="mm-bar" style="--share: {share:.1%}"' if index == 1 else ''
        parts += [f'<td{bar}>{text}</td>'] * use
    return '\n'.join(['<tr>', *parts, '</tr>'])


def _notes(group: Mapping) -> Iterator[str]:
    """Paragraphs below the table."""
    for row in group['rows']:
        if row['note']:
            yield f'<p class="mm-note">{escape(row["name"])}: {escape(row["note"])}.</p>'
    if group['note']:
        yield f'<p class="mm-note">{escape(group["note"])}</p>'


def machine(result: Mapping, text: Callable[..., str]) -> str:
    """On what and by which command it was measured."""
    said = result['machine']
    limits = ', '.join(f'{name}={value}' for name, value in said['limits'].items())
    versions = ', '.join(
        f'{name} {version}' for name, version in said['versions'].items() if name != 'mmchan'
    )
    sentence = text(
        MACHINE,
        result['measured'],
        escape(result['command']),
        escape(said['cpu']),
        ', '.join(said['instruction_sets']),
        said['cores'],
        said['threads'],
        f' ({escape(limits)})' if limits else '',
        versions,
    )
    note = f' {escape(text(result["note"]))}' if result['note'] else ''
    return f'<p class="mm-note">{sentence}{note}</p>'


class Measured(SphinxDirective):
    """``{measured} NAME``: all groups of a result; with words behind it, those whose title has them."""

    required_arguments = 1
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Make the tables."""
        name, words = self.arguments[0], ''.join(self.arguments[1:])
        self.env.note_dependency(str(RESULTS / f'{name}.json'))
        try:
            result = read(name)
        except InputError as error:
            raise self.error(str(error)) from error
        chosen = [group for group in result['groups'] if words in group['title']]
        if not chosen:
            raise self.error(f'{name} has no group with {words!r} in its title')
        how = machine(result, speaker(self.config.language))
        return [
            nodes.raw('', ''.join(map(table, chosen)), format='html'),
            nodes.raw('', how, format='html', translatable=False),
        ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive('measured', Measured)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
