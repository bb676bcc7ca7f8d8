"""``mmchan replay``: the step at which a training met NaN or Inf, once more."""

import sys

import click

from mmchan.cli import options


@click.command('replay', cls=options.ToolCommand)
@options.config_argument
@click.argument('checkpoint')
@options.trust
@options.cfg_options
def command(config: str, checkpoint: str, trust: bool, cfg_options: dict | None) -> None:
    """Repeat the step at which a training met NaN or Inf, and say in which layer they appear.

    CONFIG and CHECKPOINT are those that the training named when it stopped: its config as it stands in its
    work directory, and bad_steps/iter_N.pth there. Nothing is written. Exits with 1 when all is finite.
    """
    from mmchan.runs.config import checked_checkpoint, load_config
    from mmchan.runs.replay import replay

    cfg = load_config(config, cfg_options)
    if not replay(cfg, checked_checkpoint(checkpoint), tell=click.echo, trust=trust):
        click.echo('All numbers of this step are finite here: another machine, or other data?')
        sys.exit(1)
