"""``mmchan sweep report``: sweeps of trainings over populations of networks."""

import click

from mmchan.cli.sweep_report import report


@click.group('sweep')
def command() -> None:
    """Train populations of networks, and say what they tell about their spaces."""


command.add_command(report)
