"""``mmchan rank``: how much of its channels a layer or a block can use."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from mmchan.cli import options
from mmchan.cli.console import console
from mmchan.cli.places import out_folder
from mmchan.cli.predict import check_options_of
from mmchan.design import ranks
from mmchan.design.ranks.settings import INPUT_LAWS, NORMS, WEIGHT_LAWS
from mmchan.files import replacing
from mmchan.progress import track

DEFAULT = ranks.Settings()
TRAINED, RANDOM = 'trained', 'random'


def _range(name: str, default: tuple[int, int], help_text: str):
    """An option with a least and a largest integer."""
    kind = click.IntRange(1)
    return click.option(
        name,
        nargs=2,
        type=(kind, kind),
        default=default,
        show_default=True,
        metavar='LOW HIGH',
        help=help_text,
    )


def _choice(name: str, known: Sequence[str], default: str, help_text: str):
    return click.option(name, type=click.Choice(known), default=default, show_default=True, help=help_text)


@click.command('rank', cls=options.ToolCommand)
@click.option('--config', help='Config of a trained classifier or detector, instead of random networks.')
@click.option('--model', metavar='NAME', help='A variant instead of a config.')
@click.option('--checkpoint', help='Weights: a file or a URL; with --model, its published ones by default.')
@click.option(
    '--images',
    multiple=True,
    metavar='DIR',
    help='Images for the trained network: a folder, a file, a pattern.',
)
@click.option(
    '--kind',
    'kinds',
    type=click.Choice(list(ranks.KINDS)),
    multiple=True,
    help='Layer or block of the random networks; may be repeated. All by default.',
)
@click.option(
    '--networks',
    type=click.IntRange(1),
    default=DEFAULT.networks,
    show_default=True,
    help='Random networks per kind and ratio.',
)
@_range('--widths', DEFAULT.widths, 'Output channels of the random networks: multiples of 10 between these.')
@_range('--expansions', DEFAULT.expansions, 'Expansion ratios of their inverted bottlenecks.')
@click.option(
    '--inputs', type=float, default=DEFAULT.inputs, show_default=True, help='Inputs per output feature, > 1.'
)
@_choice('--weights', WEIGHT_LAWS, DEFAULT.weights, 'Law of the random weights.')
@_choice('--values', INPUT_LAWS, DEFAULT.values, 'Law of the random inputs.')
@_choice('--norm', NORMS, DEFAULT.norm, 'Normalisation: by the batch, its scale only, none.')
@click.option(
    '--map-size',
    type=click.IntRange(1),
    default=DEFAULT.map_size,
    show_default=True,
    help='Side of the maps that 3x3 kernels see.',
)
@click.option(
    '--tolerance',
    type=click.FloatRange(0, 1, max_open=True),
    help="Share of the largest singular value above which one counts; by default float32's precision.",
)
@click.option(
    '--columns',
    type=click.IntRange(1),
    default=4096,
    show_default=True,
    help='Pixels of each map of a trained network.',
)
@click.option('--seed', type=click.IntRange(0), default=0, show_default=True, help='Random seed.')
@click.option(
    '--workers', type=click.IntRange(1), help='Threads; one per core by default, within OMP_NUM_THREADS.'
)
@options.device
@click.option(
    '--out',
    type=out_folder,
    default=Path('ranks'),
    show_default=True,
    help='Folder for ranks.json and the pictures.',
)
@options.trust
@options.cfg_options
def command(
    config: str | None,
    model: str | None,
    checkpoint: str | None,
    images: tuple[str, ...],
    kinds: tuple[str, ...],
    networks: int,
    widths: tuple[int, int],
    expansions: tuple[int, int],
    inputs: float,
    weights: str,
    values: str,
    norm: str,
    map_size: int,
    tolerance: float | None,
    columns: int,
    seed: int,
    workers: int | None,
    device: str | None,
    out: Path,
    trust: bool,
    cfg_options: dict | None,
) -> None:
    """How much of its channels a layer or a block can use.

    Alone: the rank of random layers and inverted bottlenecks against their channel dimension ratio, for eight
    nonlinearities, as figure 1 of ReXNet's paper. With --config and --checkpoint, or --model, and --images:
    the rank of every block of a trained network on these images, with random weights beside it.
    """
    if config is None and model is None:
        _refuse_without_network(checkpoint, images, cfg_options)
        settings = ranks.Settings(
            kinds=kinds or DEFAULT.kinds,
            networks=networks,
            widths=widths,
            expansions=expansions,
            inputs=inputs,
            weights=weights,
            values=values,
            norm=norm,
            map_size=map_size,
            tolerance=tolerance,
            seed=seed,
        )
        analyse(settings, out, workers=workers)
        return
    _check_network(config, model, checkpoint, images, cfg_options)
    backbone, tensors, paths = _trained(
        config, model, checkpoint, images, cfg_options=cfg_options, device=device, trust=trust
    )
    name = model or Path(config).stem
    profile(backbone, tensors, out, name=name, paths=paths, columns=columns, seed=seed, tolerance=tolerance)


def _refuse_without_network(
    checkpoint: str | None, images: tuple[str, ...], cfg_options: dict | None
) -> None:
    given = {'--checkpoint': checkpoint, '--images': images, '--cfg-options': cfg_options}
    for option, value in given.items():
        if value:
            raise click.UsageError(f'{option} needs --config or --model: it is for a trained network')


def _check_network(
    config: str | None,
    model: str | None,
    checkpoint: str | None,
    images: tuple[str, ...],
    cfg_options: dict | None,
) -> None:
    """Which options go together; and an unknown variant is named before torch is imported."""
    check_options_of(config, model, checkpoint, cfg_options)
    if not images:
        raise click.UsageError('a trained network needs --images DIR: real images to look at')


def analyse(settings: ranks.Settings, out: Path, *, workers: int | None) -> None:
    """Analyse random networks; print tables, write numbers and pictures."""
    from mmchan.cli.rank_tables import analysis_panels, analysis_tables

    watch = partial(track, what='rank analysis', unit='batches')
    found = ranks.analyse(settings, workers=workers, watch=watch)
    for table in analysis_tables(found):
        console().print(table, '')
    title = f'Rank of random networks, mean of {settings.networks} per point'
    _write(found.as_dict(), analysis_panels(found), out, title=title, logarithmic=2)


def _trained(
    config: str | None,
    model: str | None,
    checkpoint: str | None,
    patterns: tuple[str, ...],
    *,
    cfg_options: dict | None,
    device: str | None,
    trust: bool,
):
    """The trained backbone, the images as its inputs, and their files."""
    from mmchan.prediction import files, inputs

    paths, broken = files.whole_images(files.find_images(patterns))
    for image, reason in broken:
        click.secho(f'skipped {image}: {reason}', err=True, fg='yellow')
    if model is not None:
        from mmchan.cli.predict import load_variant

        network = load_variant(model, checkpoint, device=device, trust=trust)
        return *inputs.variant_inputs(network, paths), paths
    from mmchan.runs.config import load_config

    cfg = load_config(config, cfg_options)
    return *inputs.config_inputs(cfg, checkpoint, paths, device=device, trust=trust), paths


def profile(
    backbone,
    tensors: list,
    out: Path,
    *,
    name: str,
    paths: Sequence[Path],
    columns: int,
    seed: int,
    tolerance: float | None,
) -> None:
    """Profile a trained network and the same one with random weights; print, write and draw both."""
    from mmchan.cli.rank_tables import profile_panels, profile_table

    profiles = {}
    for which in (TRAINED, RANDOM):
        network = backbone if which == TRAINED else ranks.randomised(backbone, tensors, seed=seed)
        watch = partial(track, what=f'{which} weights')
        profiles[which] = ranks.profile_blocks(
            network, tensors, columns=columns, seed=seed, tolerance=tolerance, watch=watch
        )
    console().print(profile_table(name, profiles, len(tensors)), '')
    content = {
        'network': name,
        'images': [path.name for path in paths],
        'columns': columns,
        'seed': seed,
        'tolerance': tolerance,
        'thresholds': ranks.THRESHOLDS.tolist(),
        **{which: [part.as_dict() for part in parts] for which, parts in profiles.items()},
    }
    title = f'{name}: rank of its blocks on {len(tensors)} images'
    _write(content, profile_panels(profiles), out, title=title, logarithmic=-1)


def _write(content: dict, rows: list, out: Path, *, title: str, logarithmic: int) -> None:
    """Write ranks.json and the pictures, for light and for dark pages."""
    from mmchan.drawing.ranks import THEMES, plot_ranks  # matplotlib takes a second to import

    with replacing(out / 'ranks.json') as unfinished:
        unfinished.write_text(json.dumps(content) + '\n', encoding='utf-8')
    for theme in THEMES:
        for ending in ('png', 'svg'):
            name = 'ranks' if theme == 'light' else f'ranks-{theme}'
            plot_ranks(rows, out / f'{name}.{ending}', title=title, theme=theme, logarithmic=logarithmic)
    click.echo(f'written to {out}: ranks.json, ranks.png, ranks.svg, ranks-dark.png, ranks-dark.svg')
