"""``mmchan doctor``: examine this environment."""

import sys

import click

from mmchan import __version__
from mmchan.checks.environment import diagnose, examine
from mmchan.cli.findings import COLORS, drawn
from mmchan.findings import FAIL, OK

NAMES = 14  # characters of the column for packages


@click.command('doctor')
@click.pass_context
def command(context: click.Context) -> None:
    """Examine this environment and say how to mend it.

    Exit code 1 when something that mmchan needs is missing or broken.
    """
    click.echo(f'mmchan {__version__}: importing what it needs, which takes some seconds', err=True)
    findings = diagnose(examine(sys.executable))
    for finding in findings:
        click.echo(drawn(finding, column=NAMES))
    faults = sum(finding.state == FAIL for finding in findings)
    if faults:
        click.secho(f'{faults} to mend, from the top; then run this again', fg=COLORS[FAIL])
        context.exit(1)
    click.secho('everything that mmchan needs works', fg=COLORS[OK])
