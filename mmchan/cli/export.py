"""``mmchan export``."""

from pathlib import Path

import click

from mmchan.channels import find_variant
from mmchan.cli import options
from mmchan.cli.console import console, table
from mmchan.cli.places import OutFile
from mmchan.errors import InputError, require_known

TARGETS = ('onnx', 'openvino', 'torch-export')


def _known_target(ctx: click.Context, param: click.Parameter, value: str) -> str:
    require_known(value, TARGETS, 'target')
    return value


@click.command('export', cls=options.ToolCommand)
@click.argument('model', metavar='CONFIG|NAME')
@click.argument('checkpoint', required=False)
@click.option(
    '--to',
    'target',
    metavar='|'.join(TARGETS),
    callback=_known_target,
    default='onnx',
    show_default=True,
    help='What to write.',
)
@click.option(
    '--out',
    type=OutFile(),
    help='The file; by default called after the model, here.',
)
@click.option(
    '--preprocessing/--no-preprocessing',
    default=False,
    show_default=True,
    help='Resize, crop and normalise inside: the input is bytes in RGB, (N, H, W, 3).',
)
@click.option('--int8', is_flag=True, help='Quantise to 8 bits, with the images of --calibrate.')
@click.option('--calibrate', type=options.folder_path, metavar='DIR', help='Images to calibrate with.')
@click.option(
    '--labelled',
    type=options.folder_path,
    metavar='DIR',
    help="Images in a folder per class, or of a detector's config the test data, to compare accuracies on.",
)
@click.option(
    '--max-drop',
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help='Accuracy, in points, that int8 may lose.',
)
@click.option(
    '--images',
    type=click.IntRange(1),
    default=300,
    show_default=True,
    help='Images at most, of each folder.',
)
@click.option('--seed', type=click.IntRange(0), default=0, show_default=True, help='Of their choice.')
@click.option(
    '--max-difference',
    type=click.FloatRange(0, min_open=True),
    default=1e-4,
    show_default=True,
    help="Largest difference from PyTorch's outputs, as a share of the largest of them.",
)
@click.option('--threads', type=click.IntRange(1), help='Of a call; by default what the runtimes take.')
@options.trust
@options.cfg_options
def command(
    model: str,
    checkpoint: str | None,
    target: str,
    out: Path | None,
    preprocessing: bool,
    int8: bool,
    calibrate: Path | None,
    labelled: Path | None,
    max_drop: float,
    images: int,
    seed: int,
    max_difference: float,
    threads: int | None,
    trust: bool,
    cfg_options: dict | None,
) -> None:
    """Write a network as a file that other runtimes run.

    The network is a variant, by default with its published weights, or that of a CONFIG with its
    CHECKPOINT. The file is run and compared with PyTorch before it appears.
    """
    _check(model, checkpoint, cfg_options, int8=int8, calibrate=calibrate)
    from mmchan.deploy.exporting import TARGETS as KINDS
    from mmchan.deploy.exporting import check_out

    out = out or Path(
        f'{Path(model).stem if _is_config(model) else model}{"-int8" * int8}{KINDS[target].suffix}'
    )
    check_out(out, target)
    found = load(model, checkpoint, cfg_options, trust=trust, preprocessing=preprocessing)
    if int8:
        report_int8(_quantise(found, out, target, calibrate, labelled, images, seed, max_drop, threads))
        return
    from mmchan.deploy.tasks import load_task

    task = load_task(found.metadata.task)
    written = task.export(found, out, target=target, limit=max_difference, labelled=labelled, threads=threads)
    report(found, written, threads=threads)


