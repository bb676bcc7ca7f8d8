"""``mmchan demo``: the main job on embedded data, from nothing to a picture of the predictions."""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import click

from mmchan.runs.workdir import default_work_dir, last_checkpoint, newest_log

CONFIG = 'configs/regnet/regnetx-400mf_1xb64_digits.py'


@click.command('demo')
@click.option(
    '--work-dir',
    type=click.Path(path_type=Path),
    default=default_work_dir(CONFIG),
    show_default=True,
    help='Folder of logs, checkpoints and the picture.',
)
def command(work_dir: Path) -> None:
    """Train, test and draw a RegNetX-400MF on handwritten digits: about a minute on two CPU cores."""
    results = work_dir / 'predictions.pkl'
    minutes, files = train_and_test(CONFIG, work_dir, '--out', str(results))
    _report(results, minutes, **files)


def train_and_test(config: str, work_dir: Path, *options: str) -> tuple[float, dict[str, Path]]:
    """Run tools/train.py and tools/test.py on one of our configs.

    Args:
        config: Path of the config, below the folder with configs and tools.
        work_dir: Folder of logs and checkpoints.
        options: More options of tools/test.py.

    Returns:
        Minutes of the training, and the paths of its last checkpoint and of its log.
    """
    from mmchan.home import home

    started = time.monotonic()
    _run(home(), 'tools/train.py', config, '--work-dir', str(work_dir))
    minutes = (time.monotonic() - started) / 60
    log, checkpoint = newest_log(work_dir), last_checkpoint(work_dir)
    _run(home(), 'tools/test.py', config, str(checkpoint), '--work-dir', str(work_dir), *options)
    return minutes, {'checkpoint': checkpoint, 'log': log}


def _run(root: Path, script: str, *arguments: str) -> None:
    """Run one of our tools as a user would, showing the command; exit with its code when it fails."""
    shown = [script, *arguments]
    click.secho(f'\n$ python {shlex.join(shown)}', bold=True)
    paths = [str(root / part) if part == script or part.startswith('configs/') else part for part in shown]
    search = os.pathsep.join(filter(None, [str(root), os.environ.get('PYTHONPATH')]))
    environment = {**os.environ, 'PYTHONPATH': search}
    code = subprocess.run([sys.executable, *paths], env=environment).returncode  # noqa: S603 (our own scripts)
    if code:
        raise click.ClickException(f'{script} ended with exit code {code}')


def _report(results: Path, minutes: float, **files: Path) -> None:
    from mmchan.drawing.classified import draw_predictions
    from mmchan.prediction.results import read_predictions

    predictions = read_predictions(results)
    right = sum(prediction.is_right for prediction in predictions)
    picture = draw_predictions(predictions, results.with_suffix('.png'))
    click.echo()
    click.secho(
        f'accuracy    {right / len(predictions):.2%} top-1: {right} of {len(predictions)} images', bold=True
    )
    click.echo(f'training    {minutes:.1f} minutes')
    for name, path in {**files, 'picture': picture}.items():
        click.echo(f'{name:<11} {path}')
