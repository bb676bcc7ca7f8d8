"""The table of results is whole whatever happens to who writes it."""

import errno
import os
import resource
import signal

import pytest

from mmchan.design.sweeps import table as tables
from mmchan.design.sweeps.table import Table, line_of, read_table, row_of, without_times
from mmchan.errors import InputError

ROWS = [{'trial': f'{name}-0', 'last': 0.1 * number} for number, name in enumerate('abc')]


@pytest.fixture
def path(tmp_path):
    """A table with three rows."""
    table = Table(tmp_path / 'trials.jsonl')
    for row in ROWS:
        table.append(row)
    table.close()
    return table.path


def test_what_is_appended_is_read(path):
    read = read_table(path)
    assert (read.rows, read.broken, read.cut) == (ROWS, [], False)
    assert read_table(path.with_name('none.jsonl')).rows == []


def test_row_with_another_value_is_noticed():
    line = line_of({'trial': 'a-0', 'last': 0.25})
    assert row_of(line) == {'trial': 'a-0', 'last': 0.25}
    with pytest.raises(ValueError, match='check sum'):
        row_of(line.replace('0.25', '0.26'))


@pytest.mark.parametrize('kept', [0, 1, 20, -2, -1], ids=lambda kept: f'cut at {kept}')
def test_last_line_that_is_cut_is_kept_beside_and_its_trial_is_free_again(path, kept):
    first, second, third = path.read_text().splitlines(keepends=True)
    path.write_text(first + second + third[:kept])
    table = Table(path)
    whole = kept == -1  # all but the line's end is there
    assert list(table.rows.values()) == ROWS[: 2 + whole]
    table.append({'trial': 'd-0'})
    table.close()
    assert [row['trial'] for row in read_table(path).rows] == [*(['a-0', 'b-0', 'c-0'][: 2 + whole]), 'd-0']
    assert path.read_text().endswith('\n')
    broken = kept not in (0, -1)
    assert table.broken_path.exists() == broken
    if broken:
        assert table.broken_path.read_text() == third[:kept] + '\n'


@pytest.mark.parametrize('damage', [b'\0' * 40, b'{"trial": 1', b'[]', b'\xff\xfe', b''])
def test_corrupt_line_in_the_middle_is_kept_beside_and_costs_no_other(path, damage):
    first, _, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + damage + b'\n' + third)
    table = Table(path)
    table.close()
    assert [number for number, _ in table.broken] == [2]
    assert list(table.rows.values()) == [ROWS[0], ROWS[2]]
    assert table.broken_path.exists()
    assert read_table(path).broken == []


def test_last_row_of_a_trial_counts(path):
    table = Table(path)
    table.append({'trial': 'a-0', 'last': 0.5})
    table.finish(['a-0', 'b-0', 'c-0'])
    assert read_table(path).rows == [{'trial': 'a-0', 'last': 0.5}, *ROWS[1:]]
    assert len(path.read_text().splitlines()) == 3


def test_finished_table_is_in_the_order_of_the_plan(path):
    table = Table(path)
    table.finish(['c-0', 'a-0', 'b-0'])
    assert [row['trial'] for row in read_table(path).rows] == ['c-0', 'a-0', 'b-0']


def test_full_disk_is_told_and_leaves_the_rows_that_were_there(path):
    """The limit of a file's size cuts a write as a full disk does: the first part of the line is written."""
    table = Table(path)
    size = path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
        with pytest.raises(InputError, match=r'trials.jsonl cannot be written: .*The 3 trials .*make room'):
            table.append({'trial': 'd-0', 'last': 0.125})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert read_table(path).rows == ROWS
    table.append({'trial': 'd-0', 'last': 0.125})
    table.close()
    assert [row['trial'] for row in read_table(path).rows] == ['a-0', 'b-0', 'c-0', 'd-0']


def test_full_disk_at_the_rewriting_keeps_the_old_table(path, monkeypatch):
    table = Table(path)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(tables.Path, 'write_text', full)
        with pytest.raises(InputError, match='No space left on device.*All its rows are kept'):
            table.finish(['c-0', 'b-0', 'a-0'])
    assert read_table(path).rows == ROWS


def test_times_are_no_part_of_a_result():
    row = {'trial': 'a-0', 'last': 0.5, 'seconds': 1.0, 'started': '', 'host': '', 'pid': 3}
    assert without_times(row) == {'trial': 'a-0', 'last': 0.5}
