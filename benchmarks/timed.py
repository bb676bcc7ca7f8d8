"""Results that were measured against a peer in one run: the one shape in which benchmarks/results keeps them.

The page "How fast" of the site renders them, see docs/_ext/measured.py.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from mmchan.cli.console import console, table
from mmchan.errors import require_known
from mmchan.files import replacing
from mmchan.measure.machine import describe_machine
from mmchan.measure.timing import Timing

RESULTS = Path(__file__).parent / 'results'
MILLISECONDS = 'ms'
Three = tuple[float, float, float]  # a median between its quartiles: low, median, high


@dataclass(frozen=True)
class Row:
    """One of those that are compared.

    Attributes:
        name: What it is called.
        value: Low quartile, median and high quartile, in the unit of its group.
        ratio: How many times better than the peer: of a time, times as fast; low, median, high.
        images: Images a second; None where a call has no images.
        note: What must be known beside the number.
    """

    name: str
    value: Three
    ratio: Three
    images: float | None = None
    note: str = ''


@dataclass(frozen=True)
class Group:
    """Some things that were measured in turn, and the peer among them.

    Attributes:
        title: What was measured: 'ReXNet-1.0, training step, batch 16'.
        peer: Name of the row with which all are compared.
        unit: Of the values; more is worse.
        rows: What was measured.
        aim: The ratio that was aimed at, by name of a row.
        note: What holds for all of them.
    """

    title: str
    peer: str
    unit: str
    rows: tuple[Row, ...]
    aim: Mapping[str, float]
    note: str = ''


def timed(
    title: str,
    timings: Mapping[str, Timing],
    peer: str,
    *,
    images: int | None = None,
    aim: Mapping[str, float] | None = None,
    notes: Mapping[str, str] | None = None,
    note: str = '',
) -> Group:
    """A group of calls that :func:`mmchan.measure.timing.interleave` timed.

    Args:
        title: What was measured.
        timings: Name -> its timing.
        peer: The name of the one to compare with.
        images: That a call works on.
        aim: Name -> how many times as fast as the peer it should be.
        notes: Name -> what must be known of it.
        note: What holds for all.
    """
    require_known(peer, timings, 'peer')
    rows = []
    for name, timing in timings.items():
        ratio = timing.speed_over(timings[peer])
        value = (timing.low * 1e3, timing.median * 1e3, timing.high * 1e3)
        speed = images / timing.median if images else None
        rows.append(
            Row(name, value, (ratio.low, ratio.median, ratio.high), speed, (notes or {}).get(name, ''))
        )
    return Group(title, peer, MILLISECONDS, tuple(rows), dict(aim or {}), note)


def counted(
    title: str,
    values: Mapping[str, float],
    peer: str,
    *,
    unit: str,
    aim: Mapping[str, float] | None = None,
    note: str = '',
) -> Group:
    """A group of amounts that have no spread, such as MiB of memory; fewer are better."""
    require_known(peer, values, 'peer')
    rows = tuple(Row(name, (value,) * 3, (values[peer] / value,) * 3) for name, value in values.items())
    return Group(title, peer, unit, rows, dict(aim or {}), note)


def write(
    name: str, groups: Sequence[Group], *, command: str, threads: int, out: Path | None = None, note: str = ''
) -> None:
    """Print groups, and keep them.

    Args:
        name: Of the benchmark: 'backbones' is written to benchmarks/results/backbones.json.
        groups: What was measured.
        command: That measures it again.
        threads: That the calls took.
        out: Another file.
        note: What holds for all groups.
    """
    for group in groups:
        show(group)
    path = out or RESULTS / f'{name}.json'
    result = {
        'measured': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        'command': command,
        'machine': describe_machine(threads=threads),
        'note': note,
        'groups': [_rounded(asdict(group)) for group in groups],
    }
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    click.echo(f'written to {path}')


def show(group: Group) -> None:
    """Print a group as a table."""
    rows = table(
        group.title, '', group.unit, 'quartiles', f'times as good as {group.peer}', 'aim', 'images/s'
    )
    for row in group.rows:
        low, median, high = row.value
        aim = group.aim.get(row.name)
        rows.add_row(
            row.name,
            f'{median:.4g}',
            f'{low:.4g} to {high:.4g}' if low != high else '',
            f'{row.ratio[1]:.2f} ({row.ratio[0]:.2f} to {row.ratio[2]:.2f})',
            f'{aim:.4g}' if aim else '',
            f'{row.images:.1f}' if row.images else '',
        )
    console().print(rows)
    for text in (*(f'{row.name}: {row.note}' for row in group.rows if row.note), group.note):
        if text:
            click.echo(text)


def _rounded(value: object) -> object:
    """Numbers to five digits: a clock knows no more."""
    if isinstance(value, float):
        return float(f'{value:.5g}')
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value
