"""``mmchan bench``: latency and throughput of networks on this machine."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import click

from mmchan.cli.grid import Grid, print_fitting
from mmchan.cli.measuring import (
    ALL,
    check_runtime,
    device_name_option,
    opening,
    rounds_option,
    say,
    settings_of,
    threads_option,
)
from mmchan.cli.places import OutFile, ending
from mmchan.deploy.forms import PRECISIONS, Form, Settings
from mmchan.deploy.runtimes import RUNTIMES
from mmchan.deploy.subjects import Subject, find_subjects
from mmchan.files import replacing
from mmchan.measure.latencies import Measured, add_latencies, check_place, document, parsed_size
from mmchan.measure.machine import describe_machine

QUARTILES, SIZE, WEIGHTS, PRECISION = 'quartiles', 'size', 'weights', 'precision'
# what a narrow terminal shows last, the first one first to go
LESS = (WEIGHTS, SIZE, QUARTILES, PRECISION)


def _check_json(path: Path) -> None:
    ending('.json')(path)
    check_place(path)


@click.command('bench')
@click.argument('names', nargs=-1, required=True, metavar='NAME...')
@click.option(
    '--runtime',
    'runtimes',
    multiple=True,
    metavar='RUNTIME',
    help=f'One of {", ".join(RUNTIMES)}, or {ALL}; may be repeated.  [default: eager; of a file, its own]',
)
@click.option(
    '--precision',
    'precisions',
    type=click.Choice(PRECISIONS),
    multiple=True,
    help='Of the arithmetic; may be repeated.  [default: fp32; of a file, its own]',
)
@click.option(
    '--batch',
    'batches',
    type=click.IntRange(1),
    multiple=True,
    default=(1,),
    show_default=True,
    help='Images at once; may be repeated.',
)
@click.option(
    '--size', type=click.IntRange(32), help='Side of the image; by default as the network is tested.'
)
@threads_option
@rounds_option
@device_name_option
@click.option(
    '--json',
    'json_path',
    type=OutFile(_check_json),
    help='File (.json) for the numbers and the machine.',
)
@click.option(
    '--add-to-zoo',
    'zoo_path',
    type=OutFile(check_place),
    help='File of latencies (.json, .yml) to add them to, for "mmchan zoo plot --latencies".',
)
def command(
    names: tuple[str, ...],
    runtimes: tuple[str, ...],
    precisions: tuple[str, ...],
    batches: tuple[int, ...],
    size: int | None,
    threads: int | None,
    rounds: int,
    device_name: str | None,
    json_path: Path | None,
    zoo_path: Path | None,
) -> None:
    """Measure latency and throughput of networks on this machine.

    Every NAME is a variant, a family, a quoted pattern ('regnety-*'), the path of a config (.py) of a
    classifier or a detector, or that of an exported file (.onnx, .xml). All are timed in turn, so that what
    slows the machine for a while slows all of them.
    """
    forms = [Form(*form) for form in itertools.product(_runtimes(runtimes), precisions or (None,), batches)]
    subjects = find_subjects(names)
    settings = settings_of(threads, rounds, device_name)
    found = _measured(subjects, forms, settings, size)
    show(found, f'{settings.device_name}: ms of a batch, median of {rounds} rounds')
    machine = describe_machine(threads=settings.threads)
    if json_path:
        _write_json(json_path, found, machine)
    if zoo_path:
        _add_to_zoo(zoo_path, found, machine)


def _runtimes(given: Sequence[str]) -> list[str | None]:
    named = [check_runtime(name) for name in given]
    return list(RUNTIMES) if ALL in named else list(dict.fromkeys(named)) or [None]


def _measured(
    subjects: Sequence[Subject], forms: Sequence[Form], settings: Settings, size: int | None
) -> list[Measured]:
    from mmchan.deploy.latency import measure
    from mmchan.zoo.latencies import zoo_name
    from mmchan.zoo.rows import networks

    tested = dict(reversed(networks()))  # of several, the first that the zoo reports

    def size_of(subject: Subject) -> tuple[int, int] | None:
        known = tested.get(zoo_name(subject.name))
        return (size, size) if size else known and parsed_size(known)

    return list(measure(subjects, forms, settings, size_of=size_of, progress=opening, say=say))


def show(found: Sequence[Measured], title: str) -> None:
    """Print records as far as there is room."""
    print_fitting(bench_table(title, found), drop=LESS, more='--json')


def bench_table(title: str, found: Sequence[Measured]) -> Grid:
    """Records as a table; a file is called by its name without the folder."""
    headings = ('network', 'runtime', PRECISION, 'batch', 'ms', QUARTILES, 'images/s', SIZE, WEIGHTS)
    rows = Grid(title, *headings)
    for one in found:
        rows.add_row(
            Path(one.network).stem if '/' in one.network else one.network,
            one.runtime,
            one.precision,
            str(one.batch),
            f'{one.ms:.4g}',
            f'{one.low_ms:.4g} to {one.high_ms:.4g}',
            f'{one.images_per_second:.4g}',
            one.resolution,
            one.weights,
        )
    return rows


def _write_json(path: Path, found: Sequence[Measured], machine: dict[str, object]) -> None:
    content = document(found, {found[0].device: machine})
    for record, one in zip(content['latencies'], sorted(found, key=lambda one: one.of), strict=True):
        record['images_per_second'] = round(one.images_per_second, 2)
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    click.echo(f'written to {path}')


def _add_to_zoo(path: Path, found: Sequence[Measured], machine: dict[str, object]) -> None:
    """Keep what the zoo knows, and say the names of its axes."""
    from mmchan.zoo.latencies import as_in_zoo
    from mmchan.zoo.records import Setting
    from mmchan.zoo.rows import networks

    reported = networks()
    named = as_in_zoo(found)
    known = [one for one in named if (one.network, one.resolution) in reported]
    for network in dict.fromkeys(f'{one.network} at {one.resolution}' for one in named if one not in known):
        say(f'{network} is not in the zoo: left out')
    add_latencies(path, known, machine)
    keys = dict.fromkeys(Setting(one.device, one.runtime, one.precision, one.batch).key for one in known)
    click.echo(f'{len(known)} latencies written to {path}; axes of "mmchan zoo plot --x": {", ".join(keys)}')
