"""What commands that run many trials have in common: who runs them, where, and how they end."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmchan.design.sweeps.pools import KINDS

if TYPE_CHECKING:
    from mmchan.design.sweeps.pools import Pool
    from mmchan.design.sweeps.running import Ended
    from mmchan.design.sweeps.settings import Sweep

_OPTIONS = (
    click.option('--work-dir', metavar='DIR', help='Folder of the results, in work_dirs by default.'),
    click.option(
        '--workers',
        type=click.IntRange(1),
        help='Trials at once.  [default: one a core, or all of a cluster]',
    ),
    click.option(
        '--pool',
        default='auto',
        show_default=True,
        help=f'One of {", ".join(KINDS)}: Ray where it is installed; here is this process, for a debugger.',
    ),
    click.option('--address', help='Of a cluster of Ray, such as auto or ray://HOST:10001.'),
    click.option(
        '--gpus',
        type=click.FloatRange(0),
        default=0.0,
        show_default=True,
        help='GPUs for each trial, or a share of one.',
    ),
    click.option('--retry-failed', is_flag=True, help='Also run the trials again that failed.'),
)


@dataclass(frozen=True, kw_only=True)
class Running:
    """How the trials of a command run.

    Attributes:
        work_dir: Folder of the results; None for the default one.
        workers: Trials at once; None for all that there is room for.
        pool: Who runs them.
        address: Of a cluster of Ray.
        gpus: For each trial.
        retry_failed: Also run the trials again that failed.
    """

    work_dir: str | None
    workers: int | None
    pool: str
    address: str | None
    gpus: float
    retry_failed: bool

    def folder(self, kind: str, config: str) -> Path:
        """Where results go: work_dirs/KIND/CONFIG by default."""
        return Path(self.work_dir or Path('work_dirs', kind, Path(config).stem))

    def open(self, folder: Path, sweep: 'Sweep') -> 'Pool':
        """Check what the trials have in common, then open the workers."""
        from mmchan.design.sweeps.checking import check_sweep
        from mmchan.design.sweeps.pools import open_pool

        for finding in check_sweep(sweep, data=self.address is None):
            click.echo(str(finding), err=True)
        return open_pool(
            self.pool,
            folder,
            timeout=sweep.timeout,
            workers=self.workers,
            address=self.address,
            gpus=self.gpus,
        )


def running_options(command: Callable) -> Callable:
    """Add the options of :class:`Running` to a command, which gets them as ``running``."""

    @wraps(command)
    def with_running(*args: object, **given: object) -> object:
        mine = {name: given.pop(name) for name in Running.__dataclass_fields__}
        return command(*args, running=Running(**mine), **given)

    for option in reversed(_OPTIONS):
        with_running = option(with_running)
    return with_running


def run_and_tell(sweep: 'Sweep', folder: Path, running: Running) -> None:
    """Run a sweep, or what is left of it, and print how it ended."""
    from mmchan.design.sweeps.running import run_sweep
    from mmchan.design.sweeps.view import display

    workers = partial(running.open, folder, sweep)
    ended = run_sweep(sweep, folder, workers=workers, retry_failed=running.retry_failed, display=display())
    tell_end(ended, folder)


def tell_end(ended: 'Ended', folder: Path) -> None:
    """Print how it ended; leave where it was stopped, with the code of trainings, or nothing came of it."""
    from mmchan.design.sweeps.view import state
    from mmchan.runs.stopping import EXIT_CODE

    click.echo(f'{state(ended.progress)}; {folder}')
    if ended.signal:
        click.echo(f'{ended.signal}: stopped; the same command goes on from here')
        sys.exit(EXIT_CODE)
    if not ended.progress.done:
        sys.exit(1)
