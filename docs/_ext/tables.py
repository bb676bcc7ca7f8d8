"""Tables of a page from rows of text: what the directives of measured results have in common."""

from collections.abc import Iterable, Sequence

from docutils import nodes


def table(rows: Iterable[Sequence[str]], *, classes: Sequence[str] = ()) -> nodes.table:
    """A table whose first row is its heading."""
    head, *body = rows
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead('', _row(head))
    group += nodes.tbody('', *map(_row, body))
    return nodes.table('', group, classes=list(classes))


def _row(cells: Sequence[str]) -> nodes.row:
    return nodes.row('', *(nodes.entry('', nodes.paragraph(cell, cell)) for cell in cells))
