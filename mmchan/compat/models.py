"""Work-arounds for mmpretrain's and mmdet's models."""

import importlib
import sys

from mmchan.compat.packages import is_installed


def import_mmpretrain_alone() -> None:
    """Import mmpretrain's models without mmdet, which costs a classifier a second or two.

    For: mmpretrain 1.2, which imports all of mmdet for ``ResLayerExtraNorm``, a class for detectors. Whoever
    needs it imports ``mmpretrain.models.utils.res_layer_extra_norm``, as mmpretrain's configs for detectors
    do. Where mmdet or mmpretrain's models are already imported nothing is done.

    Can go: when ``tests/test_compat.py::test_mmpretrain_imports_all_of_mmdet_without_us`` fails.
    """
    if 'mmdet' in sys.modules or 'mmpretrain.models' in sys.modules or not is_installed('mmpretrain'):
        return
    sys.modules['mmdet'] = None  # an ImportError for who asks
    try:
        importlib.import_module('mmpretrain.models')
    finally:
        del sys.modules['mmdet']
        sys.modules.pop('mmpretrain.models.utils.res_layer_extra_norm', None)


def let_ssd_heads_predict() -> None:
    """Let SSD and SSDLite find boxes. Imports mmdet: for who builds a detector.

    For: mmdet 3.3, whose ``predict_by_feat`` asks every head for its ``loss_cls``, which SSDHead has not: an
    AttributeError at the first validation.

    Can go: when ``tests/test_compat.py::test_ssd_heads_have_no_loss_without_us`` fails.
    """
    from mmdet.models.dense_heads import SSDHead

    if not hasattr(SSDHead, 'loss_cls'):
        SSDHead.loss_cls = None
