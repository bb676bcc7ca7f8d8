"""``mmchan test`` and ``tools/test.py``."""

from pathlib import Path

import click

from mmchan.cli import options, run
from mmchan.cli.places import check_apart, check_outside, check_parent


@click.command('test', cls=options.ToolCommand)
@options.config_argument
@click.argument('checkpoint')
@options.work_dir
@click.option(
    '--out', type=click.Path(dir_okay=False), metavar='FILE', help='Write the results to this file.'
)
@click.option(
    '--out-item',
    type=click.Choice(['metrics', 'pred']),
    help='What to write: the metrics (.json, .yaml, .pkl) or the predictions (.pkl; for detectors '
    'name.json writes COCO results to name.bbox.json and name.segm.json), the default.',
)
@click.option('--classwise', is_flag=True, help="Also print COCO's results of every class.")
@click.option('--tta', is_flag=True, help='Average over augmented copies of every image.')
@options.amp
@options.fast
@click.option(
    '--show-dir',
    type=click.Path(file_okay=False),
    metavar='DIR',
    help='Draw the predictions into this folder.',
)
@click.option(
    '--interval', type=click.IntRange(1), default=1, show_default=True, help='Draw every that many images.'
)
@options.pin_memory
@options.no_strict
@options.trust
@options.launcher
@options.cfg_options
def command(
    config: str,
    checkpoint: str,
    out: str | None,
    out_item: str | None,
    classwise: bool,
    trust: bool,
    strict: bool,
    **arguments: object,
) -> None:
    """Test CHECKPOINT with the model and the data of CONFIG."""
    if out_item and not out:
        raise click.UsageError('--out-item says what to write; --out FILE must say where')
    from mmchan.runs import launch
    from mmchan.runs.config import config_to_test

    cfg = config_to_test(config, checkpoint, **arguments)
    _check_places(Path(out) if out else None, arguments['show_dir'], [config, checkpoint], cfg)
    launch.run_testing(
        cfg,
        out=out,
        out_item=out_item or 'pred',
        classwise=classwise,
        trust=trust,
        strict=strict,
        cfg_options=arguments['cfg_options'],
    )


def _check_places(out: Path | None, show_dir: str | None, read: list[str], cfg) -> None:
    """Raise InputError where results have no folder, or would replace or join what the test reads."""
    from mmchan.checks.data import needed_paths
    from mmchan.checks.walk import leaf_datasets

    data = [path for dataset in leaf_datasets(cfg.get('test_dataloader')) for path in needed_paths(dataset)]
    if out:
        if out.absolute().parent != Path(cfg.work_dir).absolute():  # which the test makes
            check_parent(out)
        check_apart(out, [*read, *data])
    if show_dir:
        check_outside(Path(show_dir), data)


def main() -> None:
    """Entry point of ``tools/test.py``."""
    run(command)
