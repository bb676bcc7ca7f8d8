"""Where commands print: rich tables that keep their columns in a pipe."""

from rich.console import Console
from rich.table import Table

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
