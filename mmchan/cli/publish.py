"""``mmchan publish``."""

from pathlib import Path

import click

from mmchan.cli import options
from mmchan.cli.places import check_parent


@click.command('publish')
@click.argument('checkpoint', metavar='IN')
@click.argument('out', type=click.Path(path_type=Path))
@options.trust
def command(checkpoint: str, out: Path, trust: bool) -> None:
    """Write the weights of the checkpoint IN as OUT-<hash>.pth and OUT-<hash>.safetensors.

    Optimizer state and logs stay behind; averaged weights (EMA) are taken where there are any.
    """
    check_parent(out.parent)  # the folder of OUT may be new
    from mmchan.weights.checkpoints import trust_checkpoints
    from mmchan.weights.release import publish_checkpoint

    with trust_checkpoints(trust):
        done = publish_checkpoint(checkpoint, out)
    click.echo(f'network  {done.meta["arch"] or "no named variant"}')
    click.echo(f'weights  {"averaged over training steps (EMA)" if done.averaged else "of the last step"}')
    click.echo(f'dropped  {", ".join(done.dropped) or "nothing"}')
    for file in done.files:
        click.echo(f'written  {file} ({file.stat().st_size / 1e6:.1f} MB)')
