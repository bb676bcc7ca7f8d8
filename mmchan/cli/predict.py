"""``mmchan predict``."""

from pathlib import Path

import click

from mmchan.channels import find_variant
from mmchan.cli import options
from mmchan.cli.places import out_folder
from mmchan.cli.words import amount
from mmchan.errors import InputError

EXPORTED = ('.onnx', '.xml', '.pt2')  # suffixes of mmchan export


@click.command('predict', cls=options.ToolCommand)
@click.argument('images', nargs=-1, required=True, metavar='IMAGE...')
@click.option('--config', help='Config of a classifier or a detector.')
@click.option(
    '--model',
    metavar='NAME|FILE',
    help='A variant, which classifies, or a file of mmchan export, instead of a config.',
)
@click.option('--checkpoint', help='Weights: a file or a URL; with --model, its published ones by default.')
@click.option(
    '--out',
    type=out_folder,
    default=Path('predictions'),
    show_default=True,
    help='Folder for the drawings and predictions.json.',
)
@click.option(
    '--score-thr',
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    help='Least score of a detection.',
)
@click.option(
    '--topk', type=click.IntRange(1), default=5, show_default=True, help='Classes to name, with --model.'
)
@options.device
@options.trust
@options.cfg_options
def command(
    images: tuple[str, ...],
    config: str | None,
    model: str | None,
    checkpoint: str | None,
    out: Path,
    score_thr: float,
    topk: int,
    device: str | None,
    trust: bool,
    cfg_options: dict | None,
) -> None:
    """Classify images or detect objects in them.

    Every IMAGE is a file, a folder or a quoted glob pattern.
    """
    if config is None and model is not None and is_exported(model):
        _check_file(model, checkpoint, cfg_options)
    else:
        check_options_of(config, model, checkpoint, cfg_options)
    from mmchan.prediction import files
    from mmchan.progress import track

    paths = paths_of(images, out)
    if model is not None and is_exported(model):
        predictor = _file_predictor(model, topk=topk, score_threshold=score_thr)
    elif model is not None:
        predictor = _variant_predictor(model, checkpoint, device=device, topk=topk, trust=trust)
    else:
        predictor = _config_predictor(
            config, checkpoint, cfg_options, device=device, score_threshold=score_thr, trust=trust
        )
    said = files.predict_files(track(paths, 'predicting'), predictor, out)
    for entry in said:
        click.echo(f'{entry["image"]}: {summary(entry)}')
    click.echo(f'{amount(len(said), "image")}: {out / files.RESULTS} and drawings beside it')


def check_options_of(
    config: str | None, model: str | None, checkpoint: str | None, cfg_options: dict | None
) -> None:
    """Which options go together; and an unknown variant is named before torch is imported."""
    if (config is None) == (model is None):
        raise click.UsageError('give either --model NAME, or --config and --checkpoint')
    if model is not None:
        if cfg_options:
            raise click.UsageError('--cfg-options is for --config')
        find_variant(model)
    elif checkpoint is None:
        raise click.UsageError('--config needs --checkpoint')


def paths_of(images: tuple[str, ...], out: Path) -> list[Path]:
    """The images that can be read and lie apart from the folder for results; the others are told."""
    from mmchan.prediction import files

    paths, broken = files.whole_images(files.find_images(images))
    files.check_apart(paths, out)
    for image, reason in broken:
        click.secho(f'skipped {image}: {reason}', err=True, fg='yellow')
    return paths


def is_exported(model: str) -> bool:
    """Whether a model is a file that ``mmchan export`` writes, by its name."""
    return model.endswith(EXPORTED)


def _check_file(model: str, checkpoint: str | None, cfg_options: dict | None) -> None:
    if checkpoint is not None or cfg_options:
        raise click.UsageError(f'{model} takes neither --checkpoint nor --cfg-options: all of it is inside')
    if not Path(model).expanduser().is_file():
        raise InputError(f'there is no file {model!r}; mmchan export writes one')


def _file_predictor(model: str, **settings: object):
    """The function that predicts for one image with an exported file."""
    from mmchan.deploy.runtimes import open_model
    from mmchan.deploy.tasks import load_task

    session = open_model(model)
    return load_task(session.metadata.task).predictor(session, **settings)


def _config_predictor(config: str, checkpoint: str, cfg_options: dict | None, **settings: object):
    """The function that predicts for one image with the model of a config."""
    from mmchan.prediction import predictor
    from mmchan.runs.config import load_config

    return predictor.load_predictor(load_config(config, cfg_options), checkpoint, **settings)


def _variant_predictor(name: str, checkpoint: str | None, *, device: str | None, topk: int, trust: bool):
    """The function that classifies one image with a variant."""
    from mmchan.prediction.classification import classification_predictor

    network = load_variant(name, checkpoint, device=device, trust=trust)
    return classification_predictor(network, network.preprocessing, topk=topk)


def load_variant(name: str, checkpoint: str | None, *, device: str | None, trust: bool):
    """A variant as a classifier with its published weights, or those of a checkpoint, on a device."""
    from mmengine.device import get_device

    from mmchan.api import get_model, trained_classifier
    from mmchan.weights.checkpoints import trust_checkpoints

    with trust_checkpoints(trust):
        network = trained_classifier(name, checkpoint) if checkpoint else get_model(name, True)
    return network.to(device or get_device())


def summary(entry: dict) -> str:
    """What was found in an image, in a few words."""
    if 'top' in entry:
        return ', '.join(f'{row["class"]} ({row["score"]:.0%})' for row in entry['top'])
    if 'detections' not in entry:
        return f'{entry.get("class", entry["label"])} ({entry["score"]:.0%})'
    found = entry['detections']
    names = ', '.join(f'{detection["class"]} ({detection["score"]:.0%})' for detection in found)
    return names or 'nothing'
