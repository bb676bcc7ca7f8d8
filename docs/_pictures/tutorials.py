"""The pictures of the tutorials, from a folder in which they were followed.

``python docs/_pictures/tutorials.py FOLDER``, where FOLDER holds a folder per tutorial (``own_folder``,
``detect``, ``own_widths``, ``own_family``) with what its commands write.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from mmchan.design import load_population
from mmchan.design.reports import write_report

OUT = Path(__file__).parents[1] / '_static/tutorials'
GAP = 12  # px between two images
WIDTHS = {'own_widths': 'own-widths.svg', 'own_family': 'geometric.svg'}


def in_a_row(paths: Sequence[Path], height: int) -> Image.Image:
    """Images side by side, of the same height."""
    images = [Image.open(path).convert('RGB') for path in paths]
    sized = [
        one.resize((one.width * height // one.height, height), Image.Resampling.NEAREST) for one in images
    ]
    sheet = Image.new('RGB', (sum(one.width + GAP for one in sized) - GAP, height), 'white')
    left = 0
    for one in sized:
        sheet.paste(one, (left, 0))
        left += one.width + GAP
    return sheet


def draw_spaces(out: Path) -> None:
    """The errors of the populations that come with the package, as the report draws them."""
    with tempfile.TemporaryDirectory() as folder:
        write_report(list(load_population('digits').values()), folder)
        shutil.copyfile(Path(folder, 'figures/edf.svg'), out)


def main(folder: Path) -> None:
    """Write all pictures."""
    classes = ('red', 'blue')
    noise = [
        path for name in classes for path in sorted((folder / f'own_folder/data/noise/val/{name}').iterdir())
    ]
    in_a_row(noise, 64).save(OUT / 'own-folder.webp', lossless=True)
    squares = sorted((folder / 'detect/predictions').glob('*.png'))
    in_a_row(squares, 240).save(OUT / 'detect.webp', quality=85)
    for name, file in WIDTHS.items():
        shutil.copyfile(folder / name / 'widths.svg', OUT / file)
    draw_spaces(OUT / 'design.svg')


if __name__ == '__main__':
    main(Path(sys.argv[1]))
