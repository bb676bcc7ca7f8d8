"""What is scheduled beyond a training's end is found; what only stays constant is not."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.schedule import check_schedule
from mmchan.findings import FAIL, WARN


def findings(*schedulers, **train_cfg):
    train_cfg = train_cfg or {'by_epoch': True, 'max_epochs': 100}
    return list(check_schedule(Config({'train_cfg': train_cfg, 'param_scheduler': list(schedulers)})))


def cosine(**settings):
    return {'type': 'CosineAnnealingLR', 'by_epoch': True, **settings}


def steps(*milestones, **settings):
    return {'type': 'MultiStepLR', 'by_epoch': True, 'milestones': list(milestones), **settings}


WARM_UP = {'type': 'LinearLR', 'by_epoch': True, 'end': 5}


@pytest.mark.parametrize(
    ('schedulers', 'key', 'state'),
    [
        ([WARM_UP, cosine(begin=5, end=120)], 'param_scheduler[1].end', WARN),
        ([WARM_UP, cosine(begin=5, end=80)], 'param_scheduler[1].end', WARN),
        ([cosine(T_max=150)], 'param_scheduler[0].T_max', WARN),
        ([cosine(T_max=50)], 'param_scheduler[0].T_max', WARN),
        ([cosine(begin=5, end=5)], 'param_scheduler[0].end', FAIL),
        ([cosine(begin=100)], 'param_scheduler[0].begin', FAIL),
        ([cosine(begin=100, end=120)], 'param_scheduler[0].begin', WARN),
        ([steps(30, 60, 100)], 'param_scheduler[0].milestones', WARN),
        ([steps(30, 60, end=50)], 'param_scheduler[0].milestones', WARN),
        ([{'type': 'StepLR', 'step_size': 100}], 'param_scheduler[0].step_size', WARN),
        ([{'type': 'LinearLR', 'end': 101}], 'param_scheduler[0].end', WARN),
        ([cosine(end=60), cosine(begin=50)], 'param_scheduler[1].begin', WARN),
    ],
    ids=[
        'end after the last',
        'end before the last',
        'long period',
        'short period',
        'ends where it begins',
        'begins at the end',
        'begins and ends after the end',
        'milestone at the end',
        'milestone after its own end',
        'step after the end',
        'long warm-up',
        'overlap',
    ],
)
def test_schedule_that_misses_the_training_is_found(schedulers, key, state):
    (finding,) = findings(*schedulers)
    assert (finding.where, finding.state) == (key, state)


@pytest.mark.parametrize(
    'schedulers',
    [
        [WARM_UP, cosine(begin=5, end=100)],
        [WARM_UP, cosine(begin=5, T_max=95)],
        [cosine(end=85, T_max=85), {'type': 'ConstantLR', 'begin': 85, 'end': 100}],
        [steps(30, 60, end=90)],
        [WARM_UP],
        [{'type': 'LinearLR', 'by_epoch': False, 'end': 500}, steps(80, 90)],
        [cosine(begin=1, end=70, T_max=70), {'type': 'ConstantLR', 'begin': 70}],
        [cosine(end='x')],
        [5],
    ],
    ids=['usual', 'period', 'constant after', 'steps', 'warm-up', 'iterations', 'nearly', 'text', 'number'],
)
def test_schedule_that_may_be_meant_is_left_alone(schedulers):
    assert findings(*schedulers) == []


def test_epochs_in_a_training_without_any_are_found():
    (finding,) = findings(cosine(), by_epoch=False, max_iters=1000)
    assert finding.where == 'param_scheduler[0].by_epoch'
    assert 'never does anything' in finding.what


def test_poly_that_ends_early_says_how_long_the_lowest_value_lasts():
    poly = {'type': 'PolyLR', 'by_epoch': False, 'end': 40000}
    (finding,) = findings(poly, type='IterBasedTrainLoop', max_iters=80000)
    assert 'the last 40000 iterations' in finding.what


@pytest.mark.parametrize(('begin', 'number'), [(1, 0), (101, 0), (102, 1)])
def test_validation_after_the_end_is_found(begin, number):
    cfg = Config({'train_cfg': {'max_epochs': 100, 'val_begin': begin}, 'val_cfg': {}})
    assert len(list(check_schedule(cfg))) == number


def test_loop_of_others_is_left_alone():
    assert findings(cosine(end=7), type='mmpretrain.RetrievalLoop', max_epochs=3) == []
