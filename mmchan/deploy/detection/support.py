"""Which detectors can be exported: those whose post-processing is the one that is written here."""

from torch import nn

from mmchan.errors import InputError

KINDS = 'Faster, Mask and Cascade R-CNN, RetinaNet, SSD and SSDLite'


def check_type(model: nn.Module) -> bool:
    """Whether a detector has two stages.

    Raises:
        InputError: When it is neither a one-stage nor a two-stage detector of mmdet.
    """
    from mmdet.models.detectors import SingleStageDetector, TwoStageDetector

    kind = type(model)
    for base, method in ((TwoStageDetector, 'predict'), (SingleStageDetector, 'predict')):
        if isinstance(model, base):
            _require_own(kind, base, method)
            return base is TwoStageDetector
    raise refusal(kind.__name__, 'it is no detector of one or two stages')


def check_preprocessor(preprocessor: nn.Module) -> None:
    """Check that images are normalised and padded in mmdet's usual way.

    Raises:
        InputError: Where they are not.
    """
    from mmdet.models.data_preprocessors import DetDataPreprocessor

    _require_own(type(preprocessor), DetDataPreprocessor, 'forward')


def check_dense_head(head: nn.Module) -> None:
    """Check an RPN or the head of a one-stage detector.

    Raises:
        InputError: For a head that finds boxes in another way.
    """
    from mmdet.models.dense_heads import AnchorHead, RPNHead
    from mmdet.models.task_modules.prior_generators import AnchorGenerator

    base = RPNHead if isinstance(head, RPNHead) else AnchorHead
    for method in ('predict', 'predict_by_feat', '_predict_by_feat_single', '_bbox_post_process'):
        _require_own(type(head), base, method)
    _require_own(type(head.prior_generator), AnchorGenerator, 'single_level_grid_priors')
    _check_coder(head)


def check_region_head(head: nn.Module) -> None:
    """Check the second stage of a detector.

    Raises:
        InputError: For one with parts that work in another way.
    """
    from mmdet.models.roi_heads import CascadeRoIHead, StandardRoIHead

    base = CascadeRoIHead if isinstance(head, CascadeRoIHead) else StandardRoIHead
    for method in ('predict', 'predict_bbox', 'predict_mask', '_bbox_forward', '_mask_forward'):
        _require_own(type(head), base, method)
    if head.with_shared_head:
        raise refusal(type(head).__name__, 'its shared_head is not supported')
    for part in _modules(head.bbox_head):
        _check_box_head(part)
    for part in _modules(head.bbox_roi_extractor):
        _check_extractor(part)
    if head.with_mask:
        for part in _modules(head.mask_head):
            _check_mask_head(part)
        for part in _modules(head.mask_roi_extractor):
            _check_extractor(part)


def _modules(part: nn.Module) -> list[nn.Module]:
    return list(part) if isinstance(part, nn.ModuleList) else [part]


def _check_box_head(head: nn.Module) -> None:
    from mmdet.models.roi_heads import BBoxHead

    for method in ('predict_by_feat', '_predict_by_feat_single', 'regress_by_class'):
        _require_own(type(head), BBoxHead, method)
    if not (head.with_cls and head.with_reg):
        raise refusal(type(head).__name__, 'it must predict classes and boxes')
    _check_coder(head)


def _check_mask_head(head: nn.Module) -> None:
    from mmdet.models.roi_heads import FCNMaskHead

    _require_own(type(head), FCNMaskHead, 'predict_by_feat')
    _require_own(type(head), FCNMaskHead, '_predict_by_feat_single')


def _check_extractor(extractor: nn.Module) -> None:
    from mmdet.models.roi_heads import SingleRoIExtractor

    _require_own(type(extractor), SingleRoIExtractor, 'forward')
    _require_own(type(extractor), SingleRoIExtractor, 'map_roi_levels')
    for layer in extractor.roi_layers:
        aligns = all(hasattr(layer, name) for name in ('output_size', 'sampling_ratio', 'aligned'))
        if not aligns or getattr(layer, 'pool_mode', 'avg') != 'avg':
            raise refusal(type(layer).__name__, 'regions must be aligned and averaged, as RoIAlign does')


def _check_coder(head: nn.Module) -> None:
    from mmdet.models.task_modules.coders import DeltaXYWHBBoxCoder

    coder = head.bbox_coder
    _require_own(type(coder), DeltaXYWHBBoxCoder, 'decode')
    if coder.add_ctr_clamp:
        raise refusal(type(coder).__name__, 'add_ctr_clamp is not supported')
    loss = getattr(head, 'loss_cls', None)  # SSDHead has none
    if getattr(loss, 'custom_cls_channels', False):
        raise refusal(type(head).__name__, f'{type(loss).__name__} has an activation of its own')


def _require_own(kind: type, base: type, method: str) -> None:
    """Check that a class takes a method from a base, whose working is known here."""
    if getattr(kind, method, None) is not getattr(base, method):
        raise refusal(kind.__name__, f'it has another {method} than {base.__name__}')


def refusal(name: str, reason: str) -> InputError:
    """The error for a part of a detector that cannot be exported."""
    return InputError(f'{name} cannot be exported: {reason}. What can be: {KINDS}')
