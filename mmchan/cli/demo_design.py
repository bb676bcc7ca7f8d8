"""``mmchan demo-design``: two design spaces on embedded data, from nothing to a report."""

from dataclasses import replace
from pathlib import Path

import click

from mmchan.cli.pools import Running, running_options, tell_end

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
    from mmchan.home import home

    root = Path(running.work_dir or 'work_dirs/demo-design')
    folders = []
    for config in CONFIGS:
        folders.append(root / Path(config).stem)
        _train(home() / config, folders[-1], running, networks=networks, epochs=epochs)
    write_and_show(folders, root / 'report', Choices())


def _train(config: Path, folder: Path, running: Running, *, networks: int, epochs: int | None) -> None:
    from mmchan.design.sweeps.running import run_sweep
    from mmchan.design.sweeps.settings import read_sweep
    from mmchan.design.sweeps.view import display

    sweep = read_sweep(config)
    sweep = replace(sweep, count=networks, epochs=epochs or sweep.epochs)
    workers = running.open(folder, timeout=sweep.timeout)
    tell_end(
        run_sweep(sweep, folder, workers=workers, retry_failed=running.retry_failed, display=display()),
        folder,
    )
