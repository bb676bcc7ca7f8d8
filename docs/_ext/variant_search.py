"""Lets the site's search find variants by their whole names, and say on which page they are.

The search splits words at hyphens and dots; ``regnety-1.6gf`` would be looked for as pieces. Objects are
compared as a whole and shown with their page; here every variant is one, at the first row that names it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from words import speaker

from mmchan.channels import families, list_variants

TOP = 'main-content'  # the theme's anchor of a page's text
IMPORTANT = 0  # of Sphinx's priorities
TAG = re.compile(r'<[^>]+>')  # links to files are HTML in the pages' Markdown


class Variants(Domain):
    """The variants of all families, and where the pages name them."""

    name = 'variants'
    label = 'Variants'
    object_types: ClassVar = {'variant': ObjType('variant')}
    data_version = 1
    initial_data: ClassVar = {'anchors': {}}  # page -> variant -> anchor

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Give the rows of a family's page anchors."""
        if docname.startswith('families/'):
            names = sorted(list_variants(), key=len, reverse=True)
            self.data['anchors'][docname] = dict(anchored(document, names))

    def clear_doc(self, docname: str) -> None:
        """Forget the anchors of a page."""
        self.data['anchors'].pop(docname, None)

    def merge_domaindata(self, docnames: Sequence[str], otherdata: dict) -> None:
        """Take over what another process has read."""
        self.data['anchors'].update(otherdata['anchors'])

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:
        """What the results call a variant."""
        return speaker(self.env.config.language)(type.lname)

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Name, name, kind, page, anchor and priority of every variant whose family has a page."""
        for family in families().values():
            page = f'families/{family.name}'
            for variant in family.variants if page in self.env.found_docs else ():
                anchor = self.data['anchors'].get(page, {}).get(variant.name, TOP)
                yield variant.name, variant.name, 'variant', page, anchor, IMPORTANT


def anchored(document: nodes.document, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the first row of each variant an anchor; the variants and anchors."""
    left = list(names)
    for row in document.findall(nodes.row):
        text = TAG.sub('', row[0].astext())
        name = next((name for name in left if text == name or text.startswith(f'{name}_')), None)
        if name:
            left.remove(name)
            row['ids'].append(f'variant-{name}')
            yield name, f'variant-{name}'


def speak(app: Sphinx) -> None:
    """Ask for the words of the search in every build, so that translators meet them."""
    for kind in Variants.object_types.values():
        speaker(app.config.language)(kind.lname)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the domain."""
    app.add_domain(Variants)
    app.connect('builder-inited', speak)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
