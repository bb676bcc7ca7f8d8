"""The table of results: one line of JSON for each trial, each with a check sum, appended as trials end.

While a sweep runs, lines stand in the order in which trials ended; at its end the file is rewritten in the
order of the plan. A process that is killed, or a disk that is full, can leave half a line at the end alone.
"""

import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmchan.errors import InputError
from mmchan.files import replacing

# what tells when, where and how long: no part of the result
TIMES = ('seconds', 'started', 'host', 'pid')


def without_times(row: Mapping[str, object]) -> dict[str, object]:
    """What a row says of the result: the same whenever, wherever and beside whatever a trial runs."""
    return {name: value for name, value in row.items() if name not in TIMES}


def line_of(row: Mapping[str, object]) -> str:
    """A row as a line with its check sum.

    >>> line_of({'trial': 'a-0'})
    '{"trial": "a-0", "check": 3923815918}'
    """
    return json.dumps({**row, 'check': _check_sum(row)}, allow_nan=False)


def row_of(line: str) -> dict[str, object]:
    """The row that a line says, without the check sum.

    Raises:
        ValueError: Where it is none, or not what was written.
    """
    row = json.loads(line)
    if not isinstance(row, dict) or 'trial' not in row:
        raise ValueError('no row of a trial')
    if row.pop('check', None) != _check_sum(row):
        raise ValueError('its check sum is wrong')
    return row


def _check_sum(row: Mapping[str, object]) -> int:
    return zlib.crc32(json.dumps(row).encode())


@dataclass(frozen=True)
class Read:
    """What a table's file holds.

    Attributes:
        rows: The last row of each trial, in the order of the file.
        broken: Lines that are none, with their number, from 1.
        cut: Whether the last one is without its end.
        twice: Trials that came to their end more than once.
    """

    rows: list[dict[str, object]] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)
    cut: bool = False
    twice: list[str] = field(default_factory=list)


def read_table(path: Path) -> Read:
    """Read a table; a missing file is an empty one.

    Raises:
        InputError: Where it cannot be read.
    """
    try:
        text = path.read_bytes().decode(errors='replace') if path.is_file() else ''
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from error
    rows, broken, twice = {}, [], []
    cut = bool(text) and not text.endswith('\n')
    for number, line in enumerate(text.removesuffix('\n').split('\n') if text else [], start=1):
        try:
            row = row_of(line)
        except ValueError:
            broken.append((number, line))
            continue
        before = rows.pop(row['trial'], None)
        if before and before.get('status') == 'done':
            twice.append(row['trial'])
        rows[row['trial']] = row
    return Read(list(rows.values()), broken, cut, twice)


class Table:
    """The file of a sweep that runs. Only one process may have it.

    Args:
        path: The file; it is made, and mended, at once. What is no row goes to a file beside it.

    Raises:
        InputError: Where it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        read = read_table(path)
        self.rows = {row['trial']: row for row in read.rows}
        self.broken = read.broken
        if read.broken:
            self._keep_broken()
        if read.broken or read.cut:
            self.rewrite(self.rows.values())
        self._open()

    @property
    def broken_path(self) -> Path:
        """Where lines go that are no rows."""
        return self.path.with_name(f'{self.path.name}.broken')

    def _open(self) -> None:
        try:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise InputError(f'{self.path} cannot be written: {error.strerror}') from error

    def _keep_broken(self) -> None:
        try:
            with self.broken_path.open('a', encoding='utf-8') as kept:
                kept.writelines(f'{line}\n' for _, line in self.broken)
        except OSError as error:
            raise InputError(f'{self.broken_path} cannot be written: {error.strerror}') from error

    def append(self, row: Mapping[str, object]) -> None:
        """Add a row; when this returns it is on the disk.

        Raises:
            InputError: Where the disk is full or fails. The table is as it was then.
        """
        line = (line_of(row) + '\n').encode()
        size = os.fstat(self._descriptor).st_size
        try:
            written = os.write(self._descriptor, line)
            if written < len(line):  # the disk is full; a second write says so
                os.write(self._descriptor, line[written:])
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, size)
            raise InputError(
                f'{self.path} cannot be written: {error.strerror}. The {len(self.rows)} trials in it '
                'are kept; make room and start the sweep again, it goes on from there'
            ) from error
        self.rows[row['trial']] = dict(row)

    def rewrite(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Put rows in place of all; atomically, so that a killed process or a full disk leaves the old ones.

        Raises:
            InputError: Where there is no room for them.
        """
        text = ''.join(f'{line_of(row)}\n' for row in rows)
        try:
            with replacing(self.path) as unfinished:
                unfinished.write_text(text, encoding='utf-8')
        except OSError as error:
            raise InputError(
                f'{self.path} cannot be rewritten: {error.strerror}. All its rows are kept; '
                'make room and start the sweep again'
            ) from error

    def finish(self, order: Sequence[str]) -> None:
        """Rewrite the table in an order of trials and close it.

        Args:
            order: The trials, all that there are.
        """
        self.close()
        self.rewrite(self.rows[trial] for trial in order if trial in self.rows)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
