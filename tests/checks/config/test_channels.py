"""Channels of backbone, neck and heads are those that the parts give."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.channels import check_channels
from mmchan.checks.config.isolation import isolated
from mmchan.runs.config import load_config, merge_options
from tests.cli.command_lines import ROOT

DETECTOR = ROOT / 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
OURS = {'type': 'mmchan.RegNet', 'arch': 'regnetx-400mf'}
PYRAMID = {**OURS, 'out_indices': (0, 1, 2, 3)}


def findings(scope='mmpretrain', **model):
    with isolated():
        return list(check_channels(Config({'default_scope': scope, 'model': model})))


def linear(channels):
    return {'type': 'LinearClsHead', 'num_classes': 10, 'in_channels': channels}


def fpn(*channels):
    return {'type': 'FPN', 'in_channels': list(channels), 'out_channels': 256, 'num_outs': 5}


def rpn(channels):
    return {'type': 'RPNHead', 'in_channels': channels, 'feat_channels': 256}


POOL = {'type': 'GlobalAveragePooling'}


def test_classifier_that_fits_is_no_finding():
    assert findings(backbone=OURS, neck=POOL, head=linear(384)) == []


def test_classifier_that_takes_no_averages_is_told():
    (finding,) = findings(backbone=OURS, head=linear(384))
    assert finding.where == 'model.neck'
    assert finding.what == 'the backbone gives maps, LinearClsHead takes vectors'


def test_head_of_a_classifier_says_how_to_ask_for_the_channels():
    (finding,) = findings(backbone=OURS, neck=POOL, head=linear(400))
    assert finding.where == 'model.head.in_channels'
    assert finding.what == 'the neck gives 384, this takes 400'
    assert "in_channels=out_channels('regnetx-400mf')" in finding.remedy


def test_head_of_another_backbone_is_told_the_number():
    (finding,) = findings(backbone={'type': 'ResNet', 'depth': 18}, neck=POOL, head=linear(2048))
    assert finding.remedy == 'set it to 512'


def test_neck_of_other_channels_is_found():
    pytest.importorskip('mmdet')
    (finding,) = findings('mmdet', backbone=PYRAMID, neck=fpn(32, 64, 160, 400), rpn_head=rpn(256))
    assert finding.where == 'model.neck.in_channels'
    assert finding.what == 'the backbone gives [32, 64, 160, 384], this takes [32, 64, 160, 400]'
    assert "out_channels('regnetx-400mf', (0, 1, 2, 3))" in finding.remedy


def test_neck_of_other_levels_is_found():
    pytest.importorskip('mmdet')
    (finding,) = findings('mmdet', backbone={**PYRAMID, 'out_indices': (1, 2, 3)}, neck=fpn(32, 64, 160, 384))
    assert 'gives [64, 160, 384], this takes [32, 64, 160, 384]' in finding.what


def test_heads_of_a_detector_are_checked():
    pytest.importorskip('mmdet')
    roi_head = {
        'type': 'StandardRoIHead',
        'bbox_roi_extractor': {
            'type': 'SingleRoIExtractor',
            'roi_layer': {'type': 'RoIAlign', 'output_size': 7},
            'out_channels': 128,
            'featmap_strides': [4, 8, 16, 32],
        },
        'bbox_head': {'type': 'Shared2FCBBoxHead', 'in_channels': 64, 'num_classes': 3},
    }
    model = {'backbone': PYRAMID, 'neck': fpn(32, 64, 160, 384), 'rpn_head': rpn(255), 'roi_head': roi_head}
    found = {one.where: one.what for one in findings('mmdet', **model)}
    assert set(found) == {
        'model.rpn_head.in_channels',
        'model.roi_head.bbox_roi_extractor.out_channels',
        'model.roi_head.bbox_head.in_channels',
    }
    assert 'gives 128, this takes 64' in found['model.roi_head.bbox_head.in_channels']


def test_heads_of_a_segmentor_take_the_map_of_their_index():
    pytest.importorskip('mmseg')
    head = {'type': 'FCNHead', 'channels': 8, 'num_classes': 3, 'in_index': 2}
    right, wrong = {**head, 'in_channels': 160}, {**head, 'in_channels': 384}
    (finding,) = findings('mmseg', backbone=PYRAMID, decode_head=right, auxiliary_head=[right, wrong])
    assert finding.where == 'model.auxiliary_head[1].in_channels'
    assert finding.what == 'the backbone gives 160, this takes 384'


def test_backbone_for_other_images_is_found():
    pixels = {'mean': [1.0, 2.0, 3.0], 'std': [1.0, 1.0, 1.0]}
    backbone = {'type': 'ResNet', 'depth': 18, 'in_channels': 4}
    (finding,) = findings(data_preprocessor=pixels, backbone=backbone, neck=POOL, head=linear(512))
    assert finding.where == 'model.backbone.in_channels'
    assert 'images with 3 channels, this takes 4' in finding.what


def test_neck_that_names_the_last_map_first_fits():
    pytest.importorskip('mmdet')
    backbone = {'type': 'Darknet', 'depth': 53, 'out_indices': (3, 4, 5)}
    neck = {
        'type': 'YOLOV3Neck',
        'num_scales': 3,
        'in_channels': [1024, 512, 256],
        'out_channels': [512, 256, 128],
    }
    assert findings('mmdet', backbone=backbone, neck=neck) == []
    (finding,) = findings('mmdet', backbone=backbone, neck={**neck, 'in_channels': [1024, 512, 128]})
    assert finding.where == 'model.neck.in_channels'


def test_head_that_does_not_run_without_values_is_compared():
    pytest.importorskip('mmseg')
    head = {'type': 'PSAHead', 'channels': 8, 'num_classes': 3, 'in_index': 3, 'mask_size': (7, 7)}
    assert findings('mmseg', backbone=PYRAMID, decode_head={**head, 'in_channels': 384}) == []
    (finding,) = findings('mmseg', backbone=PYRAMID, decode_head={**head, 'in_channels': 400})
    assert finding.what == 'the backbone gives 384, this takes 400'


def test_synchronised_batch_norm_of_mmcv_needs_no_processes():
    pytest.importorskip('mmdet')
    norm = {'norm_cfg': {'type': 'MMSyncBN', 'requires_grad': True}}
    (finding,) = findings('mmdet', backbone=PYRAMID, neck={**fpn(32, 64, 160, 400), **norm})
    assert finding.where == 'model.neck.in_channels'


@pytest.mark.parametrize(
    'model',
    [
        {'backbone': {'type': 'NoSuch'}, 'head': linear(3)},
        {'backbone': {'type': 'ResNet', 'depth': 19}, 'head': linear(3)},
        {'backbone': OURS, 'neck': POOL, 'head': {'type': 'LinearClsHead', 'num_classes': 10}},
        {'backbone': OURS, 'neck': POOL, 'head': linear('x')},
        {'backbone': 5, 'head': [3]},
        {},
    ],
    ids=['unknown type', 'wrong depth', 'missing', 'text', 'numbers', 'nothing'],
)
def test_parts_that_cannot_be_built_are_passed_over(model):
    assert findings(**model) == []


@pytest.mark.parametrize(
    ('key', 'value'),
    [
        ('model.roi_head.mask_roi_extractor.roi_layer.output_size', -14),
        ('model.roi_head.mask_roi_extractor.out_channels', -256),
        ('model.backbone.in_channels', -3),
    ],
)
def test_lengths_that_are_none_are_left_to_others(key, value):
    cfg = merge_options(load_config(DETECTOR), {key: value})
    with isolated():
        assert not [finding for finding in check_channels(cfg) if 'roi_layer' in finding.where]
