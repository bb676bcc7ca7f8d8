"""``mmchan print-config`` and ``tools/print_config.py``."""

import click

from mmchan.cli import options, run


@click.command('print-config', cls=options.ToolCommand)
@options.config_argument
@options.cfg_options
def command(config: str, cfg_options: dict | None) -> None:
    """Print CONFIG with everything that it inherits."""
    from mmchan.runs.config import load_config

    click.echo(load_config(config, cfg_options).pretty_text)


def main() -> None:
    """Entry point of ``tools/print_config.py``."""
    run(command)
