"""The results of a sweep as arrays.

A folder has ``sweep.json`` (what the sweep is), ``population.jsonl`` (its networks) and ``trials.jsonl`` (a
line per trial that is over). Nothing here writes.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchan.design import spaces
from mmchan.design.spaces import Population
from mmchan.errors import InputError, require, require_known

FORMAT = 1
SWEEP, POPULATION, TRIALS = 'sweep.json', 'population.jsonl', 'trials.jsonl'
WORDS = {'status': ('done', 'failed'), 'budget': ('full', 'short')}
NEEDED = ('name', 'epochs', 'objective')  # of what a sweep is
COLUMNS = ('trial', 'network', 'index', 'repeat', 'budget', 'status', 'epochs', 'errors', 'last', 'minimum')


@dataclass(frozen=True, eq=False)
class Results:
    """What came of the trials of a sweep, N of them, in the order of the plan.

    Attributes:
        folder: Where they are from.
        settings: What ``sweep.json`` says.
        population: All networks, those too that have no result yet.
        rows: The table, a row for each trial.
        broken: Number of lines of the table that are none, and are left out: half-written ones, as a running
            or a killed sweep leaves them, and damaged ones.
    """

    folder: Path
    settings: Mapping[str, object]
    population: Population
    rows: Sequence[Mapping[str, object]]
    broken: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def name(self) -> str:
        """What reports call the sweep."""
        return str(self.settings['name'])

    def column(self, name: str) -> np.ndarray:
        """A column of the table, (N,); numbers that are not there are NaN, texts ''.

        Args:
            name: One of :attr:`names`.
        """
        require(not self.rows or name in self.rows[0], 'name', f'one of {self.names}', name)
        return _array([row[name] for row in self.rows])

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return list(self.rows[0]) if self.rows else []

    @cached_property
    def index(self) -> np.ndarray:
        """Which network of the population each trial trained, (N,)."""
        return np.array([row['index'] for row in self.rows], dtype=np.int64)

    @cached_property
    def last(self) -> np.ndarray:
        """Error of the last epoch, (N,); NaN for a trial that failed."""
        return self._errors('last')

    @cached_property
    def minimum(self) -> np.ndarray:
        """Smallest error of all epochs, (N,); NaN for a trial that failed."""
        return self._errors('minimum')

    def _errors(self, name: str) -> np.ndarray:
        return np.array([np.nan if row[name] is None else row[name] for row in self.rows], dtype=float)

    @cached_property
    def is_done(self) -> np.ndarray:
        """Whether each trial came to its end, (N,)."""
        return np.array([row['status'] == 'done' for row in self.rows], dtype=bool)

    @cached_property
    def is_full(self) -> np.ndarray:
        """Whether each trial trained for the whole time, (N,)."""
        return np.array([row['budget'] == 'full' for row in self.rows], dtype=bool)

    @cached_property
    def curves(self) -> list[np.ndarray]:
        """Epochs and errors of each trial, (2, epochs)."""
        return [np.array([row['epochs'], row['errors']], dtype=float) for row in self.rows]


def read_results(folder: str | Path) -> Results:
    """Read the folder of a sweep, also of one that still runs. Nothing in it is changed.

    Args:
        folder: Its work dir.

    Returns:
        The results so far. A trial that failed and was run again is there once.

    Raises:
        InputError: For a folder that is no sweep's or of another format, a trial that came to its end twice,
            or one of a network that the population lacks.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    population = spaces.read(folder / POPULATION)
    rows, broken = _rows(folder / TRIALS)
    rows = _once(folder / TRIALS, rows)
    for row in rows:
        _check(folder / TRIALS, row, population)
    # within a network and a repeat the short training comes first
    order = sorted(rows, key=lambda row: (row['index'], row['repeat'], row['budget'] == 'full'))
    return Results(folder, settings, population, order, broken)


def read_settings(folder: Path) -> dict[str, object]:
    """What ``sweep.json`` of a folder says.

    Raises:
        InputError: Where there is none, or one of another format.
    """
    path = folder / SWEEP
    if not path.is_file():
        held = 'holds no sweep.json' if folder.is_dir() else 'is no folder'
        raise InputError(f'{folder} {held}; name the work dir of a sweep, as `mmchan sweep run` makes it')
    try:
        settings = json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise InputError(f'{path} cannot be read as JSON: {error}') from error
    if not isinstance(settings, dict) or settings.get('mmchan') != 'sweep':
        raise InputError(f'{path} must be the description of a sweep ("mmchan": "sweep")')
    found = settings.get('format')
    rule = f'{FORMAT}; read it with the version of mmchan that wrote it'
    require(found == FORMAT, f'format of {path}', rule, found)
    for name in NEEDED:
        require(name in settings, str(path), f'a description with {name!r}', sorted(settings))
    return settings


def checksum(row: Mapping[str, object]) -> int:
    """The CRC-32 of a row of the table, of everything in it but the checksum."""
    rest = {name: value for name, value in row.items() if name != 'check'}
    return zlib.crc32(json.dumps(rest).encode())


def _rows(path: Path) -> tuple[list[dict], int]:
    """The whole rows of a table, and how many lines are none."""
    if not path.exists():
        return [], 0
    try:
        lines = path.read_text(encoding='utf-8', errors='replace').splitlines()
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from error
    rows = list(filter(None, map(_row, lines)))
    return rows, len(lines) - len(rows)


def _row(line: str) -> dict | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(row, dict) and row.get('check') == checksum(row)
    return {name: value for name, value in row.items() if name != 'check'} if whole else None


def _once(path: Path, rows: Sequence[dict]) -> list[dict]:
    """Each trial once: what was run again after it had failed, as it came out then."""
    found: dict[str, dict] = {}
    for row in rows:
        missing = [name for name in COLUMNS if name not in row]
        require(not missing, str(path), f'a table with {", ".join(missing)}', sorted(row))
        before = found.get(row['trial'])
        if before and before['status'] == 'done':
            raise InputError(
                f'{path}: trial {row["trial"]} came to its end more than once, and every trial counts once; '
                f'remove the lines that are too many'
            )
        found[row['trial']] = row
    return list(found.values())


def _check(path: Path, row: Mapping[str, object], population: Population) -> None:
    for name, words in WORDS.items():
        require_known(row[name], words, f'{name} of {row["trial"]} in {path}:')
    index = row['index']
    if not 0 <= index < len(population) or population.ids[index] != row['network']:
        raise InputError(
            f'{path}: network {row["network"]} is not number {index} of the {len(population)} in '
            f'{POPULATION}; the two files are of different sweeps'
        )


def _array(values: list[object]) -> np.ndarray:
    """Integers, numbers with NaN, texts with '', or objects, whichever the values are."""
    kinds = {type(value) for value in values}
    if kinds & {list, dict}:
        column = np.empty(len(values), dtype=object)
        column[:] = values
        return column
    if kinds <= {int}:
        return np.array(values, dtype=np.int64)
    if kinds <= {int, float, type(None)}:
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    return np.array(['' if value is None else value for value in values], dtype=str)
