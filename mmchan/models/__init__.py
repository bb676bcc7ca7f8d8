"""Modules built from plans and registered with MMEngine. Needs torch, mmengine and mmcv (or mmcv-lite).

The classes of our families, such as ``mmchan.RegNet``, stand in the families' folders.
"""

from mmchan.models.backbone import PlanBackbone, build_backbone
from mmchan.models.classifier import Classifier
from mmchan.models.initializers import EfficientNetInit, PyclsInit
from mmchan.models.necks import PoolDropout

__all__ = ['Classifier', 'EfficientNetInit', 'PlanBackbone', 'PoolDropout', 'PyclsInit', 'build_backbone']
