"""``mmchan get-flops`` and ``tools/get_flops.py``."""

import click

from mmchan.cli import options, run
from mmchan.cli.console import console, table
from mmchan.cli.grid import COST_HEADINGS, cost_cells

COUNTED = (
    'Counted by mmengine on a trace: to the MACs of the papers (convolutions, linear layers) it adds the '
    'operations of normalisation, pooling and interpolation. "mmchan list" gives the MACs of the papers.'
)

SECOND_STAGE = (
    'The second stage is counted, as mmdet counts it, for all proposals that the config lets pass, the mask '
    'head for 100 of them (Cascade: for all). Published tables have the parameters of the mask head, but '
    'not its multiply-adds.'
)


@click.command('get-flops', cls=options.ToolCommand)
@options.config_argument
@click.option(
    '--shape',
    metavar='H [W]',
    type=click.IntRange(1),
    multiple=True,
    default=(224, 224),
    show_default='224 224',
    help='Size of the image.',
)
@options.cfg_options
def command(config: str, shape: tuple[int, ...], cfg_options: dict | None) -> None:
    """Count parameters, multiply-adds and activations of the model of CONFIG for one image."""
    if len(shape) > 2:
        raise click.BadParameter('expected H or H W', param_hint='--shape')
    from mmchan.measure.complexity import count_backbone_plan, count_model, without
    from mmchan.runs.config import load_config

    size = (shape[0], shape[-1])
    cfg = load_config(config, cfg_options)
    costs, exact = count_model(cfg, size), count_backbone_plan(cfg, size)
    if 'mask_head' in costs:
        costs['total without mask_head'] = without(costs['total'], costs['mask_head'])
    headings = (COST_HEADINGS[0], 'multiply-adds (G)', COST_HEADINGS[2])
    rows = table('', 'part', *headings)
    for name, cost in costs.items():
        rows.add_row(name, *cost_cells(cost))
    click.echo(f'{config}, one image of {size[0]} x {size[1]}')
    console().print(rows)
    click.echo(COUNTED)
    if 'roi_head' in costs:
        click.echo(SECOND_STAGE)
    if exact is not None:
        cells = zip(cost_cells(exact), COST_HEADINGS, strict=True)
        click.echo('Backbone in the counting of the papers: ' + ', '.join(map(' '.join, cells)))


def main() -> None:
    """Entry point of ``tools/get_flops.py``."""
    run(command)
