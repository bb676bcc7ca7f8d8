import pytest
import torch
from mmdet.registry import MODELS
from mmengine.registry import DefaultScope

from mmchan.deploy.detection.detectors import traceable
from mmchan.errors import InputError
from tests.deploy.detection import tiny


def built(kind, change):
    model = tiny.config(kind).model
    change(model)
    with DefaultScope.overwrite_default_scope('mmdet'):
        return MODELS.build(model)


def centre_clamp(model):
    model['bbox_head']['bbox_coder']['add_ctr_clamp'] = True


def max_pooling(model):
    for extractor in (model['roi_head']['bbox_roi_extractor'], model['roi_head']['mask_roi_extractor']):
        extractor['roi_layer']['pool_mode'] = 'max'


def soft_nms(model):
    model['test_cfg']['rcnn']['nms'] = {'type': 'soft_nms', 'iou_threshold': 0.5}


def other_head(model):
    model['bbox_head'].update(type='ATSSHead', norm_cfg=None)
    model['bbox_head']['anchor_generator'] = {
        'type': 'AnchorGenerator', 'strides': [4, 8, 16, 32], 'ratios': [1.0], 'scales': [4],
    }  # fmt: skip
    model['train_cfg'] = None


@pytest.mark.parametrize(
    ('kind', 'change', 'message'),
    [
        ('retina', centre_clamp, 'DeltaXYWHBBoxCoder cannot be exported: add_ctr_clamp'),
        ('mask', max_pooling, 'RoIAlign cannot be exported: regions must be aligned and averaged'),
        ('mask', soft_nms, "no other kind can be exported, got 'soft_nms'"),
    ],
    ids=['centre clamp', 'max pooling', 'soft nms'],
)
def test_other_parts_are_refused(kind, change, message):
    with pytest.raises(InputError, match=message):
        traceable(built(kind, change))


def test_heads_with_more_predictions_are_refused():
    module = traceable(built('retina', other_head).eval())
    with pytest.raises(InputError, match='ATSSHead cannot be exported: it predicts more'):
        module(torch.zeros(1, 3, 64, 64))


def test_what_is_no_detector_is_refused():
    with pytest.raises(InputError, match=r'Linear cannot be exported.*Faster, Mask and Cascade R-CNN'):
        traceable(torch.nn.Linear(1, 1))
