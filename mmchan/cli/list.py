"""``mmchan list [PATTERN]``: the named variants with their cost and widths."""

from dataclasses import asdict

import click

from mmchan.channels import InputError, count, families, find_variant, get_plan, list_variants
from mmchan.channels.catalogue import canonical
from mmchan.cli.grid import ACTIVATIONS, COST_HEADINGS, Grid, cost_cells, print_fitting
from mmchan.cli.options import resolution_option
from mmchan.cli.words import amount
from mmchan.errors import suggestion


@click.command('list')
@click.argument('pattern', default='*')
@resolution_option
@click.option('--json', 'as_json', is_flag=True, help='Print exact integers as JSON.')
def command(pattern: str, resolution: int, as_json: bool) -> None:
    """List the variants whose name matches PATTERN ('regnetx', 'rexnet-*'), counted with 1000 classes."""
    names = list_variants(pattern)
    if not names:
        raise InputError(f'no variant matches {pattern!r}; {_nearest(pattern)} (mmchan list shows all)')
    if as_json:
        import json

        click.echo(json.dumps([_record(name, resolution) for name in names], indent=2))
        return
    title = f'{amount(len(names), "variant")}, one {resolution}x{resolution} image, 1000 classes'
    rows = Grid(title, 'name', *COST_HEADINGS, 'stage widths', 'blocks')
    for name in names:
        plan = get_plan(name)
        widths = '-'.join(map(str, plan.stage_widths))
        depths = '-'.join(map(str, plan.stage_depths))
        rows.add_row(name, *cost_cells(count(plan, resolution)), widths, depths)
    print_fitting(rows, drop=[ACTIVATIONS, 'blocks', 'stage widths'], more='--json')


def _nearest(pattern: str) -> str:
    """A variant or a family whose name is like a pattern."""
    return suggestion(pattern.strip('*'), [*map(canonical, families()), *list_variants()])


def _record(name: str, resolution: int) -> dict[str, object]:
    plan = get_plan(name)
    return {
        'name': name,
        'resolution': resolution,
        **asdict(count(plan, resolution)),
        'widths': plan.widths,
        'stage_widths': plan.stage_widths,
        'stage_depths': plan.stage_depths,
        'source': find_variant(name).source,
    }
