"""Populations that were trained here, kept in the repository: figures can be made anew without training.

A table is a zip file of sweeps: their ``sweep.json``, ``population.jsonl`` and ``trials.jsonl``. Unpacked,
each of them is the folder of a sweep, as ``mmchan sweep report`` takes it.
"""

import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from mmchan.design.sweeps import Results, read_results
from mmchan.design.sweeps import folder as layout
from mmchan.errors import InputError, require, require_known
from mmchan.files import replacing
from mmchan.home import home

FOLDER = Path('benchmarks', 'results', 'populations')
MOST_BYTES = 5_000_000  # of a table: it is for a repository
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is packed


def list_populations() -> list[str]:
    """The names that :func:`load_population` knows; none where the repository is not at hand."""
    return sorted(path.stem for path in (home() / FOLDER).glob('*.zip'))


def load_population(name: str) -> dict[str, Results]:
    """The trials of populations that were trained here.

    Args:
        name: One of :func:`list_populations`, such as 'digits'.

    Returns:
        What came of each sweep, by name: networks with widths, depths, groups and costs, curves, errors.

    Raises:
        InputError: For an unknown name, or a file that is damaged.

    >>> from mmchan.design import load_population
    >>> sorted(load_population('digits'))
    ['anynetx-a_digits', 'regnetx_digits']
    """
    known = list_populations()
    require(bool(known), 'load_population', f'called in a clone of the repository, which has {FOLDER}', name)
    require_known(name, known, 'population')
    return read_packed(home() / FOLDER / f'{name}.zip')


def read_packed(path: Path) -> dict[str, Results]:
    """The sweeps of a packed table, by name.

    Raises:
        InputError: For a file that is none, or is damaged.
    """
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(scratch)
        except (OSError, zipfile.BadZipFile) as error:
            raise InputError(f'{path} is no table of populations: {error}') from error
        folders = sorted(path for path in Path(scratch).iterdir() if path.is_dir())
        return {folder.name: read_results(folder) for folder in folders}


def pack(folders: Sequence[Path], path: Path) -> None:
    """Pack the results of sweeps into one file, the same bytes for the same results.

    Args:
        folders: Work directories of sweeps that are done; their names are kept.
        path: The file to write, a zip.

    Raises:
        InputError: For a folder that is none of a sweep or is not done, equal names, and more than 5 MB.
    """
    names = [folder.name for folder in folders]
    require(len(set(names)) == len(names), 'folders', 'of different names', names)
    with replacing(path) as unfinished:
        with zipfile.ZipFile(unfinished, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for folder in folders:
                _add(archive, folder)
        size = unfinished.stat().st_size
        require(size <= MOST_BYTES, 'table', f'at most {MOST_BYTES:,} bytes', f'{size:,}')


def _add(archive: zipfile.ZipFile, folder: Path) -> None:
    read_results(folder)  # whole, and a sweep's
    for of in (layout.settings_file, layout.population_file, layout.table_file):
        entry = zipfile.ZipInfo(f'{folder.name}/{of(folder).name}', _WRITTEN)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, of(folder).read_bytes())
