"""The directive ``config-errata``: faults of published configs, from benchmarks/config_errata.yml."""

from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ERRATA = Path(__file__).parents[2] / 'benchmarks' / 'config_errata.yml'


class ConfigErrata(SphinxDirective):
    """One table per library: configs, key, what is wrong and why."""

    def run(self) -> list[nodes.Node]:
        """Read the file and return the tables."""
        self.env.note_dependency(str(ERRATA))
        faults = yaml.safe_load(ERRATA.read_text(encoding='utf-8'))
        made: list[nodes.Node] = []
        for package in dict.fromkeys(fault['package'] for fault in faults):
            made.append(nodes.rubric(text=package))
            made.append(_table([fault for fault in faults if fault['package'] == package]))
        return made


def _table(faults: list[dict]) -> nodes.table:
    group = nodes.tgroup(cols=2)
    group += [nodes.colspec(colwidth=40), nodes.colspec(colwidth=60)]
    group += nodes.thead('', _row([nodes.Text('configs and key')], [nodes.Text('what is wrong')]))
    body = nodes.tbody()
    for fault in faults:
        configs = [nodes.literal(text=config) for config in fault['configs']]
        names = [part for name in configs for part in (name, nodes.Text(' '))]
        said = nodes.Text(f'{fault["what"]} {fault["why"]}')
        body += _row([*names, nodes.literal(text=fault['key'])], [said])
    group += body
    return nodes.table('', group)


def _row(*cells: list[nodes.Node]) -> nodes.row:
    return nodes.row('', *(nodes.entry('', nodes.paragraph('', '', *cell)) for cell in cells))


def setup(app):
    """Register the directive."""
    app.add_directive('config-errata', ConfigErrata)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
