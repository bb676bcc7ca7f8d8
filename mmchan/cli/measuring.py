"""What ``mmchan bench`` and ``mmchan choose`` have in common: their options, their progress."""

from collections.abc import Iterable, Sequence

import click

from mmchan.deploy.forms import ROUNDS, Settings
from mmchan.deploy.runtimes import RUNTIMES
from mmchan.deploy.subjects import Subject
from mmchan.errors import require_known
from mmchan.progress import track

ALL = 'all'
threads_option = click.option(
    '--threads',
    type=click.IntRange(1),
    help='Threads that compute; one per core by default, within OMP_NUM_THREADS.',
)
rounds_option = click.option(
    '--rounds', type=click.IntRange(1), default=ROUNDS, show_default=True, help='Readings of each.'
)
device_name_option = click.option(
    '--device-name', metavar='NAME', help='Name of this machine; by default that of its CPU.'
)


def check_runtime(name: str) -> str:
    """The name of a runtime, else InputError with the nearest."""
    require_known(name, [*RUNTIMES, ALL], 'runtime')
    return name


def settings_of(threads: int | None, rounds: int, device_name: str | None) -> Settings:
    """Settings with as many threads as torch takes, where no number is given."""
    import torch

    return Settings(threads or torch.get_num_threads(), rounds, device_name)


def opening(subjects: Sequence[Subject]) -> Iterable[Subject]:
    """The networks, while it is shown how many of them were opened."""
    return track(subjects, 'opening', unit='networks')


def say(line: str) -> None:
    """A line on standard error."""
    click.echo(line, err=True)
