"""The results of a sweep as arrays.

A folder has ``sweep.json`` (what the sweep is), ``population.jsonl`` (its networks) and ``trials.jsonl`` (a
line per trial that is over). Nothing here writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchan.design import spaces
from mmchan.design.spaces import Population
from mmchan.design.sweeps import folder as layout
from mmchan.design.sweeps.table import read_table
from mmchan.errors import InputError, require, require_known

WORDS = {'status': ('done', 'failed'), 'budget': ('full', 'short')}
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

    @cached_property
    def test(self) -> np.ndarray:
        """Error on the data to test, (N,); NaN for a trial that failed, and where none was tested."""
        return self._errors('test')

    def _errors(self, name: str) -> np.ndarray:
        return np.array([np.nan if row.get(name) is None else row[name] for row in self.rows], dtype=float)

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
    settings = layout.read_settings(folder)
    population = spaces.read(layout.population_file(folder))
    path = layout.table_file(folder)
    rows, broken = _rows(path)
    for row in rows:
        _check(path, row, population)
    # within a network and a repeat the short training comes first
    order = sorted(rows, key=lambda row: (row['index'], row['repeat'], row['budget'] == 'full'))
    return Results(folder, settings, population, order, broken)


def _rows(path: Path) -> tuple[list[dict[str, object]], int]:
    """The rows of a table, and how many lines are none."""
    read = read_table(path)
    if read.twice:
        raise InputError(
            f'{path}: trial {read.twice[0]} came to its end more than once, and every trial counts once; '
            f'remove the lines that are too many'
        )
    for row in read.rows:
        missing = [name for name in COLUMNS if name not in row]
        require(not missing, str(path), f'a table with {", ".join(missing)}', sorted(row))
    return read.rows, len(read.broken)


def _check(path: Path, row: Mapping[str, object], population: Population) -> None:
    for name, words in WORDS.items():
        require_known(row[name], words, f'{name} of {row["trial"]} in {path}:')
    index = row['index']
    if not 0 <= index < len(population) or population.ids[index] != row['network']:
        raise InputError(
            f'{path}: network {row["network"]} is not number {index} of the {len(population)} in '
            f'its population; the two files are of different sweeps'
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
