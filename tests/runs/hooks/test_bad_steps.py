"""NaN and Inf cost an update, several in a row the training, which says why and can repeat it."""

import math

import pytest
import torch
from mmengine.runner import runner as mmengine_runner

from mmchan.errors import BadNumbersError, InputError
from mmchan.registry import HOOKS
from mmchan.runs.hooks.bad_steps import BadStepsHook
from mmchan.runs.nonfinite import SHOWN, image_names, shown, traced
from mmchan.runs.workdir import bad_step, last_checkpoint
from mmchan.weights.checkpoints import read_checkpoint
from tests import mmengine_globals
from tests.runs.exact_runs import ending
from tests.runs.toy_runs import ToyNet, killed, runner_of


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    """Runners ask a compiler and others for the environment that they log: a second each."""
    monkeypatch.setattr(mmengine_runner, 'collect_env', dict)


def order(work_dir):
    """The images of the batches of the first epoch, and those of the second."""
    runner = runner_of(work_dir)
    runner.train_loop.dataloader.batch_sampler.begin(0, 0)
    return [list(batch) for batch in runner.train_dataloader.batch_sampler]


def all_bad():
    return dict.fromkeys(range(32), math.nan)


def counts(runner):
    kept = runner.message_hub.get_info('bad_steps')
    return {key: kept[key] for key in ('skipped', 'in_a_row', 'rollbacks')}


def test_one_bad_image_costs_its_updates(tmp_path, logged):
    runner = runner_of(tmp_path, bad={7: math.nan})
    model = runner.train()
    assert counts(runner) == {'skipped': 2, 'in_a_row': 0, 'rollbacks': 0}  # once an epoch
    assert all(value.isfinite().all() for value in model.state_dict().values())
    assert logged.text.count('update skipped: loss: nan (loss_square nan, acc nan); lr: 0.01') == 2
    assert 'norm of the gradients: nan; gradients with NaN or Inf: conv.weight' in logged.text
    assert not (tmp_path / 'bad_steps').exists()


def test_good_training_is_that_without_the_hook(tmp_path):
    weights = []
    for name, settings in (('with', {}), ('without', None)):
        runner = runner_of(tmp_path / name, runtime_cfg={'bad_steps': settings})
        weights.append(runner.train().state_dict())
        mmengine_globals.forget()
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())


def test_many_skipped_updates_are_summed_up(tmp_path, logged):
    patient = {'bad_steps': {'patience': 99}}
    runner = runner_of(tmp_path, bad=all_bad(), runtime_cfg=patient)
    runner.train()
    assert logged.text.count('update skipped') == 5
    assert '3 more updates were skipped, 8 in all' in logged.text


def test_bad_updates_in_a_row_stop_with_all_that_is_known(tmp_path, logged):
    runner = runner_of(tmp_path, bad=all_bad())
    with pytest.raises(
        BadNumbersError, match='3 updates in a row, up to iteration 3: see the log'
    ) as stopped:
        runner.train()
    assert 'mmchan replay ' in str(stopped.value)
    assert str(bad_step(tmp_path, 3).relative_to(tmp_path)) in str(stopped.value)
    assert stopped.value.exit_code == 3
    log = logged.text
    assert 'Stopped at iteration 3: 3 bad updates in a row, all skipped' in log
    assert 'first layer whose output is not finite: data_preprocessor (BaseDataPreprocessor)' in log
    assert 'output 3x4x4, nothing finite, 48 of 48 NaN or Inf' in log
    images = log.rpartition('images: ')[2].split('\n')[0].split(', ')
    assert len(images) == 8
    assert all(image.endswith('.png') for image in images)


def test_exploding_rate_reports_the_last_good_norms(tmp_path, logged):
    runner = runner_of(tmp_path, optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 1e25}})
    with pytest.raises(BadNumbersError):
        runner.train()
    assert 'of the last good updates: ' in logged.text
    assert 'lr: 1e+25' in logged.text
    assert 'first layer whose output is not finite: head (Linear)\n    input 8x16, from -' in logged.text


