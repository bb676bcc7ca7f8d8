"""How far something long has come: a bar on a terminal, plain lines elsewhere. Imports nothing of ours."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.progress import track as track_on_terminal

Item = TypeVar('Item')
LINES = 4  # of a transfer in a log: one per quarter


def track(items: Sequence[Item], what: str, *, unit: str = 'images') -> Iterator[Item]:
    """Give the items one by one and show progress on standard error.

    Args:
        items: What is worked through.
        what: What is being done, such as 'writing data/digits-coco'.
        unit: What the items are.
    """
    console = Console(stderr=True)
    if console.is_terminal:
        steps: Iterable[Item] = track_on_terminal(items, what, console=console)
    else:
        _say(f'{what}: {len(items)} {unit}')
        steps = items
    yield from steps


def _say(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def transfer(
    what: str, total: int | None, *, done: int = 0, say: Callable[[str], None] = _say
) -> Iterator[Callable[[int], None]]:
    """Show how many bytes of a transfer are there.

    Args:
        what: What is transferred, such as a file's name.
        total: Bytes in all; None where the sender does not tell.
        done: Bytes that are there already.
        say: Where lines go when standard error is no terminal, such as a log.

    Returns:
        A function to call with the number of bytes of each new piece.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _transfer_lines(what, total, done, say)
        return
    columns = (TextColumn('{task.description}'), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=total, completed=done)
        yield lambda count: bar.advance(task, count)


def _transfer_lines(
    what: str, total: int | None, done: int, say: Callable[[str], None]
) -> Callable[[int], None]:
    """A line at the beginning and one at every quarter that is passed."""
    say(f'{what}: {_megabytes(done)} of {_megabytes(total)}')

    def advance(count: int) -> None:
        nonlocal done
        before, done = done, done + count
        if total and before * LINES // total < done * LINES // total:
            say(f'{what}: {_megabytes(done)} of {_megabytes(total)} ({done / total:.0%})')

    return advance


def _megabytes(count: int | None) -> str:
    return 'an unknown size' if count is None else f'{count / 1e6:.1f} MB'
