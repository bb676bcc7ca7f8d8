"""What stands in a model's train_cfg and test_cfg is read by the part of the model that gets it."""

import copy

import pytest
from mmengine.config import Config

from mmchan.checks.config.keys import check_keys
from mmchan.findings import FAIL, WARN
from mmchan.runs.config import load_config
from tests.cli.command_lines import ROOT

DETECTOR = ROOT / 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
FOLDERS = {'img_path': 'images', 'seg_map_path': 'maps'}
SEGMENTOR = {
    'default_scope': 'mmseg',
    'model': {
        'type': 'EncoderDecoder',
        'backbone': {'type': 'ResNetV1c', 'depth': 18},
        'decode_head': {
            'type': 'FCNHead',
            'in_channels': 512,
            'channels': 8,
            'num_classes': 3,
            'num_convs': 1,
        },
        'train_cfg': {},
        'test_cfg': {'mode': 'whole'},
    },
    'val_dataloader': {
        'batch_size': 1,
        'sampler': {'type': 'DefaultSampler'},
        'dataset': {'type': 'CityscapesDataset', 'data_prefix': FOLDERS},
    },
}


@pytest.fixture(scope='module')
def configs():
    return {'detector': load_config(DETECTOR), 'segmentor': Config(SEGMENTOR)}


@pytest.fixture
def moved(configs):
    """What is found where a value stands at another key of the model."""

    def run(kind, key, new_key):
        cfg = copy.deepcopy(configs[kind])
        *way, name = key.split('.')
        *new_way, new_name = new_key.split('.')
        at(cfg.model, new_way)[new_name] = at(cfg.model, way).pop(name)
        return [(finding.state, finding.where.removeprefix('model.')) for finding in check_keys(cfg)]

    return run


def at(node, way):
    for name in way:
        node = node[name]
    return node


@pytest.mark.parametrize(
    ('key', 'new_key'),
    [
        ('test_cfg.rpn.min_bbox_size', 'test_cfg.rcnn.min_bbox_size'),
        ('test_cfg.rpn.nms_pre', 'test_cfg.rcnn.nms_pre'),
        ('test_cfg.rcnn.score_thr', 'test_cfg.score_thr'),
        ('test_cfg.rpn.nms.type', 'test_cfg.rpn.type'),
        ('train_cfg.rcnn.mask_size', 'train_cfg.rpn.mask_size'),
        ('train_cfg.rcnn.sampler.add_gt_as_proposals', 'train_cfg.rcnn.add_gt_as_proposals'),
        ('train_cfg.rpn.assigner.match_low_quality', 'train_cfg.rpn.match_low_quality'),
        ('train_cfg.rpn.allowed_border', 'train_cfg.rpn_proposal.allowed_border'),
        ('train_cfg.rpn_proposal.nms.iou_threshold', 'train_cfg.rpn_proposal.iou_threshold'),
    ],
)
def test_key_that_another_part_reads_is_found(moved, key, new_key):
    assert new_key in [where for _, where in moved('detector', key, new_key)]


@pytest.mark.parametrize('phase', ['train_cfg', 'test_cfg'])
def test_segmentors_take_nothing_of_their_heads_there(moved, phase):
    found = moved('segmentor', 'decode_head.num_convs', f'{phase}.num_convs')
    assert found == [(WARN, f'{phase}.num_convs')]


def test_losses_are_no_list(configs):
    cfg = copy.deepcopy(configs['detector'])
    cfg.model.rpn_head.loss_cls = [cfg.model.rpn_head.loss_cls]
    (finding,) = check_keys(cfg)
    assert (finding.state, finding.where) == (FAIL, 'model.rpn_head.loss_cls')


def test_folders_of_data_are_named_as_the_data_set_takes_them(configs):
    cfg = copy.deepcopy(configs['segmentor'])
    cfg.val_dataloader.dataset.data_prefix = 'images'
    (finding,) = check_keys(cfg)
    assert (finding.state, finding.where) == (FAIL, 'val_dataloader.dataset.data_prefix')
