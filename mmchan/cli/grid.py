"""Tables of plain text, printed by commands that take less time than rich does to import.

Where a terminal is narrow whole columns go; nothing in the others is cut.
"""

import shutil
import sys
import textwrap
from collections.abc import Sequence

import click

from mmchan.channels import Cost

COST_HEADINGS = PARAMETERS, MACS, ACTIVATIONS = ('params (M)', 'MACs (G)', 'activations (M)')
GAP = '  '


def cost_cells(cost: Cost) -> tuple[str, str, str]:
    """Parameters in millions, MACs in billions, activations in millions."""
    return f'{cost.parameters / 1e6:.3f}', f'{cost.macs / 1e9:.4f}', f'{cost.activations / 1e6:.3f}'


def screen_width() -> int | None:
    """Columns of the terminal; None in a pipe, which takes any number."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


class Grid:
    """A table whose first column is text and whose others are numbers.

    Args:
        title: Stands above.
        headings: Of the columns.
    """

    def __init__(self, title: str, *headings: str) -> None:
        self.title, self.headings = title, headings
        self.rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        """Add a row, a cell for every heading."""
        self.rows.append(cells)

    def without(self, heading: str) -> 'Grid':
        """The table without a column."""
        gone = self.headings.index(heading)
        fewer = Grid(self.title, *_others(self.headings, gone))
        fewer.rows = [_others(row, gone) for row in self.rows]
        return fewer

    def lines(self) -> list[str]:
        """The headings and the rows, all of one width."""
        lines = (self.headings, *self.rows)
        first, *others = (max(map(len, column)) for column in zip(*lines, strict=True))
        form = GAP.join([f'{{:<{first}}}', *(f'{{:>{width}}}' for width in others)])
        return [form.format(*line) for line in lines]


def _others(cells: Sequence[str], gone: int) -> tuple[str, ...]:
    return (*cells[:gone], *cells[gone + 1 :])


def print_fitting(grid: Grid, *, drop: Sequence[str], more: str = '') -> None:
    """Print a table without the columns for which there is no room; nothing in the others is cut.

    Args:
        grid: The table.
        drop: Headings of the columns that may go, in this order.
        more: An option that prints all, beside a wider terminal.
    """
    room, gone = screen_width(), []
    lines = grid.lines()
    for heading in drop:
        if room is None or len(lines[0]) <= room:
            break
        grid = grid.without(heading)
        lines = grid.lines()
        gone.append(heading)
    click.secho(grid.title, italic=True)
    click.secho(lines[0], bold=True)
    click.echo('\n'.join(lines[1:]))
    if gone:
        remedy = 'a wider terminal or a pipe has all' + (f', so has {more}' if more else '')
        click.secho(textwrap.fill(f'no room for {", ".join(gone)}: {remedy}', room), dim=True)
