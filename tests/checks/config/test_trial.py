"""What a library raises while building becomes a finding, with the innermost part that raised it."""

import logging
import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmchan.checks.config.trial import check_trial

HERE = str(Path(__file__).parent)  # a data set is built where its files are
WEIGHTS = {'type': 'Pretrained', 'checkpoint': 'no/such.pth'}
LOADERS = ('train_dataloader', 'val_dataloader')


def config(**changes):
    pipeline = [
        {'type': 'LoadImageFromFile'},
        {
            'type': 'RandomApply',
            'transforms': [{'type': 'RandomFlip', 'prob': 0.5, 'direction': 'horizontal'}],
        },
        {'type': 'PackInputs'},
    ]
    loader = {
        'batch_size': 2,
        'sampler': {'type': 'DefaultSampler'},
        'dataset': {'type': 'CustomDataset', 'data_root': HERE, 'pipeline': pipeline},
    }
    cfg = {
        'default_scope': 'mmpretrain',
        'model': {
            'type': 'ImageClassifier',
            'backbone': {
                'type': 'ResNet',
                'depth': 18,
                'init_cfg': {'type': 'Pretrained', 'checkpoint': 'x'},
            },
            'neck': {'type': 'GlobalAveragePooling'},
            'head': {'type': 'LinearClsHead', 'num_classes': 10, 'in_channels': 512},
        },
        'data_preprocessor': {'mean': [0.0], 'std': [1.0]},
        'train_dataloader': loader,
        'val_dataloader': loader,
        'val_evaluator': {'type': 'Accuracy', 'topk': (1, 5)},
        'train_cfg': {'by_epoch': True, 'max_epochs': 3},
        'val_cfg': {},
        'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 0.1}},
        'param_scheduler': [{'type': 'MultiStepLR', 'milestones': [1, 2]}],
        'default_hooks': {'visualization': {'type': 'VisualizationHook'}},
        'custom_hooks': [{'type': 'EMAHook', 'momentum': 0.1, 'priority': 'HIGH'}],
    }
    cfg = Config(cfg)
    cfg.merge_from_dict(changes)
    return cfg


def findings(*loaders, **changes):
    return list(check_trial(config(**changes), loaders or LOADERS))


def test_sound_config_builds():
    assert findings() == []


@pytest.mark.parametrize(
    ('changes', 'where', 'said'),
    [
        ({'model.backbone.depth': 19}, 'model.backbone', 'invalid depth 19'),
        ({'model.head.loss': {'type': 'LabelSmoothLoss', 'label_smooth_val': 2}}, 'model.head.loss', 'label'),
        ({'model.head.num_classes': -1}, 'model.head', 'num_classes=-1'),
        ({'model.nek': 3}, 'model', "unexpected keyword argument 'nek'"),
        (
            {'train_dataloader.dataset.pipeline.1.transforms.0.prob': 'x'},
            'train_dataloader.dataset.pipeline[1].transforms[0]',
            'prob',
        ),
        ({'train_dataloader.dataset.splt': 3}, 'train_dataloader.dataset', "argument 'splt'"),
        ({'train_dataloader.num_workers': -1}, 'train_dataloader', 'num_workers'),
        ({'train_dataloader.sampler.shufle': 1}, 'train_dataloader.sampler', "argument 'shufle'"),
        ({'log_processor': {'window': 1}}, 'log_processor', "argument 'window'"),
        ({'val_evaluator.tpk': 1}, 'val_evaluator', "argument 'tpk'"),
        ({'optim_wrapper.optimizer.lr': -1}, 'optim_wrapper.optimizer', 'Invalid learning rate'),
        ({'optim_wrapper.accumulative_counts': 0}, 'optim_wrapper', 'accumulative_counts'),
        ({'param_scheduler.0.end': -1}, 'param_scheduler[0]', 'end should be larger'),
        ({'custom_hooks.0.begin_epoch': -1}, 'custom_hooks[0]', 'begin_epoch'),
        ({'default_hooks.timer': {'type': 'IterTimerHook', 'a': 1}}, 'default_hooks.timer', "argument 'a'"),
        ({'train_cfg.max_epoch': 3}, 'train_cfg', "argument 'max_epoch'"),
        ({'val_cfg.fp17': True}, 'val_cfg', "argument 'fp17'"),
        (
            {'model.backbone.type': 'RestNet'},
            'model.backbone',
            'RestNet is not in the mmpretrain',
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_part_that_cannot_be_built_is_named(changes, where, said):
    (finding,) = findings(**changes)
    assert finding.where == where
    assert said in finding.what
    assert '\n' not in finding.what


def test_what_a_run_does_not_use_is_not_built():
    assert findings('val_dataloader', **{'optim_wrapper.optimizer.lr': -1, 'train_cfg.max_epoch': 3}) == []


def test_model_alone_is_left_alone():
    assert list(check_trial(Config({'model': {'type': 'ImageClassifier'}}), LOADERS)) == []


def test_package_that_is_missing_is_told_once(monkeypatch):
    pytest.importorskip('mmdet')
    monkeypatch.setitem(sys.modules, 'albumentations', None)
    wrong = {'type': 'Albumentations', 'transforms': []}
    found = findings(**{f'{loader}.dataset.pipeline': [wrong] for loader in LOADERS})
    assert [one.where for one in found] == ['train_dataloader.dataset.pipeline[0]']
    assert 'not installed here' in found[0].what


def test_nothing_is_left_behind(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    scopes = dict(DefaultScope._instance_dict)
    findings(**{'model.backbone.depth': 19})
    assert (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == states
    assert dict(DefaultScope._instance_dict) == scopes
    assert logging.root.manager.disable == logging.NOTSET
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ('', '')


def test_config_stays_as_it_is():
    cfg = config()
    before = cfg.to_dict()
    list(check_trial(cfg, LOADERS))
    assert cfg.to_dict() == before
