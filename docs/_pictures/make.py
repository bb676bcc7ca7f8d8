"""The pictures of README.md and of the site's first page, from real runs, into docs/_static/pictures.

    make pictures
    python docs/_pictures/make.py [hero] [accuracy] [number] [explorer] [tools]

`hero` classifies photographs with published weights and detects digits with a Mask R-CNN, which it trains
with `mmchan demo-coco` unless that has run here; `accuracy` and `number` draw rows of the zoo; `explorer`
operates the page of a built site; `tools` runs `mmchan cam`, `browse` and `confusion`. What the pictures
show stands in made.json beside them. Needs Chromium, as the browser tests.
"""

import datetime
import json
from pathlib import Path

import charts
import click
import explorer
import hero

import tools
from mmchan import __version__
from mmchan.files import replacing

PICTURES = Path(__file__).parents[1] / '_static' / 'pictures'
SITE = Path(__file__).parents[2] / 'build' / 'docs'
LARGEST = 1_500_000  # bytes of all together: every clone carries them


@click.command()
@click.argument('names', nargs=-1, type=click.Choice(['hero', 'accuracy', 'number', 'explorer', 'tools']))
@click.option(
    '--site',
    type=click.Path(path_type=Path),
    default=SITE,
    help='Folder of the built site, for `explorer`.',
)
@click.option(
    '--out',
    type=click.Path(path_type=Path),
    default=PICTURES,
    help='Folder of the pictures and of made.json.',
)
def main(names: tuple[str, ...], site: Path, out: Path) -> None:
    """Make the named pictures, by default all."""
    makers = {
        'hero': lambda: hero.make(out),
        'accuracy': lambda: charts.make_accuracy(out),
        'number': lambda: charts.make_number(out),
        'explorer': lambda: explorer.make(site, out),
        'tools': lambda: tools.make(out),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name in names or makers:
        click.echo(f'{name} …')
        keep(out / 'made.json', name, makers[name]())
    total = report(out)
    if total > LARGEST:
        raise click.ClickException(f'{total:,} bytes are more than {LARGEST:,}')


def keep(path: Path, name: str, shown: dict[str, object]) -> None:
    """Write down what a picture shows, beside what the others show."""
    made = json.loads(path.read_text(encoding='utf-8')) if path.exists() else {}
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    made[name] = {'made': today, 'mmchan': __version__, **shown}
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(made, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')


def report(folder: Path) -> int:
    """Print the files of a folder; their bytes together."""
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    for name, size in sizes.items():
        click.echo(f'{size:>9,}  {name}')
    click.echo(f'{sum(sizes.values()):>9,}  together')
    return sum(sizes.values())


if __name__ == '__main__':
    main()
