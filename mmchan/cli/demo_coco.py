"""``mmchan demo-coco``: detection and segmentation on embedded data, from nothing to a picture."""

from pathlib import Path

import click

from mmchan.cli.demo import train_and_test
from mmchan.runs.workdir import default_work_dir, newest_metrics

CONFIG = 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
DATA = Path('data/digits-coco')  # of the config, which writes it
COLUMNS = {'AP': 'mAP', 'AP50': 'mAP_50', 'AP75': 'mAP_75', 'AP small': 'mAP_s', 'AP medium': 'mAP_m'}


@click.command('demo-coco')
@click.option(
    '--work-dir',
    type=click.Path(path_type=Path),
    default=default_work_dir(CONFIG),
    show_default=True,
    help='Folder of logs, checkpoints and the picture.',
)
def command(work_dir: Path) -> None:
    """Train, test and draw a Mask R-CNN with ReXNet 1.0."""
    results = work_dir / 'predictions.json'
    minutes, files = train_and_test(CONFIG, work_dir, '--out', str(results))
    _report(work_dir, results, minutes, **files)


def _report(work_dir: Path, results: Path, minutes: float, **files: Path) -> None:
    from mmchan.drawing.detected import draw_scenes
    from mmchan.prediction.results import read_scenes

    masks = results.with_suffix('.segm.json')
    scenes, names = read_scenes(DATA / 'annotations' / 'val.json', DATA / 'val', masks)
    picture = draw_scenes(scenes, names, results.with_suffix('.png'))
    click.echo()
    _print_table(newest_metrics(work_dir), len(scenes))
    click.echo(f'training    {minutes:.1f} minutes')
    boxes = results.with_suffix('.bbox.json')
    for name, path in {**files, 'boxes': boxes, 'masks': masks, 'picture': picture}.items():
        click.echo(f'{name:<11} {path}')


def _print_table(metrics: dict[str, float], images: int) -> None:
    from mmchan.cli.console import console, table

    grid = table(f'COCO metrics on {images} images', '', *COLUMNS)
    for row, prefix in (('box', 'bbox'), ('mask', 'segm')):
        grid.add_row(row, *(f'{metrics[f"coco/{prefix}_{name}"]:.3f}' for name in COLUMNS.values()))
    console().print(grid)
