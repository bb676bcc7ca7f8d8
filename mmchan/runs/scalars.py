"""What a training logs, one JSON per line, whole across resumes and without a step twice."""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

from mmchan.errors import InputError
from mmchan.files import replacing

Record = dict[str, object]


def read_records(path: Path) -> list[Record]:
    """The records of a file that may be written to at this moment.

    Raises:
        InputError: For a line that is no JSON; a last one that is half written is left out.
    """
    return [record for record, _ in _whole_lines(path)]


def _whole_lines(path: Path) -> Iterator[tuple[Record, bytes]]:
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), start=1):
        if not line.endswith(b'\n'):
            return
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(f'{path}, line {number}, is no JSON: {line[:60]!r}; delete the line') from error
        if not isinstance(record, dict):
            raise InputError(f'{path}, line {number}, is no record of scalars: {line[:60]!r}')
        yield record, line


class ScalarLog:
    """The file of a run's scalars. Records are only ever added; a resume cuts what came after its checkpoint.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last: tuple[object, object] | None = None

    def cut_after(self, iteration: int) -> None:
        """Forget what was logged after an iteration, and a last line that was written half.

        Raises:
            InputError: For a file that is no log.
            OSError: When the file cannot be written.
        """
        lines = list(_whole_lines(self.path)) if self.path.is_file() else []
        kept = [(record, line) for record, line in lines if record.get('iter', 0) <= iteration]
        self._replace(kept)

    def append(self, record: Record) -> None:
        """Add a record; it takes the place of the last one where that is of the same mode and iteration.

        A run that was stopped between a validation and its next checkpoint validates again.

        Args:
            record: With 'mode' ('train' or 'val') and 'iter'. A value that is not finite becomes null, since
                JSON knows no others.

        Raises:
            OSError: When the file cannot be written.
        """
        step = (record['mode'], record['iter'])
        if step == self.last:
            self._replace(list(_whole_lines(self.path))[:-1])
        with self.path.open('a', encoding='utf-8') as file:
            file.write(json.dumps(_plain(record), allow_nan=False) + '\n')
        self.last = step

    def _replace(self, kept: list[tuple[Record, bytes]]) -> None:
        with replacing(self.path) as unfinished:
            unfinished.write_bytes(b''.join(line for _, line in kept))
        self.last = (kept[-1][0].get('mode'), kept[-1][0].get('iter')) if kept else None


def _plain(record: Record) -> Record:
    return {key: None if _is_lost(value) else value for key, value in record.items()}


def _is_lost(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)
