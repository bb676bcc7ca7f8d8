"""What a sweep's folder holds: what was planned, and what came of it, as columns.

A folder has ``sweep.json`` (what the sweep is), ``population.jsonl`` (its networks) and ``trials.jsonl`` (a
line per trial that is over). Nothing here writes.
"""

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmchan.design.spaces import Population, read
from mmchan.errors import InputError, require, require_known

FORMAT = 1
SWEEP, POPULATION, TRIALS = 'sweep.json', 'population.jsonl', 'trials.jsonl'
STATUSES = ('done', 'failed')
CAUSES = ('error', 'crash', 'timeout', 'nan', 'memory')
BUDGETS = ('full', 'short')
NEEDED = ('name', 'epochs', 'objective')
COLUMNS = ('trial', 'network', 'index', 'status', 'epochs', 'errors')


@dataclass(frozen=True, eq=False, kw_only=True)
class Results:
    """The trials of a sweep that are over, T of them, in the order of the table.

    Attributes:
        folder: Where they are from.
        settings: What ``sweep.json`` says.
        population: The networks, N of them.
        trials: Names, (T,).
        networks: Place of each trial's network in the population, (T,).
        repeats: Which training of its network each is, from 0 on, (T,).
        budgets: 'full' or 'short', (T,).
        statuses: 'done' or 'failed', (T,).
        causes: Why it failed: 'error', 'crash', 'timeout', 'nan' or 'memory'; '' where it did not, (T,).
        messages: What happened, (T,).
        last: Error of the last epoch, a fraction, NaN where the trial failed, (T,).
        minimum: Smallest error of any epoch, likewise, (T,).
        epochs: Epochs that were evaluated, per trial.
        errors: Errors after these, per trial.
        losses: Mean training losses of these, per trial.
        seconds: What each took, NaN where it is not known, (T,).
        versions: Of what it ran with, by name, per trial.
        cut: Whether the table's last line was half-written and is left out.
    """

    folder: Path
    settings: Mapping[str, object]
    population: Population
    trials: np.ndarray
    networks: np.ndarray
    repeats: np.ndarray
    budgets: np.ndarray
    statuses: np.ndarray
    causes: np.ndarray
    messages: Sequence[str]
    last: np.ndarray
    minimum: np.ndarray
    epochs: Sequence[np.ndarray]
    errors: Sequence[np.ndarray]
    losses: Sequence[np.ndarray]
    seconds: np.ndarray
    versions: Sequence[Mapping[str, str]]
    cut: bool = False

    def __len__(self) -> int:
        return len(self.trials)

    @property
    def name(self) -> str:
        """What reports call the sweep."""
        return str(self.settings['name'])


def read_results(folder: str | Path) -> Results:
    """Read a sweep's folder.

    A half-written last line, as a running or killed sweep leaves it, is left out; its trial is not over.

    Args:
        folder: The work dir of ``mmchan sweep run``.

    Raises:
        InputError: For a folder that is no sweep's or of another format, a line that is not whole, a trial
            that is there twice, or one of a network that the population lacks.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    population = read(folder / POPULATION)
    rows, cut = _rows(folder / TRIALS)
    _check_rows(folder / TRIALS, rows, population)
    return Results(
        folder=folder, settings=settings, population=population, cut=cut, **_columns(rows), **_numbers(rows)
    )


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


def _rows(path: Path) -> tuple[list[dict], bool]:
    """The rows of a table, and whether a half-written last one was left out."""
    if not path.exists():
        return [], False
    try:
        lines = path.read_text(encoding='utf-8', errors='replace').split('\n')
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from error
    *whole, rest = lines
    return [_row(path, number, line) for number, line in enumerate(whole, start=1)], bool(rest)


def _row(path: Path, number: int, line: str) -> dict:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or ('check' in row and row['check'] != checksum(row)):
        raise InputError(
            f'{path}, line {number}: not as it was written; `mmchan sweep run` with the same config keeps '
            f'the line beside and runs its trial again'
        )
    missing = [name for name in COLUMNS if name not in row]
    require(not missing, f'{path}, line {number}', f'a trial with {", ".join(missing)}', sorted(row))
    require_known(row['status'], STATUSES, f'status in {path}, line {number}:')
    require_known(row.get('budget', 'full'), BUDGETS, f'budget in {path}, line {number}:')
    return row


def _check_rows(path: Path, rows: Sequence[Mapping], population: Population) -> None:
    times = Counter((row['trial'], row.get('budget', 'full')) for row in rows)
    twice = [trial for (trial, _), count in times.items() if count > 1]
    if twice:
        raise InputError(
            f'{path} has {len(twice)} trials more than once, such as {twice[0]}: every trial counts once; '
            f'remove the lines that are too many'
        )
    for number, row in enumerate(rows, start=1):
        index = row['index']
        if not 0 <= index < len(population) or population.ids[index] != row['network']:
            raise InputError(
                f'{path}, line {number}: network {row["network"]} is not number {index} of the '
                f'{len(population)} in {POPULATION}; the two files are of different sweeps'
            )


def _columns(rows: Sequence[Mapping]) -> dict[str, object]:
    """What names and words say."""
    return {
        'trials': np.array([row['trial'] for row in rows], dtype=str),
        'networks': np.array([row['index'] for row in rows], dtype=np.int64),
        'repeats': np.array([row.get('repeat', 0) for row in rows], dtype=np.int64),
        'budgets': np.array([row.get('budget', 'full') for row in rows], dtype=str),
        'statuses': np.array([row['status'] for row in rows], dtype=str),
        'causes': np.array([row.get('cause') or '' for row in rows], dtype=str),
        'messages': [row.get('message') or '' for row in rows],
        'versions': [row.get('versions') or {} for row in rows],
    }


def _numbers(rows: Sequence[Mapping]) -> dict[str, object]:
    done = [row['status'] == 'done' for row in rows]
    errors = [_floats(row['errors']) for row in rows]
    pairs = list(zip(errors, done, strict=True))
    return {
        'last': _floats([curve[-1] if fine and len(curve) else np.nan for curve, fine in pairs]),
        'minimum': _floats([np.nanmin(curve) if fine and len(curve) else np.nan for curve, fine in pairs]),
        'epochs': [np.array(row['epochs'], dtype=np.int64) for row in rows],
        'errors': errors,
        'losses': [_floats(row.get('losses', ())) for row in rows],
        'seconds': _floats([row.get('seconds') for row in rows]),
    }


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
