"""Detectors of mmdet as modules from an image to boxes, scores, labels and masks, which can be traced."""

from torch import Tensor, nn
from torch.nn import functional

from mmchan.deploy.detection.boxes import limits_of
from mmchan.deploy.detection.dense import DenseHead
from mmchan.deploy.detection.regions import MaskHead, RegionHead
from mmchan.deploy.detection.support import (
    check_dense_head,
    check_preprocessor,
    check_region_head,
    check_type,
)

OUTPUTS = ('boxes', 'scores', 'labels', 'masks')


class Detector(nn.Module):
    """Backbone and neck on an image that is padded as in training."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        check_preprocessor(model.data_preprocessor)
        self.backbone = model.backbone
        self.neck = model.neck if model.with_neck else nn.Identity()
        self.divisor = model.data_preprocessor.pad_size_divisor
        self.padding = model.data_preprocessor.pad_value

    def pyramid(self, image: Tensor) -> tuple[Tensor, ...]:
        """The levels (1, C, H, W) of a normalised image (1, 3, H, W)."""
        if self.divisor > 1:
            height, width = image.shape[-2:]
            margins = (0, -width % self.divisor, 0, -height % self.divisor)
            image = functional.pad(image, margins, value=float(self.padding))
        return tuple(self.neck(self.backbone(image)))


class OneStage(Detector):
    """RetinaNet, SSD and SSDLite.

    Args:
        model: mmdet's detector, in evaluation mode.
    """

    outputs = OUTPUTS[:3]

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        check_dense_head(model.bbox_head)
        self.head = DenseHead(model.bbox_head, by_level=False)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Boxes (K, 4) in pixels, scores (K,) and labels (K,) of an image (1, 3, H, W)."""
        return tuple(self.head(self.pyramid(image), limits_of(image)))


class TwoStage(Detector):
    """Faster, Mask and Cascade R-CNN.

    Args:
        model: mmdet's detector, in evaluation mode.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        check_dense_head(model.rpn_head)
        check_region_head(model.roi_head)
        self.proposals = DenseHead(model.rpn_head, by_level=True)
        parts = model.roi_head
        extractors, heads = stages_of(parts.bbox_roi_extractor), stages_of(parts.bbox_head)
        self.regions = RegionHead(extractors, heads, parts.test_cfg)
        self.masks = None
        if parts.with_mask:
            extractors = parts.bbox_roi_extractor if parts.share_roi_extractor else parts.mask_roi_extractor
            self.masks = MaskHead(stages_of(extractors), stages_of(parts.mask_head))
        self.outputs = OUTPUTS if parts.with_mask else OUTPUTS[:3]

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Boxes (K, 4) in pixels, scores (K,), labels (K,) and masks (K, h, w) of an image (1, 3, H, W)."""
        limits = limits_of(image)
        features = self.pyramid(image)
        proposals = self.proposals(features, limits).boxes
        found = self.regions(features, proposals, limits)
        return tuple(found) if self.masks is None else (*found, self.masks(features, found))


def stages_of(part: nn.Module) -> list[nn.Module]:
    """The stages of a part of a detector: one, or those of Cascade R-CNN."""
    return list(part) if isinstance(part, nn.ModuleList) else [part]


def traceable(model: nn.Module) -> Detector:
    """A detector of mmdet as a module of tensors alone.

    Args:
        model: In evaluation mode; its parts are shared.

    Raises:
        InputError: For a detector with parts that are not known here.
    """
    two_stages = check_type(model)
    return (TwoStage(model) if two_stages else OneStage(model)).eval()
