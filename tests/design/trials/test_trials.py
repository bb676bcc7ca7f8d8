"""One trial: the same by both paths and in any order, and what goes wrong is told."""

import logging
import subprocess
import sys

import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from mmengine.utils import ManagerMixin

from mmchan.design.trials import Outcome, Task, run_trial
from mmchan.design.trials.outcome import error_of
from mmchan.errors import InputError
from mmchan.runs.config import config_to_train
from tests.design.trials.small import ARCH, config, task


@pytest.mark.slow
def test_both_paths_train_the_same_but_for_rounding(tmp_path):
    """Without random crops the same weights see the same images in the same order."""
    cfg = config(tmp_path, augmented=False)
    fast = run_trial(task(tmp_path, cfg, path='fast', test=True))
    ordinary = run_trial(task(tmp_path, cfg, path='ordinary', test=True))
    assert (fast.path, ordinary.path) == ('fast', 'ordinary')
    assert fast.epochs == ordinary.epochs == [1, 2]
    assert fast.losses == pytest.approx(ordinary.losses, rel=1e-4)
    assert fast.errors == pytest.approx(ordinary.errors, abs=2 / 256)
    assert fast.test == pytest.approx(ordinary.test, abs=2 / 360)  # of all digits that are held out
    assert fast.test != fast.last


@pytest.mark.slow
def test_an_ordinary_trial_leaves_nothing_behind_but_its_folder(tmp_path, capfd):
    scope = DefaultScope.get_instance('mine', scope_name='mmdet')
    managers = {kind: set(kind._instance_dict) for kind in ManagerMixin.__subclasses__()}
    before = torch.get_rng_state(), torch.get_num_threads(), set(logging.root.manager.loggerDict)
    outcome = run_trial(task(tmp_path, path='ordinary', epochs=1))
    assert DefaultScope.get_current_instance() is scope
    assert {kind: set(kind._instance_dict) for kind in managers} == managers
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]
    assert capfd.readouterr() == ('', '')
    # once more from what the folder holds: the training is over, the outcome is read
    assert run_trial(task(tmp_path, path='ordinary', epochs=1)) == outcome
    written = config_to_train(tmp_path / 'trial' / 'small.py')
    assert (written.model.backbone.arch, written.randomness.seed) == ({**ARCH}, 3)


def test_a_fast_trial_is_the_same_in_any_order(tmp_path):
    cfg = config(tmp_path)
    first = run_trial(task(tmp_path, cfg, path='fast'))
    torch.manual_seed(99)
    np.random.seed(99)
    other = run_trial(task(tmp_path, cfg, path='fast', seed=4))
    assert run_trial(task(tmp_path, cfg, path='fast')) == first
    assert other.losses != first.losses


@pytest.mark.slow
def test_a_fast_trial_is_the_same_in_another_process(tmp_path):
    given = task(tmp_path, path='fast')
    program = (
        'import sys; from mmchan.design.trials import Task, run_trial; '
        'print("outcome", run_trial(Task.from_json(sys.stdin.read())).to_json())'
    )
    ran = subprocess.run(
        [sys.executable, '-c', program], input=given.to_json(), capture_output=True, text=True, check=True
    )
    printed = next(line for line in ran.stdout.splitlines() if line.startswith('outcome'))
    assert Outcome.from_json(printed.partition(' ')[2]) == run_trial(given)


@pytest.mark.parametrize('path', ['fast', pytest.param('ordinary', marks=pytest.mark.slow)])
def test_a_loss_that_is_not_finite_ends_the_trial(tmp_path, path):
    cfg = config(tmp_path)
    cfg['optim_wrapper']['optimizer']['lr'] = 1e30
    with pytest.raises(FloatingPointError, match='(?i)nan|inf'):
        run_trial(task(tmp_path, cfg, path=path, epochs=3))


def test_validations_come_when_the_config_says(tmp_path):
    cfg = config(tmp_path, images=64)
    cfg['train_cfg']['val_interval'] = 2
    assert run_trial(task(tmp_path, cfg, path='fast', epochs=3)).epochs == [2, 3]


def test_auto_takes_the_ordinary_path_where_the_fast_one_cannot(tmp_path, monkeypatch):
    cfg = config(tmp_path)
    cfg['custom_hooks'] = [{'type': 'EMAHook'}]
    with pytest.raises(InputError, match=r"custom_hooks\. path = 'ordinary' can"):
        run_trial(task(tmp_path, cfg, path='fast'))
    taken = []
    monkeypatch.setattr('mmchan.design.trials.ordinary.train_ordinary', lambda cfg, task: taken.append(cfg))
    run_trial(task(tmp_path, cfg, path='auto'))
    assert len(taken) == 1


def test_an_objective_that_nothing_measures_is_told(tmp_path):
    with pytest.raises(InputError, match='objective accuracy/top2'):
        run_trial(task(tmp_path, path='fast', objective='accuracy/top2'))


def test_absent_data_is_told(tmp_path):
    cfg = config(tmp_path)
    for loader in ('train_dataloader', 'val_dataloader'):
        cfg[loader]['dataset'].update(data_root=f'{tmp_path}/elsewhere')
    with pytest.raises(InputError, match='elsewhere does not exist'):
        run_trial(task(tmp_path, cfg, path='fast'))


def test_tasks_and_outcomes_survive_json(tmp_path):
    given = task(tmp_path, path='fast')
    assert Task.from_json(given.to_json()).to_json() == given.to_json()
    outcome = Outcome(epochs=[1, 2], errors=[0.5, 0.25], losses=[2.0, 1.0], path='fast')
    assert Outcome.from_json(outcome.to_json()) == outcome
    assert (outcome.last, outcome.minimum) == (0.25, 0.25)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'path': 'quick'}, "unknown path 'quick'"),
        ({'epochs': 0}, 'epochs must be an integer >= 1'),
        ({'seed': -1}, 'seed must be an integer >= 0'),
        ({'arch': 'regnetx-400mf'}, 'arch must be a mapping'),
    ],
)
def test_wrong_tasks_are_refused(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        task(tmp_path, {}, **changes)


@pytest.mark.parametrize(
    ('value', 'objective', 'higher', 'error'),
    [
        (97.5, 'accuracy/top1', True, 0.025),
        (0.375, 'coco/bbox_mAP', True, 0.625),
        (80.0, 'single-label/f1-score', True, 0.2),
        (0.3, 'loss', False, 0.3),
    ],
)
def test_errors_are_shares(value, objective, higher, error):
    assert error_of(value, objective, higher_is_better=higher) == pytest.approx(error)


@pytest.mark.slow
def test_importing_trials_is_light():
    program = "import sys, mmchan.design.trials; print({'torch', 'mmengine'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, '-c', program], text=True).strip() == 'set()'
