"""ReXNet-lite's class."""

from mmchan.models.backbone import PlanBackbone
from mmchan.registry import MODELS


@MODELS.register_module()
class ReXNetLite(PlanBackbone):
    """ReXNet-lite: without squeeze-excitation, ReLU6 throughout, widths in multiples of 8.

    Arguments and outputs are those of :class:`mmchan.families.rexnet.backbone.ReXNet`, the names those of
    'rexnet-lite-1.0x'; a mapping holds the arguments of
    :func:`mmchan.families.rexnet_lite.plan.rexnet_lite`.

    Source: the authors' ``rexnetv1_lite.py``.
    """

    family = 'rexnet_lite'
