"""What dense heads (RPN, RetinaNet, SSD) find, as a module that can be traced."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from mmchan.deploy.detection.boxes import (
    Suppression,
    at_most,
    best_apart,
    decode,
    indices_of,
    large_enough,
)
from mmchan.deploy.detection.support import refusal

ALL = 2**31 - 1  # candidates where a config sets no limit


class Found(NamedTuple):
    """Boxes (K, 4), their scores (K,) and a number for each (K,): its class, or its level of a pyramid."""

    boxes: Tensor
    scores: Tensor
    groups: Tensor

    def at(self, places: Tensor) -> 'Found':
        """Those at some places."""
        return Found(self.boxes[places], self.scores[places], self.groups[places])


class DenseHead(nn.Module):
    """An anchor head of mmdet with its post-processing.

    Args:
        head: An ``RPNHead``, ``RetinaHead``, ``SSDHead`` or another whose post-processing is theirs.
        by_level: Suppress within the levels of the pyramid, as the RPN does, instead of within classes.
    """

    def __init__(self, head: nn.Module, *, by_level: bool) -> None:
        super().__init__()
        self.head = head
        self.by_level = by_level
        settings = head.test_cfg
        before = settings.get('nms_pre', -1)
        self.most_before = before if before > 0 else ALL
        self.most = settings.get('max_per_img', ALL)
        self.least_score = None if by_level else settings.get('score_thr', 0)
        self.least_side = settings.get('min_bbox_size', -1)
        self.rule = Suppression.from_config(settings.nms)

    def forward(self, features: tuple[Tensor, ...], limits: Tensor) -> Found:
        """What is found, the best first.

        Args:
            features: The pyramid, each level (1, C, H, W).
            limits: Of :func:`~mmchan.deploy.detection.boxes.limits_of`.
        """
        found = self.candidates(features, limits)
        found = found.at(large_enough(found.boxes, self.least_side))
        return found.at(best_apart(*found, self.rule, most=self.most))

    def candidates(self, features: tuple[Tensor, ...], limits: Tensor) -> Found:
        """The best of every level, before any gives way to another."""
        outputs = self.head(features)
        if len(outputs) != 2:
            raise refusal(type(self.head).__name__, 'it predicts more than classes and boxes')
        classes, regressions = outputs
        sizes = [level.shape[-2:] for level in classes]
        priors = self.head.prior_generator.grid_priors(sizes, device=features[0].device)
        levels = [self._level(*level) for level in zip(classes, regressions, priors, strict=True)]
        scores, labels, deltas, anchors = (torch.cat(parts) for parts in zip(*levels, strict=True))
        if self.by_level:
            labels = torch.cat([torch.full_like(level[1], number) for number, level in enumerate(levels)])
        if self.least_score is not None:
            kept = indices_of(scores > self.least_score)
            scores, labels, deltas, anchors = scores[kept], labels[kept], deltas[kept], anchors[kept]
        return Found(decode(self.head.bbox_coder, anchors, deltas, limits), scores, labels)

    def _level(self, classes: Tensor, regressions: Tensor, priors: Tensor) -> tuple[Tensor, ...]:
        """Scores, labels (K,), deltas and anchors (K, 4) of the best pairs of an anchor and a class."""
        sigmoid = self.head.use_sigmoid_cls
        logits = classes[0].permute(1, 2, 0).reshape(-1, self.head.cls_out_channels)
        # a sigmoid keeps the order: it is taken of the best alone
        values = logits if sigmoid else logits.softmax(dim=-1)[:, :-1]
        flat = values.reshape(-1)
        best, places = flat.topk(at_most(flat, self.most_before))
        number = self.head.cls_out_channels - (not sigmoid)
        anchors = torch.div(places, number, rounding_mode='floor')
        deltas = regressions[0].permute(1, 2, 0).reshape(-1, 4)
        return best.sigmoid() if sigmoid else best, places % number, deltas[anchors], priors[anchors]
