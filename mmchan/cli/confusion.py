"""``mmchan confusion``: which classes a tested network takes for which."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from mmchan.cli import options
from mmchan.cli.console import console, table
from mmchan.cli.places import check_apart, out_folder
from mmchan.files import replacing

READABLE = click.Path(dir_okay=False, path_type=Path)


@click.command('confusion', cls=options.ToolCommand)
@click.argument('results', type=READABLE)
@click.option('--config', help="Config of a classifier's test, for the names of its classes.")
@click.option('--annotations', type=READABLE, help="For a detector's results: COCO annotation file.")
@click.option(
    '--images',
    type=options.folder_path,
    help='For a detector: folder of the images; by default beside that of the annotations, by their name.',
)
@click.option(
    '--pairs', type=click.IntRange(1), default=6, show_default=True, help='Worst pairs of classes to show.'
)
@click.option(
    '--out',
    type=out_folder,
    default=Path('confusion'),
    show_default=True,
    help='Folder for confusion.json, confusion.csv and the picture.',
)
@click.option('--trust', is_flag=True, help='Also read results that may run code; only of authors you trust.')
@options.cfg_options
def command(
    results: Path,
    config: str | None,
    annotations: Path | None,
    images: Path | None,
    pairs: int,
    out: Path,
    trust: bool,
    cfg_options: dict | None,
) -> None:
    """Which classes are taken for which: RESULTS is what `mmchan test --out` wrote.

    That is a .pkl for a classifier, and a .json for a detector, which needs --annotations.
    """
    from mmchan.drawing.confused import draw_confusion
    from mmchan.prediction import confusion

    for name in ('confusion.json', 'confusion.csv', 'confusion.png'):
        check_apart(out / name, filter(None, (results, annotations)))
    if results.suffix == '.json':
        if annotations is None:
            raise click.UsageError("a detector's results need --annotations FILE, which says what is there")
        images = images or _images_of(annotations)
        found = confusion.of_detector(results, annotations, images)
    else:
        found = confusion.of_classifier(results, _classes(config, cfg_options), trust=trust)
    worst = found.pairs(pairs)
    with replacing(out / 'confusion.json') as unfinished:
        unfinished.write_text(json.dumps(found.as_dict(worst)) + '\n', encoding='utf-8')
    with replacing(out / 'confusion.csv') as unfinished:
        unfinished.write_text(_csv(found), encoding='utf-8')
    draw_confusion(found, worst, out / 'confusion.png')
    _print(found, worst, out)


def _images_of(annotations: Path) -> Path:
    """Where COCO's images lie: val2017 beside the folder of annotations/instances_val2017.json."""
    return annotations.parent.parent / annotations.stem.removeprefix('instances_')


def _classes(config: str | None, cfg_options: dict | None) -> Sequence[str] | None:
    """The names of the classes of a config's test data; None without a config."""
    if config is None:
        return None
    from mmchan.data.browsing import Browser
    from mmchan.runs.config import load_config

    return Browser(load_config(config, cfg_options), 'test').classes or None


def _csv(found) -> str:
    """The matrix with its names, a line for each true class."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(['true class', *found.classes])
    writer.writerows([name, *row] for name, row in zip(found.classes, found.matrix.tolist(), strict=True))
    return text.getvalue()


def _print(found, worst: Sequence, out: Path) -> None:
    click.echo(f'{found.summary}\n')
    if worst:
        console().print(_table(worst), '')
    click.echo(f'written to {out}: confusion.png, confusion.csv, confusion.json')


def _table(worst: Sequence) -> Table:
    rows = table('', 'true class', 'taken for', 'cases', 'of its class', 'the surest')
    for column in (1, 4):
        rows.columns[column].justify = 'left'
    rows.columns[4].no_wrap, rows.columns[4].overflow = False, 'fold'
    for pair in worst:
        surest = pair.cases[0]
        rows.add_row(pair.truth, pair.predicted, str(len(pair.cases)), f'{pair.share:.0%}', str(surest.image))
    return rows
