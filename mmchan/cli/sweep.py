"""``mmchan sweep run``: train the networks of a population."""

import sys
from functools import partial
from pathlib import Path

import click

from mmchan.design.sweeps.pools import KINDS
from mmchan.errors import suggestion


class Sweep(click.Group):
    """A group that suggests the nearest subcommand."""

    def resolve_command(self, ctx: click.Context, args: list[str]):
        if args and not args[0].startswith('-') and args[0] not in self.commands:
            ctx.fail(f'unknown command {args[0]!r}; {suggestion(args[0], self.commands)}')
        return super().resolve_command(ctx, args)


@click.group('sweep', cls=Sweep)
def command() -> None:
    """Train populations of networks and compare them."""


@command.command('run')
@click.argument('config', metavar='SWEEP.py')
@click.option('--work-dir', metavar='DIR', help='Folder of the results.  [default: work_dirs/sweeps/SWEEP]')
@click.option(
    '--workers', type=click.IntRange(1), help='Trials at once.  [default: one a core, or all of a cluster]'
)
@click.option(
    '--pool',
    default='auto',
    show_default=True,
    help=f'One of {", ".join(KINDS)}: Ray where it is installed; here is this process, for a debugger.',
)
@click.option('--address', help='Of a cluster of Ray, such as auto or ray://HOST:10001.')
@click.option(
    '--gpus',
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help='GPUs for each trial, or a share of one.',
)
@click.option('--dry-run', is_flag=True, help='Print networks, cost and an estimate of the time, then stop.')
@click.option('--retry-failed', is_flag=True, help='Also run the trials again that failed.')
def run(
    config: str,
    work_dir: str | None,
    workers: int | None,
    pool: str,
    address: str | None,
    gpus: float,
    dry_run: bool,
    retry_failed: bool,
) -> None:
    """Train the networks of SWEEP.py; started again, it goes on where it was."""
    from mmchan.design.sweeps.pools import open_pool
    from mmchan.design.sweeps.running import run_sweep
    from mmchan.design.sweeps.settings import read_sweep
    from mmchan.design.sweeps.view import display, state

    sweep = read_sweep(config)
    folder = Path(work_dir or Path('work_dirs', 'sweeps', Path(config).stem))
    workers_of = partial(
        open_pool, pool, folder, timeout=sweep.timeout, workers=workers, address=address, gpus=gpus
    )
    if dry_run:
        from mmchan.cli.sweep_dry_run import dry_run as print_plan

        print_plan(sweep, workers_of)
        return
    ended = run_sweep(sweep, folder, workers=workers_of, retry_failed=retry_failed, display=display())
    click.echo(f'{state(ended.progress)}; {folder}')
    if ended.signal:
        from mmchan.runs.stopping import EXIT_CODE

        click.echo(f'{ended.signal}: stopped; the same command goes on from here')
        sys.exit(EXIT_CODE)
    sys.exit(not ended.progress.done)
