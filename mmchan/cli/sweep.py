"""``mmchan sweep run``: train the networks of a population."""

import click

from mmchan.cli.pools import Running, running_options, tell_end
from mmchan.cli.sweep_report import report
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
@running_options
@click.option('--dry-run', is_flag=True, help='Print networks, cost and an estimate of the time, then stop.')
def run(config: str, running: Running, dry_run: bool) -> None:
    """Train the networks of SWEEP.py; started again, it goes on where it was."""
    from mmchan.design.sweeps.running import run_sweep
    from mmchan.design.sweeps.settings import read_sweep
    from mmchan.design.sweeps.view import display

    sweep = read_sweep(config)
    folder = running.folder('sweeps', config)
    workers = running.open(folder, timeout=sweep.timeout)
    if dry_run:
        from mmchan.cli.sweep_dry_run import dry_run as print_plan

        print_plan(sweep, workers)
        return
    ended = run_sweep(sweep, folder, workers=workers, retry_failed=running.retry_failed, display=display())
    tell_end(ended, folder)


command.add_command(report)
