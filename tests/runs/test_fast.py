"""--fast chooses for the machine at hand, and says why."""

import pytest
import torch
from mmengine.config import Config

from mmchan.errors import InputError
from mmchan.measure.timing import Ratio
from mmchan.runs import fast, half_precision, speed
from mmchan.runs.config import config_to_test, config_to_train
from tests.cli.command_lines import ROOT
from tests.runs.toy_runs import runner_of

DIGITS = ROOT / 'configs' / 'regnet' / 'regnetx-400mf_1xb64_digits.py'


@pytest.mark.parametrize(('ratio', 'done'), [(1.5, True), (0.8, False)])
def test_cpu_trains_in_bf16_where_the_clock_says_so_and_compiles_nothing(monkeypatch, ratio, done):
    asked = []

    def speed(cfg, *, trains):
        asked.append(trains)
        return Ratio(ratio, ratio, ratio)

    monkeypatch.setattr(fast, 'bf16_hardware', lambda: 'AMX')
    monkeypatch.setattr(fast, 'speed_in_bf16', speed)
    cfg = config_to_train(DIGITS, fast=True)
    wrapper = 'mmchan.Bf16OptimWrapper' if done else 'OptimWrapper'
    assert cfg.optim_wrapper.get('type', 'OptimWrapper') == wrapper
    assert cfg.runtime_cfg.channels_last
    assert not cfg.runtime_cfg.compiled
    assert 'fused' not in cfg.optim_wrapper.optimizer
    lines = list(fast.told(cfg, trains=True))
    assert lines[0].startswith('--fast: half precision: ' if done else '--fast: fp32: ')
    assert f'takes {1 / ratio:.2f} times as long in bf16 as in fp32, by AMX' in lines[0]
    assert 'the config says otherwise' not in lines[0]
    assert [line.split(':')[1] for line in lines[1:]] == [
        ' channels_last',
        ' not compiled',
        ' ordinary optimizer',
    ]
    assert set(asked) == {True}
    assert len(list(fast.told(config_to_test(DIGITS, str(DIGITS), fast=True), trains=False))) == 2
    assert asked[-1] is False


def test_precision_that_a_config_chooses_is_kept_and_said(monkeypatch):
    monkeypatch.setattr(fast, 'bf16_hardware', lambda: '')
    cfg = config_to_train(DIGITS, fast=True, amp='bf16')
    assert cfg.optim_wrapper.type == 'mmchan.Bf16OptimWrapper'
    assert next(iter(fast.told(cfg, trains=True))).endswith(
        '; but the config says otherwise, and that is done'
    )


@pytest.mark.parametrize('trains', [True, False])
def test_backbone_is_timed_once_without_a_draw_of_the_run(monkeypatch, trains):
    monkeypatch.setattr(half_precision, '_found', {})
    cfg = config_to_train(DIGITS)
    cfg.model.backbone.arch = {'family': 'anynet', 'depths': [1], 'widths': [8], 'group_widths': [8]}
    cfg.test_dataloader = cfg.train_dataloader
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    ratio = half_precision.speed_in_bf16(cfg, trains=trains)
    assert torch.rand(1) == expected
    assert ratio.low > 0
    assert half_precision.speed_in_bf16(cfg, trains=trains) is ratio
    del cfg.train_dataloader.dataset.pipeline[1]
    assert half_precision.speed_in_bf16(cfg, trains=trains) is None


def test_gpu_trains_in_fp16_compiled_with_a_fused_optimizer(monkeypatch):
    monkeypatch.setattr(fast, 'get_device', lambda: 'cuda')
    monkeypatch.setattr('mmchan.runs.amp.get_device', lambda: 'cuda')
    monkeypatch.setattr(fast, 'has_triton', lambda: True)
    cfg = config_to_train(DIGITS, fast=True)
    assert cfg.optim_wrapper.type == 'AmpOptimWrapper'
    assert cfg.runtime_cfg.channels_last
    assert cfg.runtime_cfg.compiled
    assert cfg.optim_wrapper.optimizer.fused
    cfg.train_cfg.max_epochs = 1
    assert fast.compiled(cfg).why == 'the training is short, and compiling takes about a minute'
    cfg.optim_wrapper.optimizer.type = 'LBFGS'
    assert fast.fused(cfg) == (False, 'LBFGS has no fused form')


def test_other_runners_are_refused(tmp_path):
    config = tmp_path / 'plain.py'
    config.write_text("model = dict(type='ImageClassifier')\n")
    with pytest.raises(InputError, match="--fast needs runner_type = 'mmchan.ExactRunner'"):
        config_to_train(config, fast=True)


def test_resumed_training_says_what_is_computed_otherwise(tmp_path):
    runner_of(tmp_path, train_cfg={'by_epoch': True, 'max_epochs': 1}).train()
    saved = torch.load(tmp_path / 'epoch_1.pth', weights_only=False)['exact']['arithmetic']
    cfg = Config({'optim_wrapper': {}, 'runtime_cfg': {'channels_last': False}})
    if saved['channels_last']:
        (line,) = speed.differences(saved, cfg)
        assert 'channels_last: True, and goes on with channels_last: False' in line
    assert list(speed.differences(None, cfg)) == []
