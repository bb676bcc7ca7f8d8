"""HTML whose words are translated as those of written pages are; its numbers and names stay as they are.

Tables of many cells are written as HTML because docutils takes ten times as long for them. Cells end with
a line: the search shows a page's text without its tags, where neighbours would be one word.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxTranslator


class Words(str):
    """A message for people, in English; what is no Words is HTML."""

    __slots__ = ()


class Said(nodes.paragraph):
    """A message in its place between pieces of HTML."""


def html(directive: SphinxDirective, parts: Iterable[str]) -> list[nodes.Node]:
    """The nodes of a piece of HTML, given in order.

    Args:
        directive: Whose page they go into.
        parts: HTML, and the :class:`Words` between it.
    """
    made: list[nodes.Node] = []
    pending: list[str] = []
    for part in parts:
        if isinstance(part, Words):
            made += [nodes.raw('', ''.join(pending), format='html'), _translated(directive, part)]
            pending = []
        else:
            pending.append(part)
    return [*made, nodes.raw('', ''.join(pending), format='html')]


def _translated(directive: SphinxDirective, words: str) -> Said:
    node = Said(words, words)
    directive.set_source_info(node)
    return node


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, texts: Sequence[int] = (), name: str = ''
) -> Iterator[str]:
    """The parts of a table whose first column names its rows.

    Args:
        headings: Of the columns, translated.
        rows: Cells: HTML, or Words.
        texts: Columns with words instead of numbers, besides the first.
        name: Class of the table, for scripts.
    """
    kinds = [' class="mm-text"' if number in texts else '' for number in range(len(headings))]
    yield f'<div class="mm-scroll mm-card" tabindex="0"><table class="mm-table {name}"><thead><tr>'
    for kind, heading in zip(kinds, headings, strict=True):
        yield from (f'<th scope="col"{kind}>', Words(heading), '</th>\n')
    yield '</tr></thead><tbody>'
    for first, *rest in rows:
        yield from ('<tr><th scope="row">', first, '</th>\n')
        for kind, cell in zip(kinds[1:], rest, strict=True):
            yield from (f'<td{kind}>', cell, '</td>\n')
        yield '</tr>'
    yield '</tbody></table></div>'


def facts(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The parts of a list of labels, translated, each with what it is for this page: HTML and Words."""
    yield '<dl class="mm-facts">'
    for label, *value in rows:
        yield from ('<div><dt>', Words(label), '</dt>\n<dd>', *value, '</dd></div>\n')
    yield '</dl>'


def link(address: str, text: str) -> str:
    """A link in HTML."""
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _open(translator: SphinxTranslator, node: Said) -> None:
    translator.body.append('<span>')


def _close(translator: SphinxTranslator, node: Said) -> None:
    translator.body.append('</span>')


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell builders of HTML how messages are written."""
    app.add_node(Said, html=(_open, _close))
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
