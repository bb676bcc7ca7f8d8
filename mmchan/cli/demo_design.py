"""``mmchan demo-design``: two design spaces on embedded data, from nothing to a report."""

from dataclasses import replace
from pathlib import Path

import click

from mmchan.cli.pools import Running, run_and_tell, running_options

CONFIGS = ('configs/sweeps/anynetx-a_digits.py', 'configs/sweeps/regnetx_digits.py')


@click.command('demo-design')
@running_options
@click.option(
    '--networks', type=click.IntRange(10), default=250, show_default=True, help='Networks of each space.'
)
@click.option(
    '--epochs', type=click.IntRange(1), help='Length of a training.  [default: that of the configs]'
)
def command(running: Running, networks: int, epochs: int | None) -> None:
    """Train 500 networks of AnyNetX_A and RegNetX on handwritten digits: twenty minutes on two CPU cores.

    Started again, it goes on where it was. The report says what the two spaces have in common, and what not.
    """
    from mmchan.cli.sweep_report import write_and_show
    from mmchan.design.reports import Choices
    from mmchan.design.sweeps.settings import read_sweep
    from mmchan.home import home

    root = Path(running.work_dir or 'work_dirs/demo-design')
    folders = []
    for config in CONFIGS:
        folders.append(root / Path(config).stem)
        sweep = read_sweep(home() / config)
        sweep = replace(sweep, count=networks, epochs=epochs or sweep.epochs)
        run_and_tell(sweep, folders[-1], running)
    write_and_show(folders, root / 'report', Choices())
