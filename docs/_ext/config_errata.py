"""The directive ``config-errata``: faults of published configs, from benchmarks/config_errata.yml."""

import re

import yaml
from docutils import nodes
from site_files import ROOT
from sphinx.util.docutils import SphinxDirective

ERRATA = ROOT / 'benchmarks' / 'config_errata.yml'


class ConfigErrata(SphinxDirective):
    """One list per group: library, key, what is wrong and why, and in which configs."""

    def run(self) -> list[nodes.Node]:
        """Read the file and return the lists."""
        self.env.note_dependency(str(ERRATA))
        groups = yaml.safe_load(ERRATA.read_text(encoding='utf-8'))
        made: list[nodes.Node] = []
        for group, faults in groups.items():
            made.append(nodes.rubric(group, group))
            made.append(nodes.bullet_list('', *map(_item, faults), classes=['mm-errata']))
        return made


def _item(fault: dict) -> nodes.list_item:
    said = f'{fault["what"]} {fault["why"]}'
    keys = [nodes.strong(text=fault['package']), nodes.Text(' '), *_literals(fault['keys'])]
    return nodes.list_item(
        '',
        nodes.paragraph('', '', *keys),
        nodes.paragraph(said, '', *_text(said)),
        nodes.paragraph('', '', *_literals(fault['configs'])),
    )


def _text(text: str) -> list[nodes.Node]:
    """Text in which `code` stands between backticks."""
    pieces = re.split('`([^`]*)`', text)
    return [nodes.literal(text=piece) if code % 2 else nodes.Text(piece) for code, piece in enumerate(pieces)]


def _literals(texts: list[str]) -> list[nodes.Node]:
    made: list[nodes.Node] = []
    for text in texts:
        made += [nodes.Text(', '), nodes.literal(text=text)]
    return made[1:]


def setup(app):
    """Register the directive."""
    app.add_directive('config-errata', ConfigErrata)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
