"""``mmchan data``: data sets that are written without an account, most of them without a network."""

from collections.abc import Callable
from pathlib import Path

import click

from mmchan.cli.places import out_folder


@click.group('data')
def command() -> None:
    """Write data sets: of digits without any download, Fashion-MNIST from wherever it is to be had."""


def _out(default: str) -> Callable:
    return click.option(
        '--out',
        type=out_folder,
        default=Path(default),
        show_default=True,
        help='The folder to write.',
    )


_force = click.option('--force', is_flag=True, help='Replace a folder that holds something else.')


@command.command('digits')
@_out('data/digits')
@_force
def digits(out: Path, force: bool) -> None:
    """Write scikit-learn's 1,797 handwritten digits as an image folder."""
    from mmchan.data.digits import write_digits

    written = write_digits(out, force=force)
    counts = {split: len(list((out / split).rglob('*.png'))) for split in ('train', 'val')}
    state = 'wrote' if written else 'already there:'
    click.echo(f'{state} {out}: {counts["train"]} images to train, {counts["val"]} to validate, 10 classes')


@command.command('digits-coco')
@_out('data/digits-coco')
@_force
def digits_coco(out: Path, force: bool) -> None:
    """Write handwritten digits on photographs in COCO's format, with boxes and masks."""
    from mmchan.data.digits_coco import COUNTS, write_digits_coco
    from mmchan.progress import track

    written = write_digits_coco(out, force=force, progress=lambda images: track(images, f'writing {out}'))
    state = 'wrote' if written else 'already there:'
    click.echo(f'{state} {out}: {COUNTS["train"]} images to train, {COUNTS["val"]} to validate, 10 classes')


@command.command('fashion-mnist')
@_out('data/fashion-mnist')
@click.option(
    '--from',
    'source',
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help='A folder with its four files, unpacked or .gz.',
)
@_force
def fashion_mnist(out: Path, source: Path | None, force: bool) -> None:
    """Write Fashion-MNIST's 70,000 images of clothes, 28x28 grey levels.

    They come from --from; else from the Debian package dataset-fashion-mnist, where it is installed; else
    from the net.
    """
    from mmchan.data.fashion_mnist import write_fashion_mnist

    origin = write_fashion_mnist(out, source=source, force=force)
    state = 'already there:' if origin is None else f'wrote from {origin}:'
    click.echo(f'{state} {out}: 60,000 images to train, 10,000 to validate, 10 classes')
