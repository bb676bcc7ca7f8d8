"""``mmchan show NAME…``: a network's plan as a table, and the widths as a picture."""

from itertools import groupby
from pathlib import Path

import click

from mmchan.channels import BlockPlan, Cost, NetPlan, count, find_variant, get_plan, layers
from mmchan.cli.grid import ACTIVATIONS, COST_HEADINGS, PARAMETERS, Grid, cost_cells, print_fitting
from mmchan.cli.options import resolution_option
from mmchan.cli.places import picture_path

# what a narrow terminal shows last, the first one first to go: channels and cost stay
LESS = (ACTIVATIONS, 'shortcut', 'groups', 'squeeze', 'output', PARAMETERS)


@click.command('show')
@click.argument('names', nargs=-1, required=True)
@resolution_option
@click.option('--plot', type=picture_path, help='Draw the widths per block of all NAMES: .png, .svg or .pdf.')
def command(names: tuple[str, ...], resolution: int, plot: Path | None) -> None:
    """Draw the plan of one or several variants: every block's widths, layers and cost."""
    plans = {find_variant(name).name: get_plan(name) for name in names}
    for name, plan in plans.items():
        print_fitting(_plan_table(name, plan, resolution), drop=LESS)
        click.echo()
    if plot:
        from mmchan.drawing.widths import plot_widths  # matplotlib takes a second to import

        plot_widths(plans, plot)
        click.echo(f'Widths per block drawn in {plot}')


def _plan_table(name: str, plan: NetPlan, resolution: int) -> Grid:
    rows = Grid(
        f'{name}: one {resolution}x{resolution} image, 1000 classes',
        *('part', 'output', 'stride', 'in', 'inside', 'out', 'groups', 'squeeze', 'shortcut'),
        *COST_HEADINGS,
    )
    blocks = {f'block {index}': block for index, block in enumerate(plan.blocks)}
    for part, group in groupby(layers(plan, resolution), key=lambda layer: layer.part):
        inside = list(group)
        cells = _block_cells(blocks[part]) if part in blocks else _conv_cells(inside)
        last = inside[-1]
        cost = sum((layer.cost for layer in inside), Cost())
        rows.add_row(part, f'{last.height}x{last.width}', *cells, *cost_cells(cost))
    rows.add_row('total', *[''] * 8, *cost_cells(count(plan, resolution)))
    return rows


def _block_cells(block: BlockPlan) -> tuple[str, ...]:
    squeeze = str(block.squeeze.squeeze.out_channels) if block.squeeze else '-'
    widths = (block.in_channels, block.spatial.out_channels, block.out_channels)
    return (str(block.stride), *map(str, widths), str(block.spatial.groups), squeeze, block.shortcut)


def _conv_cells(inside: list) -> tuple[str, ...]:
    first, last = inside[0].conv, inside[-1].conv
    hidden = str(first.out_channels) if len(inside) > 1 else '-'
    return str(first.stride), str(first.in_channels), hidden, str(last.out_channels), '-', '-', '-'