def test_saved_step_begins_before_the_bad_update(tmp_path):
    runner = runner_of(tmp_path, bad=all_bad())
    with pytest.raises(BadNumbersError):
        runner.train()
    saved = read_checkpoint(str(bad_step(tmp_path, 3)))
    assert saved['exact']['position'] == {'epoch': 0, 'batch': 2, 'iteration': 2, 'validate': False}
    assert (saved['meta']['epoch'], saved['meta']['iter']) == (0, 2)
    fresh = ToyNet().state_dict()
    # no update has happened: weights and running statistics are those of the beginning
    assert all(torch.equal(value, fresh[name]) for name, value in saved['state_dict'].items())


def test_accumulated_batches_are_repeated_together(tmp_path, logged):
    wrapper = {'optimizer': {'type': 'SGD', 'lr': 0.01}, 'accumulative_counts': 2}
    runner = runner_of(tmp_path, bad=all_bad(), optim_wrapper=wrapper)
    with pytest.raises(BadNumbersError, match='up to iteration 6'):
        runner.train()
    saved = read_checkpoint(str(bad_step(tmp_path, 6)))
    assert saved['exact']['position'] == {'epoch': 1, 'batch': 0, 'iteration': 4, 'validate': False}
    assert saved['exact']['processes'][0]['gradients'] == {}
    assert len(logged.text.rpartition('images: ')[2].split('\n')[0].split(', ')) == 16


def test_killed_between_bad_updates_counts_on(tmp_path):
    end = {'default_hooks': {'end': ending('after_train_iter', 2)}}
    killed(runner_of(tmp_path, bad=all_bad(), **end))
    mmengine_globals.forget()
    runner = runner_of(tmp_path, bad=all_bad(), resume=True, load_from=str(tmp_path / 'iter_2.pth'))
    with pytest.raises(BadNumbersError, match='up to iteration 3'):
        runner.train()


def test_rollback_goes_on_in_another_order(tmp_path, logged):
    # images of the third and the fourth batch, which another order moves elsewhere
    first = order(tmp_path / 'order')
    mmengine_globals.forget()
    bad = {first[2][0]: math.nan, first[3][0]: math.nan}
    settings = {'checkpoint': {'iters': 1}, 'bad_steps': {'patience': 2, 'rollback': 3}}
    runner = runner_of(tmp_path / 'run', bad=bad, runtime_cfg=settings)
    runner.train()
    assert 'ROLLING BACK to iter_2.pth (1 of 3)' in logged.text
    assert 'ROLLED BACK (1 of 3): on from iteration 3 with another order of samples' in logged.text
    assert runner.train_loop.turn == counts(runner)['rollbacks'] >= 1
    assert runner.iter == 8
    saved = read_checkpoint(str(last_checkpoint(tmp_path / 'run')))
    assert saved['exact']['turn'] == runner.train_loop.turn


def test_rollbacks_are_limited(tmp_path, logged):
    settings = {'bad_steps': {'rollback': 2}}
    runner = runner_of(tmp_path, bad=all_bad(), runtime_cfg=settings)
    with pytest.raises(BadNumbersError):
        runner.train()
    assert logged.text.count('ROLLING BACK to the beginning') == 2


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'patience': 0}, 'patience must be an integer >= 1, got 0'),
        ({'rollback': -1}, 'rollback must be an integer >= 0, got -1'),
        ({'patience': 1.5}, 'patience must be an integer >= 1, got 1.5'),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        BadStepsHook(**settings)


def test_hook_is_registered():
    assert HOOKS.get('mmchan.BadStepsHook') is BadStepsHook


def test_trace_finds_where_gradients_stop_being_finite():
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    with traced(net) as trace:
        loss = (0 * net(torch.ones(1, 2))).sqrt().sum()  # 0 has no finite derivative there
        loss.backward()
    assert trace.forward == ''
    assert trace.backward.startswith('2 (Linear)')
    assert not any(module._forward_hooks for module in net.modules())


def test_names_of_images():
    assert image_names({'inputs': 1}) == []
    assert image_names([1]) == []
    assert shown([str(number) for number in range(SHOWN + 2)]) == '0, 1, 2, 3 and 2 more'
