"""--fast chooses for the machine at hand, and says why."""

import pytest
import torch
from mmengine.config import Config

from mmchan.errors import InputError
from mmchan.runs import fast, speed
from mmchan.runs.amp import bf16_hardware
from mmchan.runs.config import config_to_test, config_to_train
from tests.cli.command_lines import ROOT
from tests.runs.toy_runs import runner_of

DIGITS = ROOT / 'configs' / 'regnet' / 'regnetx-400mf_1xb64_digits.py'


def test_cpu_trains_in_bf16_where_it_computes_that_and_compiles_nothing():
    cfg = config_to_train(DIGITS, fast=True)
    wrapper = 'mmchan.Bf16OptimWrapper' if bf16_hardware() else 'OptimWrapper'
    assert cfg.optim_wrapper.get('type', 'OptimWrapper') == wrapper
    assert cfg.runtime_cfg.channels_last
    assert not cfg.runtime_cfg.compiled
    assert 'fused' not in cfg.optim_wrapper.optimizer
    lines = list(fast.told(cfg, trains=True))
    assert lines[0].startswith('--fast: half precision: ' if bf16_hardware() else '--fast: fp32: ')
    assert [line.split(':')[1] for line in lines[1:]] == [
        ' channels_last',
        ' not compiled',
        ' ordinary optimizer',
    ]
    assert len(list(fast.told(config_to_test(DIGITS, str(DIGITS), fast=True), trains=False))) == 2


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
