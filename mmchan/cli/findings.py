"""How commands print what a check says."""

import shutil
import sys
import textwrap
from collections.abc import Iterator

import click

from mmchan.findings import FAIL, OK, WARN, Finding

COLORS = {OK: 'green', WARN: 'yellow', FAIL: 'red'}
_STATE = 6  # columns of the state and the gap behind it
_MEND = 'mend: '


def drawn(finding: Finding, *, column: int = 0, width: int | None = None) -> str:
    """A finding as lines for a terminal: its state in colour, the thing, what was found, what mends it.

    Args:
        finding: The finding.
        column: Characters of the column for the thing; 0 gives it a line of its own, as long names need.
        width: Characters of a line, at the spaces of which longer ones are wrapped; None wraps nothing, so
            that commands can be copied.
    """
    state = click.style(f'{finding.state:<4}', fg=COLORS[finding.state], bold=True)
    inset = _STATE + column + 2 if column else _STATE
    first, *others = [
        *_wrapped(_headline(finding, column), ' ' * (inset if column else _STATE + 2), width),
        *([] if column else _wrapped_lines(finding.what, inset, width)),
        *_remedy(finding.remedy, inset, width),
    ]
    return '\n'.join([f'{state}  {first}', *others])


def terminal_width() -> int | None:
    """Characters of a line of standard output; None where it is no terminal, and lines may be long."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _headline(finding: Finding, column: int) -> str:
    return f'{finding.where:<{column}}  {finding.what}' if column else finding.where


def _remedy(remedy: str, inset: int, width: int | None) -> Iterator[str]:
    first, *others = remedy.splitlines() or ['']
    if first:
        hanging = ' ' * (inset + len(_MEND))
        yield from _hung(_MEND + first, ' ' * inset, hanging, width)
        for line in others:
            yield from _hung(line, hanging, hanging, width)


def _wrapped(text: str, hanging: str, width: int | None) -> list[str]:
    """Lines of what stands behind the state; the first one's indentation is the state itself."""
    lines = [line for part in text.splitlines() for line in _hung(part, ' ' * _STATE, hanging, width)]
    return [lines[0][_STATE:], *lines[1:]]


def _wrapped_lines(text: str, inset: int, width: int | None) -> Iterator[str]:
    for part in text.splitlines():
        yield from _hung(part, ' ' * inset, ' ' * inset, width)


def _hung(text: str, indent: str, hanging: str, width: int | None) -> list[str]:
    """Lines of one paragraph; names and paths stay whole, however long they are."""
    if width is None:
        return [indent + text]
    own = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.strip(),
        width,
        initial_indent=indent + own,
        subsequent_indent=hanging + own,
        break_long_words=False,
        break_on_hyphens=False,
    )
