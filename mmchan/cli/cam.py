"""``mmchan cam``: which parts of an image speak for its classes."""

from functools import partial
from pathlib import Path

import click

from mmchan.cli import options
from mmchan.cli.places import out_folder
from mmchan.cli.predict import check_options_of, load_variant, paths_of, summary
from mmchan.cli.words import amount


@click.command('cam', cls=options.ToolCommand)
@click.argument('images', nargs=-1, required=True, metavar='IMAGE...')
@click.option('--model', metavar='NAME', help='A variant, with its published weights or with --checkpoint.')
@click.option('--config', help='Config of a classifier with one of our backbones, instead of a variant.')
@click.option('--checkpoint', help='Weights: a file or a URL.')
@click.option(
    '--class',
    'classes',
    multiple=True,
    metavar='NAME',
    help='Explain this class, by its name or number; may be repeated. By default the most probable ones.',
)
@click.option(
    '--topk', type=click.IntRange(1), default=3, show_default=True, help='Most probable classes to explain.'
)
@click.option(
    '--stage',
    type=click.IntRange(0),
    help='Take the map at the end of this stage, 0 the first; by default the last of at least 4 x 4.',
)
@click.option(
    '--out',
    type=out_folder,
    default=Path('cam'),
    show_default=True,
    help='Folder for the pictures and predictions.json.',
)
@options.device
@options.trust
@options.cfg_options
def command(
    images: tuple[str, ...],
    model: str | None,
    config: str | None,
    checkpoint: str | None,
    classes: tuple[str, ...],
    topk: int,
    stage: int | None,
    out: Path,
    device: str | None,
    trust: bool,
    cfg_options: dict | None,
) -> None:
    """Draw on images what speaks for their classes: Grad-CAM.

    Every IMAGE is a file, a folder or a quoted glob pattern.
    """
    check_options_of(config, model, checkpoint, cfg_options)
    from mmchan.prediction import files
    from mmchan.progress import track

    paths = paths_of(images, out)
    explainer = _explainer(config, model, checkpoint, cfg_options=cfg_options, device=device, trust=trust)
    predictor = partial(_explained, partial(explainer, topk=topk, classes=classes, stage=stage))
    said = files.predict_files(track(paths, 'explaining'), predictor, out)
    for entry in said:
        click.echo(f'{entry["image"]}: {summary(entry)}')
    click.echo(f'{amount(len(said), "image")}: pictures and {files.RESULTS} in {out}')


def _explainer(
    config: str | None,
    model: str | None,
    checkpoint: str | None,
    *,
    cfg_options: dict | None,
    device: str | None,
    trust: bool,
):
    """What explains an image; asks for captum before weights are loaded."""
    from mmchan.prediction import explanation

    explanation.need_captum()
    if model is not None:
        network = load_variant(model, checkpoint, device=device, trust=trust)
        return explanation.variant_explainer(network, network.preprocessing)
    from mmchan.runs.config import load_config

    cfg = load_config(config, cfg_options)
    return explanation.config_explainer(cfg, checkpoint, device=device, trust=trust)


def _explained(explain, path: Path):
    """An image's classes and their picture."""
    from mmchan.drawing.explained import draw_explanation
    from mmchan.prediction.files import Result

    explained = explain(path)
    said = {'image': str(path), **explained.found.as_dict(), 'map': explained.where}
    return Result(said, draw_explanation(explained))
