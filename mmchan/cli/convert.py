"""``mmchan convert``."""

from collections.abc import Iterable
from pathlib import Path

import click

from mmchan.channels import Family
from mmchan.channels.catalogue import families, inner_families
from mmchan.channels.naming import OWN
from mmchan.cli import options
from mmchan.cli.places import OutFile, check_apart
from mmchan.errors import require_known


def _layouts(known: Iterable[Family]) -> list[str]:
    """The layouts that any of some families has."""
    return list(dict.fromkeys([OWN, *(name for family in known for name in family.own_layouts)]))


def _known_layout(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse a layout of no family before anything is read; families from outside bring theirs."""
    require_known(value, _layouts(families().values()), 'layout')
    return value


@click.command('convert')
@click.argument('checkpoint', metavar='IN')
@click.argument('out', type=OutFile())
@click.option(
    '--to',
    'target',
    metavar='LAYOUT',
    callback=_known_layout,
    required=True,
    help=f'Layout to write: {", ".join(_layouts(inner_families().values()))}.',
)
@click.option('--arch', metavar='NAME', help='The variant that it must be; else its widths tell.')
@click.option('--to-rgb', 'colours', flag_value='rgb', help='Turn weights that expect BGR images to RGB.')
@click.option('--to-bgr', 'colours', flag_value='bgr', help='Turn weights that expect RGB images to BGR.')
@options.trust
def command(
    checkpoint: str, out: Path, target: str, arch: str | None, colours: str | None, trust: bool
) -> None:
    """Write the checkpoint IN, of a file or a URL, to OUT in another project's layout.

    OUT ends with .pth, .pyth or .safetensors.
    """
    check_apart(out, [checkpoint])
    from mmchan.weights.checkpoints import trust_checkpoints
    from mmchan.weights.conversion import convert_checkpoint

    with trust_checkpoints(trust):
        done = convert_checkpoint(checkpoint, out, target=target, arch=arch, colours=colours)
    turned = f', its stem turned to {colours.upper()}' if colours else ''
    click.echo(f'{done.arch}: {done.tensors} tensors from {done.source} to {done.target}{turned}: {out}')
    if done.left_out:
        first = ', '.join(done.left_out[:3])
        click.echo(f'left out, since they are of no layer of {done.arch}: {len(done.left_out)} ({first})')
