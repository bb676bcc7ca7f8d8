"""A report as files: report.html, report.json, and figures as PNG and SVG."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmchan.design.reports.figures import figures
from mmchan.design.reports.numbers import Choices, numbers
from mmchan.design.reports.page import Drawn, page
from mmchan.design.sweeps import Results
from mmchan.drawing.inline import inline_svg
from mmchan.drawing.pictures import Picture, plot_picture
from mmchan.files import replacing
from mmchan.progress import track

PAGE, NUMBERS, FIGURES = 'report.html', 'report.json', 'figures'
FORMATS = ('png', 'svg')


def write_report(
    sweeps: Sequence[Results], folder: str | Path, choices: Choices | None = None
) -> dict[str, object]:
    """Write the report of some sweeps.

    Args:
        sweeps: See :func:`mmchan.design.sweeps.read_results`; at least one.
        folder: Where its files go; those of an earlier report are replaced.
        choices: What it is about.

    Returns:
        Every number of it, as report.json has them.

    Raises:
        InputError: For sweeps that cannot be compared, or a folder in which nothing can be written.
    """
    folder = Path(folder)
    found = numbers(sweeps, choices or Choices())
    chosen = figures(found)
    found['figures'] = [picture.name for pictures in chosen.values() for picture in pictures]
    earlier = _earlier(folder)
    drawn = _draw(chosen, folder / FIGURES)
    _write(folder / NUMBERS, json.dumps(found, allow_nan=False, indent=1) + '\n')
    _write(folder / PAGE, page(found, drawn))
    for name in earlier.difference(found['figures']):
        for kind in FORMATS:
            (folder / FIGURES / f'{name}.{kind}').unlink(missing_ok=True)
    return found


def _draw(chosen: Mapping[str, Sequence[Picture]], folder: Path) -> Drawn:
    """Draw all figures into files; their SVG elements by section."""
    drawn: dict[str, list[tuple[Picture, str]]] = {section: [] for section in chosen}
    pictures = [(section, picture) for section, some in chosen.items() for picture in some]
    for section, picture in track(pictures, f'drawing {folder}', unit='figures'):
        paths = [folder / f'{picture.name}.{kind}' for kind in FORMATS]
        plot_picture(picture, *paths)
        drawn[section].append((picture, inline_svg(picture, paths[-1])))
    return drawn


def _earlier(folder: Path) -> set[str]:
    """The figures of the report that is there, so that none of it is left beside the new one."""
    try:
        said = json.loads((folder / NUMBERS).read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return set()
    mine = isinstance(said, dict) and said.get('mmchan') == 'sweep report'
    return {Path(name).name for name in said.get('figures', ())} if mine else set()


def _write(path: Path, text: str) -> None:
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding='utf-8')
