"""The results of a sweep as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchan.design import spaces
from mmchan.design.spaces import Population
from mmchan.design.sweeps import folder as layout
from mmchan.design.sweeps.table import read_table
from mmchan.errors import require


@dataclass(frozen=True, eq=False)
class Results:
    """What came of the trials of a sweep, N of them, in the order of the plan.

    Attributes:
        folder: Where they are from.
        settings: What ``sweep.json`` says.
        population: All networks, those too that have no result yet.
        rows: The table, a row for each trial.
    """

    folder: Path
    settings: Mapping[str, object]
    population: Population
    rows: Sequence[Mapping[str, object]]

    def __len__(self) -> int:
        return len(self.rows)

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
        return self.column('index')

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

    @property
    def is_done(self) -> np.ndarray:
        """Whether each trial came to its end, (N,)."""
        return np.array([row['status'] == 'done' for row in self.rows], dtype=bool)

    @property
    def is_full(self) -> np.ndarray:
        """Whether each trial trained for the whole time, (N,)."""
        return np.array([row['budget'] == 'full' for row in self.rows], dtype=bool)

    @property
    def curves(self) -> list[np.ndarray]:
        """Epochs and errors of each trial, (2, epochs)."""
        return [np.array([row['epochs'], row['errors']], dtype=float) for row in self.rows]


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


def read_results(folder: str | Path) -> Results:
    """Read the folder of a sweep, also of one that still runs. Nothing in it is changed.

    Args:
        folder: Its work_dir.

    Returns:
        The results so far; lines of the table that are broken are passed over.

    Raises:
        InputError: For a folder that is none of a sweep, or one of another version.
    """
    folder = Path(folder)
    settings = layout.read_settings(folder)
    population = spaces.read(layout.population_file(folder))
    rows = read_table(layout.table_file(folder)).rows
    # within a network and a repeat the short training comes first
    order = sorted(rows, key=lambda row: (row['index'], row['repeat'], row['budget'] == 'full'))
    return Results(folder, settings, population, order)
