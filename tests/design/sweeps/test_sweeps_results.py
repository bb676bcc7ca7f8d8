"""What is read from a sweep's folder is what was written, and what is wrong in one is told."""

import json

import numpy as np
import pytest

from mmchan.design import spaces
from mmchan.design.sweeps import read_results
from mmchan.errors import InputError
from tests.design.sweep_folders import row_of, rows_of, write_sweep

POPULATION = spaces.sample(spaces.get('regnetx'), seed=0, count=5)


@pytest.fixture
def sweep(tmp_path):
    return write_sweep(tmp_path / 'sweep', POPULATION, name='RegNetX', repeats=2, epochs=3)


def lines_of(sweep):
    return (sweep / 'trials.jsonl').read_text().splitlines()


def write_lines(sweep, lines, end='\n'):
    (sweep / 'trials.jsonl').write_text('\n'.join(lines) + end)


def test_columns_are_those_of_the_table(sweep):
    found = read_results(sweep)
    rows = [json.loads(line) for line in lines_of(sweep)]
    assert (found.name, len(found), found.broken) == ('RegNetX', 10, 0)
    assert found.column('trial').tolist() == [row['trial'] for row in rows]
    assert found.index.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert found.column('repeat').tolist() == [0, 1] * 5
    assert found.last.tolist() == [row['errors'][-1] for row in rows]
    assert [curve.tolist() for curve in found.curves] == [[row['epochs'], row['errors']] for row in rows]
    assert found.population.ids.tolist() == POPULATION.ids.tolist()
    assert (found.names[0], found.is_full.all()) == ('trial', True)


def test_rows_are_in_the_order_of_the_plan(sweep):
    lines = lines_of(sweep)
    write_lines(sweep, [lines[one] for one in (3, 9, 0, 5)])
    assert read_results(sweep).column('trial').tolist() == [
        json.loads(lines[one])['trial'] for one in (0, 3, 5, 9)
    ]


def test_minimum_is_of_any_epoch_and_nan_where_the_trial_failed(tmp_path):
    plain = list(POPULATION.rows())
    rows = [row_of(plain[0], 0, 0, [0.5, 0.2, 0.3]), row_of(plain[1], 1, 0, [0.5], 'nan')]
    found = read_results(write_sweep(tmp_path, POPULATION, rows=rows))
    np.testing.assert_array_equal(found.minimum, [0.2, np.nan])
    np.testing.assert_array_equal(found.last, [0.3, np.nan])
    assert (found.is_done.tolist(), found.column('cause').tolist()) == ([True, False], ['', 'nan'])


def test_sweep_without_any_trial_is_read(sweep):
    (sweep / 'trials.jsonl').unlink()
    found = read_results(sweep)
    assert (len(found), found.names, found.index.tolist()) == (0, [], [])


def test_half_written_and_changed_lines_are_left_out_and_counted(sweep):
    lines = lines_of(sweep)
    lines[1] = lines[1].replace('"status": "done"', '"status": "failed"')
    write_lines(sweep, [*lines[:4], lines[4][:50]], end='')
    found = read_results(sweep)
    assert (len(found), found.broken) == (3, 2)


def test_trial_that_failed_and_was_run_again_is_there_once(tmp_path):
    plain = next(POPULATION.rows())
    rows = [row_of(plain, 0, 0, [0.5], 'crash'), row_of(plain, 0, 0, [0.5, 0.25])]
    found = read_results(write_sweep(tmp_path, POPULATION, rows=rows))
    assert found.last.tolist() == [0.25]


def test_folder_of_something_else_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / 'nowhere'):
        with pytest.raises(InputError, match='is no folder of a sweep: .* No such file'):
            read_results(folder)


def test_trial_that_ended_twice_is_refused(sweep):
    lines = lines_of(sweep)
    write_lines(sweep, [*lines, lines[3]])
    with pytest.raises(
        InputError, match=f'trial {json.loads(lines[3])["trial"]} came to its end more than once'
    ):
        read_results(sweep)


def test_short_and_full_trial_of_a_network_are_two(tmp_path):
    plain = next(POPULATION.rows())
    rows = [row_of(plain, 0, 0, [0.5], budget=kind, trial=f'a-0-{kind}') for kind in ('short', 'full')]
    assert len(read_results(write_sweep(tmp_path, POPULATION, rows=rows))) == 2


def test_network_that_the_population_lacks_is_refused(sweep):
    rows = list(rows_of(POPULATION))
    rows[2]['index'] = 4
    write_sweep(sweep, POPULATION, rows=rows)
    with pytest.raises(InputError, match=r'network \w+ is not number 4 of the 5'):
        read_results(sweep)


@pytest.mark.parametrize(('name', 'value'), [('status', 'don'), ('budget', 'ful')])
def test_unknown_word_suggests_the_nearest(tmp_path, name, value):
    row = {**row_of(next(POPULATION.rows()), 0, 0, [0.5]), name: value}
    with pytest.raises(InputError, match=f'unknown {name} of .* {value!r}; did you mean'):
        read_results(write_sweep(tmp_path, POPULATION, rows=[row]))
