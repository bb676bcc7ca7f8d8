"""``mmchan sweep run``: train the networks of a population."""

from functools import partial

import click

from mmchan.cli.groups import SuggestingGroup
from mmchan.cli.pools import Running, run_and_tell, running_options
from mmchan.cli.sweep_report import report


@click.group('sweep', cls=SuggestingGroup)
def command() -> None:
    """Train populations of networks and compare them."""


@command.command('run')
@click.argument('config', metavar='SWEEP.py')
@running_options
@click.option('--dry-run', is_flag=True, help='Print networks, cost and an estimate of the time, then stop.')
def run(config: str, running: Running, dry_run: bool) -> None:
    """Train the networks of SWEEP.py; started again, it goes on where it was."""
    from mmchan.design.sweeps.settings import read_sweep

    sweep = read_sweep(config)
    folder = running.folder('sweeps', config)
    if dry_run:
        from mmchan.cli.sweep_dry_run import dry_run as print_plan

        print_plan(sweep, partial(running.open, folder, sweep))
        return
    run_and_tell(sweep, folder, running)


command.add_command(report)
