"""Keep the results of sweeps in the repository, as one small file that mmchan.design.load_population reads.

python benchmarks/pack_population.py digits work_dirs/demo-design/*_digits
"""

from pathlib import Path

import click

from mmchan.design.tables import FOLDER, pack
from mmchan.home import home


@click.command(help=__doc__.splitlines()[0])
@click.argument('name')
@click.argument('folders', nargs=-1, required=True, type=click.Path(file_okay=False, path_type=Path))
def main(name: str, folders: tuple[Path, ...]) -> None:
    """Pack."""
    path = home() / FOLDER / f'{name}.zip'
    path.parent.mkdir(parents=True, exist_ok=True)
    pack(folders, path)
    click.echo(f'{path}: {path.stat().st_size:,} bytes')


if __name__ == '__main__':
    main()
