"""Where commands print: rich tables that keep their columns in a pipe."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from mmchan.channels import Cost
from mmchan.drawing.formats import check_format
from mmchan.errors import InputError

PIPE_WIDTH = 220
ANY_WIDTH = 10_000


def console() -> Console:
    """A console on standard output, wide enough for every column where it is no terminal."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=PIPE_WIDTH)


def table(title: str, *headings: str) -> Table:
    """An empty table whose first column is text and whose others are numbers."""
    empty = Table(title=title, title_justify='left', box=None, pad_edge=False)
    for index, heading in enumerate(headings):
        empty.add_column(heading, justify='left' if index == 0 else 'right', no_wrap=True)
    return empty


def print_fitting(shown: Console, rows: Table, *, drop: Sequence[str], more: str = '') -> None:
    """Print a table without the columns for which there is no room; nothing in the others is cut.

    Args:
        shown: Where to.
        rows: A table of :func:`table`.
        drop: Headings of the columns that may go, in this order.
        more: An option that prints all, beside a wider terminal.
    """
    unlimited = shown.options.update_width(ANY_WIDTH)
    gone = []
    for heading in drop:
        if Measurement.get(shown, unlimited, rows).maximum <= shown.width:
            break
        rows = _without(rows, heading)
        gone.append(heading)
    shown.print(rows)
    if gone:
        remedy = 'a wider terminal or a pipe has all' + (f', so has {more}' if more else '')
        shown.print(Text(f'no room for {", ".join(gone)}: {remedy}', 'dim'))


def _without(rows: Table, heading: str) -> Table:
    """A table of :func:`table` without a column."""
    kept = [column for column in rows.columns if column.header != heading]
    fewer = table(str(rows.title), *(str(column.header) for column in kept))
    for row, cells in zip(rows.rows, zip(*(column.cells for column in kept), strict=True), strict=True):
        fewer.add_row(*cells, end_section=row.end_section)
    return fewer


def cost_cells(cost: Cost) -> tuple[str, str, str]:
    """Parameters in millions, MACs in billions, activations in millions."""
    return f'{cost.parameters / 1e6:.3f}', f'{cost.macs / 1e9:.4f}', f'{cost.activations / 1e6:.3f}'


COST_HEADINGS = PARAMETERS, MACS, ACTIVATIONS = ('params (M)', 'MACs (G)', 'activations (M)')

resolution_option = click.option(
    '--resolution', type=click.IntRange(min=1), default=224, show_default=True, help='Side of the image.'
)


class PicturePath(click.Path):
    """A picture to write, asked before any work: its format, and that its folder is there."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path."""
        path = super().convert(value, param, ctx)
        check_format(path)
        if not path.parent.is_dir():
            raise InputError(f'{path}: there is no folder {str(path.parent)!r}; make it, or name another')
        return path


picture_path = PicturePath()
