"""Modules built from plans and registered with MMEngine. Needs torch, mmengine and mmcv (or mmcv-lite)."""

from mmchan.models.classifier import Classifier
from mmchan.models.efficientnet_lite import EfficientNetLite
from mmchan.models.initializers import EfficientNetInit, PyclsInit
from mmchan.models.necks import PoolDropout
from mmchan.models.regnet import RegNet
from mmchan.models.rexnet import ReXNet, ReXNetLite

__all__ = [
    'Classifier',
    'EfficientNetInit',
    'EfficientNetLite',
    'PoolDropout',
    'PyclsInit',
    'ReXNet',
    'ReXNetLite',
    'RegNet',
]
