"""Where commands print: rich tables that keep their columns in a pipe."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from mmchan.channels import Cost
from mmchan.drawing.formats import check_format
from mmchan.errors import InputError

PIPE_WIDTH = 220


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


def cost_cells(cost: Cost) -> tuple[str, str, str]:
    """Parameters in millions, MACs in billions, activations in millions."""
    return f'{cost.parameters / 1e6:.3f}', f'{cost.macs / 1e9:.4f}', f'{cost.activations / 1e6:.3f}'


COST_HEADINGS = ('params (M)', 'MACs (G)', 'activations (M)')

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
