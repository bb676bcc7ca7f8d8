"""``mmchan check``: what is wrong in a config, before anything runs."""

import click

from mmchan.cli import options
from mmchan.cli.findings import COLORS, drawn, terminal_width
from mmchan.findings import FAIL, OK, WARN, Finding, counted


@click.command('check', cls=options.ToolCommand)
@options.config_argument
@click.option(
    '--for',
    'purpose',
    type=click.Choice(['train', 'test', 'all']),
    default='all',
    show_default=True,
    help='Check the data loaders that a training or a test uses, or all that the config has.',
)
@click.option(
    '--processes',
    type=click.IntRange(1),
    help="Processes that will train together, one per GPU; by default those of the config's name, 8 for "
    "'resnet50_8xb32_in1k'.",
)
@options.no_strict
@options.cfg_options
@click.pass_context
def command(
    context: click.Context,
    config: str,
    purpose: str,
    processes: int | None,
    strict: bool,
    cfg_options: dict | None,
) -> None:
    """Find everything that is wrong in CONFIG, in its data and in the weights that it names.

    Nothing is run and nothing is written. Exit code 1 when there are errors, 2 when CONFIG cannot be read.
    """
    findings = _findings(config, purpose, cfg_options, processes=processes or 0, strict=strict)
    for finding in findings:
        click.echo(drawn(finding, width=terminal_width()) + '\n')
    if not findings:
        click.secho(f'nothing to mend in {config}', fg=COLORS[OK])
        return
    click.secho(counted(findings), fg=COLORS[findings[0].state])
    if findings[0].state == FAIL:
        context.exit(1)


def _findings(
    config: str, purpose: str, cfg_options: dict | None, *, processes: int, strict: bool
) -> list[Finding]:
    """What is to be mended, errors first."""
    from mmchan.runs.config import load_config
    from mmchan.runs.preparation import examine_config, examine_data, loaders_of, sources_of

    cfg = load_config(config, cfg_options)
    sources, loaders = sources_of(cfg, cfg_options), loaders_of(cfg, purpose)
    found = [
        *examine_config(cfg, loaders, sources=sources, processes=processes, strict=strict),
        *examine_data(cfg, loaders, sources=sources),
    ]
    return [finding for state in (FAIL, WARN) for finding in found if finding.state == state]
