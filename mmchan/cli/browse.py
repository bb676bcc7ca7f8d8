"""``mmchan browse``: what a config's pipeline feeds the network."""

from pathlib import Path

import click

from mmchan.cli import options
from mmchan.cli.places import picture_path
from mmchan.errors import InputError

DRAWS = {'train': 3, 'val': 1, 'test': 1}  # a pipeline for testing has nothing random


@click.command('browse', cls=options.ToolCommand)
@options.config_argument
@click.option(
    '--split', type=click.Choice(list(DRAWS)), default='train', show_default=True, help='Which data to show.'
)
@click.option('--count', type=click.IntRange(1), default=8, show_default=True, help='Images to show.')
@click.option(
    '--draws',
    type=click.IntRange(1),
    help='How often each goes through the pipeline.  [default: 3 for train, else 1]',
)
@click.option(
    '--seed',
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help='Chooses the images, and what is random in the pipeline.',
)
@click.option(
    '--out',
    type=picture_path,
    default=Path('browse.png'),
    show_default=True,
    help='The picture to write: .png, .svg or .pdf.',
)
@options.cfg_options
def command(
    config: str, split: str, count: int, draws: int | None, seed: int, out: Path, cfg_options: dict | None
) -> None:
    """Draw what the pipeline of CONFIG feeds: images as stored, augmented, with their annotations."""
    from mmchan.data.browsing import Browser, without_repeats
    from mmchan.drawing.samples import draw_samples
    from mmchan.progress import track
    from mmchan.runs.building import faults_of_the_config

    cfg = _checked(config, split, cfg_options)
    with faults_of_the_config():
        browser = Browser(cfg, split)
    if not len(browser):
        raise InputError(f'the data of {split}_dataloader holds no image')
    if browser.reads(out):
        raise InputError(f'{out} is an image of the data, and would be replaced; name another picture')
    chosen = browser.choose(count, seed)
    draws = draws or DRAWS[split]
    samples = without_repeats(
        [browser.sample(index, draws=draws, seed=seed) for index in track(chosen, 'loading')]
    )
    title = f'{Path(config).stem}, {split}: {", ".join(browser.steps)}'
    draw_samples(samples, browser.classes, out, title=title)
    click.echo(f'{split}: {len(samples)} of {len(browser)} images')
    fixed = draws > 1 and len(samples[0].fed) == 1
    click.echo(f'pipeline: {", ".join(browser.steps)}{"; nothing in it is random" if fixed else ""}')
    click.echo(f'picture: {out}')


def _checked(config: str, split: str, cfg_options: dict | None):
    """The config, after writing embedded data that is absent and looking for what is missing."""
    from mmchan import compat
    from mmchan.findings import stop_at
    from mmchan.runs.config import load_config
    from mmchan.runs.preparation import examine_data, write_data

    cfg = load_config(config, cfg_options)
    if cfg.get('default_scope') == 'mmpretrain':
        compat.import_mmpretrain_alone()
    loaders = [f'{split}_dataloader']
    for written in write_data(cfg, loaders):
        click.echo(str(written), err=True)
    stop_at(examine_data(cfg, loaders))
    return cfg
