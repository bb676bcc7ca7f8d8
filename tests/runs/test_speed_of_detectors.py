"""Detectors are fast by default, and their numbers are what they were."""

import copy
from itertools import chain

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS
from torch import nn

from mmchan.compat import apply
from mmchan.home import home
from mmchan.models.roi_align import RoIAlign
from mmchan.runs import speed
from tests.coco_data import MASK_RCNN

TINY = {'family': 'rexnet', 'width_mult': 0.5, 'depth_mult': 0.2}


def tiny_mask_rcnn() -> nn.Module:
    """That of digits-coco with a small backbone, in training."""
    apply()
    model = Config.fromfile(home() / MASK_RCNN).model
    model.backbone = {'type': 'mmchan.Backbone', 'arch': TINY, 'out_indices': (1, 2, 3, 4)}
    with MODELS.switch_scope_and_registry('mmdet') as registry:
        model.neck.in_channels = list(registry.build(copy.deepcopy(model.backbone)).out_channels)
        return registry.build(model).train()


def two_images() -> tuple[torch.Tensor, list]:
    """Two images of 64 px, each with two boxes and their masks."""
    import numpy as np
    from mmdet.structures import DetDataSample
    from mmdet.structures.mask import BitmapMasks
    from mmengine.structures import InstanceData

    masks = np.zeros((2, 64, 64), np.uint8)
    masks[0, 4:30, 4:30], masks[1, 20:60, 30:60] = 1, 1
    said = {'img_shape': (64, 64), 'ori_shape': (64, 64), 'pad_shape': (64, 64), 'scale_factor': (1.0, 1.0)}
    samples = [DetDataSample(metainfo=said) for _ in range(2)]
    for sample in samples:
        sample.gt_instances = InstanceData(
            bboxes=torch.tensor([[4.0, 4, 30, 30], [30, 20, 60, 60]]).double(),
            labels=torch.tensor([0, 0]),
            masks=BitmapMasks(masks, 64, 64),
        )
        sample.proposals = InstanceData(bboxes=sample.gt_instances.bboxes + torch.tensor([2.0, -3, 9, 1]))
    return torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)).double(), samples


def losses_of(model: nn.Module) -> torch.Tensor:
    """All losses, of given proposals: mmcv's NMS knows single precision alone."""
    images, samples = two_images()
    torch.manual_seed(1)  # which boxes are drawn for the losses
    maps = model.extract_feat(images)
    rpn = model.rpn_head.loss(maps, samples)
    roi = model.roi_head.loss(maps, [sample.proposals for sample in samples], samples)
    return torch.cat([loss.flatten() for loss in (*chain(*rpn.values()), *roi.values())])


@pytest.mark.slow
def test_mask_rcnn_stays_in_channels_last_with_the_same_losses_and_gradients():
    torch.manual_seed(0)
    plain = tiny_mask_rcnn().double()
    fast = speed.arrange(copy.deepcopy(plain), Config({}))
    formats = []
    fast.rpn_head.rpn_conv.register_forward_pre_hook(
        lambda _, x: formats.append(x[0].is_contiguous(memory_format=torch.channels_last))
    )
    before, after = losses_of(plain), losses_of(fast)
    torch.testing.assert_close(after, before, rtol=1e-12, atol=1e-12)
    before.sum().backward()
    after.sum().backward()
    for name, parameter in fast.named_parameters():
        same = plain.get_parameter(name).grad
        torch.testing.assert_close(parameter.grad, same, rtol=1e-9, atol=1e-9, msg=name)
    assert formats
    assert all(formats)
    assert all(type(layer) is RoIAlign for layer in fast.roi_head.mask_roi_extractor.roi_layers)
