"""Hooks that shadow each other, or whose time never comes."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.hooks import check_hooks
from mmchan.findings import FAIL, WARN


def findings(*custom, default=None, scope='mmpretrain', **train_cfg):
    train_cfg = train_cfg or {'by_epoch': True, 'max_epochs': 100}
    hooks = {'default_hooks': default or {}, 'custom_hooks': list(custom)}
    return list(check_hooks(Config({'train_cfg': train_cfg, 'default_scope': scope, **hooks})))


EMA = {'type': 'EMAHook', 'momentum': 0.1}


@pytest.mark.parametrize(
    ('hooks', 'where', 'state', 'beside'),
    [
        ([EMA, {'type': 'mmpretrain.EMAHook'}], 'custom_hooks[1]', FAIL, 'custom_hooks[0]'),
        ([{'type': 'CheckpointHook', 'interval': 5}], 'custom_hooks[0]', WARN, 'default_hooks.checkpoint'),
        ([{'type': 'mmengine.LoggerHook'}], 'custom_hooks[0]', WARN, 'default_hooks.logger'),
        ([{'type': 'ParamSchedulerHook'}], 'custom_hooks[0]', FAIL, 'default_hooks.param_scheduler'),
        ([{'type': 'EmptyCacheHook'}] * 2, 'custom_hooks[1]', WARN, 'custom_hooks[0]'),
    ],
    ids=['averages', 'checkpoints', 'logs', 'schedules', 'word by word'],
)
def test_second_hook_is_found(hooks, where, state, beside):
    (finding,) = findings(*hooks)
    assert (finding.where, finding.state) == (where, state)
    assert beside in finding.what


def test_default_hook_under_another_name_is_found():
    (finding,) = findings(default={'checkpint': {'type': 'CheckpointHook', 'interval': 2}})
    assert finding.where == 'default_hooks.checkpint'


def test_hook_in_the_place_of_a_default_one_is_left_alone():
    assert findings({'type': 'CheckpointHook'}, default={'checkpoint': None}) == []


def test_two_hooks_of_a_kind_that_may_be_meant_are_left_alone():
    stops = [{'type': 'EarlyStoppingHook', 'monitor': name} for name in ('a', 'b')]
    assert findings(*stops) == []


@pytest.mark.parametrize(
    ('hook', 'key', 'state'),
    [
        ({**EMA, 'begin_epoch': 101}, 'begin_epoch', FAIL),
        ({'type': 'PreciseBNHook', 'interval': 101}, 'interval', WARN),
        ({'type': 'mmdet.PipelineSwitchHook', 'switch_epoch': 100}, 'switch_epoch', WARN),
        ({'type': 'mmdet.YOLOXModeSwitchHook', 'num_last_epochs': 100}, 'num_last_epochs', WARN),
        (
            {'type': 'SwitchRecipeHook', 'schedule': [{'action_epoch': 9}, {'action_epoch': 101}]},
            'schedule[1].action_epoch',
            WARN,
        ),
    ],
    ids=['average', 'batch norm', 'pipeline', 'mode', 'recipe'],
)
def test_hook_whose_time_never_comes_is_found(hook, key, state):
    (finding,) = findings(hook)
    assert (finding.where, finding.state) == (f'custom_hooks[0].{key}', state)


@pytest.mark.parametrize(
    ('settings', 'number'),
    [({'save_last': False}, 1), ({}, 0), ({'save_last': False, 'by_epoch': False}, 0)],
    ids=['never', 'the last', 'iterations'],
)
def test_checkpoint_that_is_never_saved_is_found(settings, number):
    hook = {'type': 'CheckpointHook', 'interval': 200, **settings}
    assert len(findings(default={'checkpoint': hook})) == number
