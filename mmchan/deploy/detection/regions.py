"""The second stage of Faster, Mask and Cascade R-CNN, as modules that can be traced."""

import torch
from torch import Tensor, nn
from torchvision.ops import roi_align

from mmchan.deploy.detection.boxes import Suppression, best_apart, decode, indices_of
from mmchan.deploy.detection.dense import Found


class RegionFeatures(nn.Module):
    """Features of every region from the level of the pyramid that suits its size.

    Args:
        extractor: mmdet's :class:`~mmdet.models.roi_heads.SingleRoIExtractor` with layers that align:
            ``output_size``, ``sampling_ratio``, ``aligned``.
    """

    def __init__(self, extractor: nn.Module) -> None:
        super().__init__()
        self.layers = [
            (layer.output_size, layer.spatial_scale, layer.sampling_ratio, layer.aligned)
            for layer in extractor.roi_layers
        ]
        self.finest_scale = extractor.finest_scale

    def forward(self, features: tuple[Tensor, ...], boxes: Tensor) -> Tensor:
        """Features (K, C, h, w) of boxes (K, 4) in a pyramid of levels (1, C, H, W)."""
        regions = torch.cat([torch.zeros_like(boxes[:, :1]), boxes], dim=1)
        if len(self.layers) == 1:
            return roi_align(features[0], regions, *self.layers[0])
        levels = self.levels_of(boxes)
        places = [indices_of(levels == number) for number in range(len(self.layers))]
        parts = [
            roi_align(level, regions[place], *layer)
            for level, place, layer in zip(features, places, self.layers, strict=False)
        ]
        order = torch.cat(places)
        back = torch.zeros_like(order).scatter(0, order, torch.arange(order.shape[0]))
        return torch.cat(parts)[back]

    def levels_of(self, boxes: Tensor) -> Tensor:
        """The level (K,) for each box, from 0: one more where the side doubles."""
        sides = boxes[:, 2:] - boxes[:, :2]
        scale = torch.sqrt(sides[:, 0] * sides[:, 1])
        levels = torch.floor(torch.log2(scale / self.finest_scale + 1e-6))
        return levels.clamp(min=0, max=len(self.layers) - 1).long()


class RegionHead(nn.Module):
    """Classes and better boxes of proposals, in one stage or, in Cascade R-CNN, several.

    Args:
        extractors: mmdet's RoI extractors, one a stage.
        heads: mmdet's :class:`~mmdet.models.roi_heads.BBoxHead` of every stage.
        settings: ``test_cfg.rcnn``.
    """

    def __init__(self, extractors: list[nn.Module], heads: list[nn.Module], settings) -> None:
        super().__init__()
        self.features = nn.ModuleList(RegionFeatures(extractor) for extractor in extractors)
        self.heads = nn.ModuleList(heads)
        self.least_score = settings.score_thr
        self.most = settings.max_per_img
        self.rule = Suppression.from_config(settings.nms)

    def forward(self, features: tuple[Tensor, ...], proposals: Tensor, limits: Tensor) -> Found:
        """What is found, the best first.

        Args:
            features: The pyramid, each level (1, C, H, W).
            proposals: Boxes (K, 4).
            limits: Of :func:`~mmchan.deploy.detection.boxes.limits_of`.
        """
        logits = []
        for stage in range(len(self.heads)):
            classes, deltas = self.heads[stage](self.features[stage](features, proposals))
            logits.append(classes)
            if stage < len(self.heads) - 1:
                proposals = self._refine(stage, proposals, classes, deltas, limits)
        scores = (sum(logits) / len(logits)).softmax(dim=-1)[:, :-1]
        found = self._above_threshold(scores, proposals, deltas, limits)
        return found.at(best_apart(*found, self.rule, most=self.most))

    def _refine(
        self, stage: int, proposals: Tensor, classes: Tensor, deltas: Tensor, limits: Tensor
    ) -> Tensor:
        """The proposals for the next stage: each as its likeliest class would have it."""
        head = self.heads[stage]
        if not head.reg_class_agnostic:
            deltas = _of_class(deltas, classes[:, :-1].argmax(dim=1), classes=head.num_classes)
        return decode(head.bbox_coder, proposals, deltas, limits)

    def _above_threshold(self, scores: Tensor, proposals: Tensor, deltas: Tensor, limits: Tensor) -> Found:
        """Every pair of proposal and class with a sufficient score."""
        pairs = (scores > self.least_score).nonzero()
        regions, labels = pairs[:, 0], pairs[:, 1]
        head = self.heads[-1]
        deltas = deltas[regions]
        if not head.reg_class_agnostic:
            deltas = _of_class(deltas, labels, classes=head.num_classes)
        boxes = decode(head.bbox_coder, proposals[regions], deltas, limits)
        return Found(boxes, scores[regions, labels], labels)


class MaskHead(nn.Module):
    """Masks of what was found; in Cascade Mask R-CNN the mean of its stages'.

    Args:
        extractors: mmdet's RoI extractors, one a stage.
        heads: mmdet's :class:`~mmdet.models.roi_heads.FCNMaskHead` of every stage.
    """

    def __init__(self, extractors: list[nn.Module], heads: list[nn.Module]) -> None:
        super().__init__()
        self.features = nn.ModuleList(RegionFeatures(extractor) for extractor in extractors)
        self.heads = nn.ModuleList(heads)

    def forward(self, features: tuple[Tensor, ...], found: Found) -> Tensor:
        """Probabilities (K, h, w) on a grid over each box."""
        masks = [
            head(extract(features, found.boxes)).sigmoid()
            for extract, head in zip(self.features, self.heads, strict=True)
        ]
        mean = sum(masks) / len(masks)
        if self.heads[-1].class_agnostic:
            return mean[:, 0]
        return mean[torch.arange(found.groups.shape[0]), found.groups]


def _of_class(deltas: Tensor, labels: Tensor, *, classes: int) -> Tensor:
    """Of deltas (K, classes * 4) those (K, 4) of a class (K,) each."""
    return deltas.reshape(-1, classes, 4)[torch.arange(labels.shape[0]), labels]
