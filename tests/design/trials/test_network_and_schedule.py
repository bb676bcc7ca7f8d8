"""What a trial changes in its base config."""

import pytest

from mmchan.design.trials.limits import obstacles
from mmchan.design.trials.network import with_network
from mmchan.design.trials.schedule import with_epochs
from mmchan.errors import InputError
from mmchan.runs.config import load_config
from tests.cli.command_lines import ROOT

ARCH = {'family': 'anynet', 'widths': (8, 16, 24, 40), 'depths': (1, 1, 1, 1), 'group_widths': (8, 8, 8, 8)}


def test_a_classifier_gets_network_and_width_of_its_head():
    base = load_config(ROOT / 'configs/regnet/regnetx-400mf_1xb64_digits.py').model.to_dict()
    model = with_network(base, ARCH)
    assert model['backbone'] == {'type': 'mmchan.Backbone', 'arch': ARCH}
    assert model['head'] == {**base['head'], 'in_channels': 40}
    assert model['neck'] == base['neck']


def test_a_head_without_in_channels_and_a_model_without_backbone_are_completed():
    model = with_network(
        {'type': 'ImageClassifier', 'head': {'type': 'LinearClsHead', 'num_classes': 3}}, ARCH
    )
    assert model['head']['in_channels'] == 40


@pytest.mark.parametrize(
    ('backbone', 'channels', 'maps'),
    [
        ({'out_indices': (0, 1, 2, 3)}, [256, 512, 1024, 2048], (0, 1, 2, 3)),
        ({}, [512, 1024, 2048], (1, 2, 3)),
    ],
)
def test_a_pyramid_gets_the_widths_of_its_maps(backbone, channels, maps):
    norm = {'type': 'SyncBN', 'requires_grad': True}
    kept = {'type': 'ResNet', 'depth': 50, 'norm_cfg': norm, **backbone}
    of_weights = {
        'frozen_stages': 1,
        'norm_eval': True,
        'init_cfg': {'type': 'Pretrained', 'checkpoint': 'x'},
    }
    neck = {'type': 'FPN', 'in_channels': channels, 'out_channels': 256}
    head = {'type': 'RetinaHead', 'in_channels': 256}
    model = with_network({'backbone': {**kept, **of_weights}, 'neck': [neck], 'bbox_head': head}, ARCH)
    assert model['backbone'] == {
        'type': 'mmchan.Backbone',
        'arch': ARCH,
        'norm_cfg': norm,
        'out_indices': maps,
    }
    assert model['neck'] == [{**neck, 'in_channels': [(8, 16, 24, 40)[index] for index in maps]}]
    assert model['bbox_head'] == head


def test_more_maps_than_stages_are_refused():
    with pytest.raises(InputError, match='at most 4, as the network has stages'):
        with_network({'neck': {'in_channels': [8] * 5}}, ARCH)
    with pytest.raises(InputError, match='a neck or a head that names its in_channels'):
        with_network({'backbone': {}}, ARCH)


def test_a_schedule_is_stretched_in_proportion():
    base = {
        'train_cfg': {'by_epoch': True, 'max_epochs': 12},
        'param_scheduler': [
            {'type': 'LinearLR', 'by_epoch': False, 'begin': 0, 'end': 500},
            {'type': 'MultiStepLR', 'begin': 0, 'end': 12, 'milestones': [8, 11], 'gamma': 0.1},
            {'type': 'CosineAnnealingLR', 'begin': 1, 'T_max': 11, 'eta_min': 1},
        ],
    }
    stretched = with_epochs(base, 24)
    assert stretched['train_cfg']['max_epochs'] == 24
    assert stretched['param_scheduler'] == [
        {'type': 'LinearLR', 'by_epoch': False, 'begin': 0, 'end': 1000},
        {'type': 'MultiStepLR', 'begin': 0, 'end': 24, 'milestones': [16, 22], 'gamma': 0.1},
        {'type': 'CosineAnnealingLR', 'begin': 2, 'T_max': 22, 'eta_min': 1},
    ]
    short = with_epochs(base, 3)['param_scheduler']
    assert (short[0]['end'], short[1]['milestones'], short[2]['begin']) == (125, [2, 3], 1)
    assert with_epochs(base, 12)['param_scheduler'] == base['param_scheduler']


def test_a_training_without_epochs_is_refused():
    with pytest.raises(InputError, match='train_cfg.max_epochs must be a number of epochs'):
        with_epochs({'train_cfg': {'max_iters': 100}}, 3)


@pytest.mark.parametrize(
    ('options', 'obstacle'),
    [
        ({}, None),
        ({'runner_type': 'Runner'}, None),
        ({'model.train_cfg': {'augments': {'type': 'Mixup', 'alpha': 0.2}}}, 'model.train_cfg'),
        ({'optim_wrapper.type': 'AmpOptimWrapper'}, 'optim_wrapper: AmpOptimWrapper'),
        ({'val_evaluator.thrs': [0.5]}, 'val_evaluator: Accuracy with more than its topk'),
        ({'load_from': 'x.pth'}, 'load_from'),
        ({'train_dataloader.dataset.pipeline.1.pad_if_needed': True}, 'RandomCrop(pad_if_needed)'),
        (
            {'train_dataloader.dataset.pipeline.1': {'type': 'RandomResizedCrop', 'scale': 8}},
            'train_dataloader.dataset.pipeline: RandomResizedCrop',
        ),
        (
            {'val_dataloader.dataset.pipeline.0': {'type': 'RandomFlip', 'prob': 0.5}},
            'val_dataloader.dataset.pipeline: random steps',
        ),
        ({'default_hooks.param_scheduler': None}, 'default_hooks.param_scheduler = None'),
    ],
)
def test_what_only_the_ordinary_path_can_do_is_named(options, obstacle):
    path = ROOT / 'configs/_base_/recipes/sweep_digits-8x8_1xb64.py'
    found = obstacles(load_config(path, options))
    assert [text for text in found if obstacle and obstacle in text] or found == []
    assert bool(found) == (obstacle is not None)
