"""Arithmetic of boxes as mmdet does it, in operations that a traced graph keeps for every image size.

Boxes are (left, top, right, bottom) in pixels. Sizes stay tensors: a Python number would be frozen.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.onnx.operators import shape_as_tensor
from torchvision.ops import nms

from mmchan.errors import require

# of a decoded side to its prior's the least ratio; the greatest is its inverse
RATIO_CLIP = 16 / 1000


@dataclass(frozen=True)
class Suppression:
    """Which boxes give way to a better one: ``nms`` of mmdet's ``test_cfg``."""

    iou_threshold: float
    class_agnostic: bool

    @classmethod
    def from_config(cls, settings: Mapping | None) -> 'Suppression':
        """Read ``test_cfg.nms``.

        Raises:
            InputError: For soft NMS and other kinds.
        """
        settings = dict(settings or {})
        kind = settings.pop('type', 'nms')
        require(kind == 'nms', 'test_cfg.nms.type', "'nms': no other kind can be exported", kind)
        # where mmcv divides the work changes nothing
        settings.pop('split_thr', None)
        found = cls(settings.pop('iou_threshold', 0.5), settings.pop('class_agnostic', False))
        require(not settings, 'test_cfg.nms', 'iou_threshold and class_agnostic alone', settings)
        return found


def limits_of(image: Tensor) -> Tensor:
    """The greatest coordinates (4,) of boxes in an image (1, C, H, W)."""
    return shape_as_tensor(image)[[3, 2, 3, 2]].to(torch.float32)


def at_most(values: Tensor, most: int) -> Tensor:
    """The number of values along the first axis, but no more than ``most``."""
    return shape_as_tensor(values)[0].clamp(max=most)


def indices_of(mask: Tensor) -> Tensor:
    """The places (K,) where a mask (N,) is true."""
    return mask.nonzero()[:, 0]


def decode(coder, priors: Tensor, deltas: Tensor, limits: Tensor) -> Tensor:
    """Boxes (N, 4) from priors (N, 4) and what a head predicts for each (N, 4).

    Args:
        coder: mmdet's :class:`~mmdet.models.task_modules.DeltaXYWHBBoxCoder`.
        priors: Anchors or proposals.
        deltas: Shifts of the centre in sides, logarithms of the sides' growth; normalised.
        limits: Of :func:`limits_of`.

    Source: ``mmdet.models.task_modules.coders.delta_xywh_bbox_coder.delta2bbox``.
    """
    deltas = deltas * deltas.new_tensor(coder.stds) + deltas.new_tensor(coder.means)
    sides = priors[:, 2:] - priors[:, :2]
    centres = (priors[:, :2] + priors[:, 2:]) * 0.5 + sides * deltas[:, :2]
    most = abs(math.log(RATIO_CLIP))
    halves = sides * deltas[:, 2:].clamp(-most, most).exp() * 0.5
    boxes = torch.cat([centres - halves, centres + halves], dim=-1)
    return torch.minimum(boxes.clamp(min=0), limits) if coder.clip_border else boxes


def large_enough(boxes: Tensor, least: float) -> Tensor:
    """The places (K,) of boxes with both sides over a length in px; a negative one lets all pass."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return indices_of((sides > least).all(dim=1)) if least >= 0 else torch.arange(boxes.shape[0])


def best_apart(boxes: Tensor, scores: Tensor, groups: Tensor, rule: Suppression, *, most: int) -> Tensor:
    """The places (K,) of boxes that no better one of their group overlaps, the best first.

    Args:
        boxes: (N, 4).
        scores: (N,).
        groups: A number for each box (N,): its class or its level.
        rule: From which overlap a box gives way.
        most: Greatest K.

    Source: ``mmcv.ops.batched_nms``: groups are moved apart, in float32, and suppressed together.
    """
    if not rule.class_agnostic:
        # of no boxes there is no maximum
        farthest = torch.cat([boxes.reshape(-1), boxes.new_zeros(1)]).max()
        boxes = boxes + (groups.to(boxes) * (farthest + 1))[:, None]
    kept = nms(boxes, scores, rule.iou_threshold)
    # runtimes differ in the order in which they return them
    return kept[scores[kept].topk(at_most(kept, most)).indices]