def _quantise(
    found,
    out: Path,
    target: str,
    calibrate: Path,
    labelled: Path | None,
    images: int,
    seed: int,
    max_drop: float,
    threads: int | None,
):
    """Quantise with the images of a folder, judged by those of another."""
    from mmchan.deploy.quantising import quantise_model
    from mmchan.deploy.tasks import load_task

    task, choice = load_task(found.metadata.task), {'number': images, 'seed': seed}
    inputs = task.load_inputs(calibrate, found.metadata, **choice)
    return quantise_model(
        found.module,
        out,
        target=target,
        metadata=found.metadata,
        inputs=inputs,
        judge_of=lambda before: task.judge_of(before, inputs, labelled, **choice),
        max_drop=max_drop,
        threads=threads,
    )


def _is_config(model: str) -> bool:
    return model.endswith('.py')


def _check(
    model: str, checkpoint: str | None, cfg_options: dict | None, *, int8: bool, calibrate: Path | None
) -> None:
    """What goes together, and the names, before torch is imported."""
    if int8 and calibrate is None:
        raise InputError('--int8 needs --calibrate DIR: images like those that the network will see')
    if _is_config(model):
        if checkpoint is None:
            raise InputError(f'{model} needs a CHECKPOINT: its weights')
        return
    if cfg_options:
        raise click.UsageError('--cfg-options is for a CONFIG')
    find_variant(model)


def load(model: str, checkpoint: str | None, cfg_options: dict | None, *, trust: bool, preprocessing: bool):
    """The network that is to be exported, with its metadata."""
    from mmchan.deploy import tasks

    if not _is_config(model):
        from mmchan.cli.predict import load_variant
        from mmchan.deploy.classification import of_variant
        from mmchan.weights.catalogue import find_published

        name = find_variant(model).name
        source = checkpoint or find_published(name).source
        network = load_variant(model, checkpoint, device='cpu', trust=trust)
        return tasks.with_preprocessing(of_variant(network, name=name, source=source), preprocessing)
    from mmchan.runs.config import load_config

    cfg = load_config(model, cfg_options)
    task = tasks.load_task(tasks.task_of(cfg.get('default_scope')))
    found = task.load_config(cfg, checkpoint, name=Path(model).stem, trust=trust)
    return tasks.with_preprocessing(found, preprocessing)


def report(found, written, *, threads: int | None) -> None:
    """Print what was written, and how long one image takes here in it and in PyTorch."""
    from mmchan.deploy.measuring import sessions_of, time_sessions

    said = written.metadata
    free = ', '.join(said.dynamic) or 'nothing'
    click.echo(f'{written.path}: {written.size / 1e6:.1f} MB, any {free}, classes: {len(said.classes)}')
    for line in written.difference.lines:
        click.echo(line)
    timings = time_sessions(sessions_of(found.module, found.metadata, [written.path], threads=threads))
    eager = next(iter(timings.values()))
    rows = table('one image here', 'runtime', 'ms', 'times as fast')
    for title, timing in timings.items():
        rows.add_row(title, f'{timing.median * 1e3:.2f}', f'{timing.speed_over(eager).median:.2f}')
    console().print(rows)
    fastest = min(timings, key=lambda title: timings[title].median)
    click.echo(f'fastest here: {fastest}')


def report_int8(done) -> None:
    """Print what every recipe gave, which one was written, and whether it pays."""
    written, before = done.exported, done.before
    click.echo(f'Points: {done.judge.title}.')
    rows = table('one image here', 'recipe', 'ms', 'times as fast', 'points')
    for trial in (before, *done.trials):
        speed = trial.timing.speed_over(before.timing).median
        rows.add_row(trial.name, f'{trial.timing.median * 1e3:.2f}', f'{speed:.2f}', f'{trial.points:.2f}')
    console().print(rows)
    if not done.judge.is_accuracy:
        click.echo('That is no accuracy: --labelled DIR gives one, and refuses a drop of it.')
    click.echo(f'{written.path}: {written.size / 1e6:.1f} MB, {done.chosen.name}')
    click.echo(f'largest difference from PyTorch: {written.difference.largest:.2g}')
    if not done.is_faster:
        click.secho('int8 is slower than fp32 here: use fp32 on this machine', fg='yellow')
