"""The file of scalars is whole across resumes, and half a line at its end is no fault."""

import json
import math

import pytest

from mmchan.errors import InputError
from mmchan.runs.scalars import ScalarLog, read_records


def step(iteration, mode='train', **values):
    return {'mode': mode, 'iter': iteration, **values}


def steps(log):
    return [(record['mode'], record['iter']) for record in read_records(log.path)]


@pytest.fixture
def log(tmp_path):
    log = ScalarLog(tmp_path / 'scalars.jsonl')
    log.cut_after(0)
    for record in [step(10), step(20), step(20, 'val'), step(30)]:
        log.append(record)
    return log


@pytest.mark.parametrize(('iteration', 'left'), [(0, 0), (19, 1), (20, 3), (25, 3), (30, 4)])
def test_resume_cuts_what_came_after_its_checkpoint(log, iteration, left):
    before = steps(log)
    resumed = ScalarLog(log.path)
    resumed.cut_after(iteration)
    assert steps(log) == before[:left]


def test_validation_that_is_repeated_after_a_resume_stands_once(log):
    resumed = ScalarLog(log.path)
    resumed.cut_after(20)
    resumed.append(step(20, 'val', accuracy=3.0))
    assert steps(log) == [('train', 10), ('train', 20), ('val', 20)]
    assert read_records(log.path)[-1]['accuracy'] == 3.0


def test_line_that_is_half_written_is_left_out_and_cut(log):
    with log.path.open('a') as file:
        file.write('{"mode": "tra')
    assert len(read_records(log.path)) == 4
    ScalarLog(log.path).cut_after(30)
    log.append(step(40))
    assert steps(log)[-1] == ('train', 40)


def test_lines_are_strict_json(log):
    log.append(step(50, loss=math.nan, lr=math.inf, time=1.5))
    last = json.loads(log.path.read_text().splitlines()[-1], parse_constant=pytest.fail)
    assert last == {'mode': 'train', 'iter': 50, 'loss': None, 'lr': None, 'time': 1.5}


@pytest.mark.parametrize('line', ['not json', '[1, 2]'])
def test_other_file_is_named_with_its_line(log, line):
    log.path.write_text('{"iter": 1}\n' + line + '\n')
    with pytest.raises(InputError, match=r'scalars\.jsonl, line 2, is no'):
        read_records(log.path)
