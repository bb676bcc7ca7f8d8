"""EfficientNet-lite's class."""

from mmchan.models.backbone import PlanBackbone
from mmchan.registry import MODELS


@MODELS.register_module()
class EfficientNetLite(PlanBackbone):
    """EfficientNet-lite: inverted bottlenecks without squeeze-excitation, ReLU6, stem and end of one width.

    Five stages give maps at strides 2, 4, 8, 16 and 32 (out indices 0 to 4); out index 5 is the
    penultimate convolution, which classification uses. Dense tasks take ``out_indices=(1, 2, 3, 4)``.

    Arguments are those of :class:`mmchan.models.PlanBackbone`: ``arch`` is a variant's name,
    'efficientnet-lite0' to 'efficientnet-lite4', or a mapping of the arguments of
    :func:`mmchan.families.efficientnet_lite.plan.efficientnet_lite`. Without ``norm_cfg`` BN is the one that
    the published weights of the padding were trained with: eps 1e-3 and momentum 0.01 for 'same' (the
    authors'), torch's for 'symmetric' (timm's).

    Raises:
        InputError: For an unknown name or a value outside its range.

    Source: arXiv:1905.11946; the authors' EfficientNet-lite.

    Example:
        >>> import torch
        >>> backbone = EfficientNetLite('efficientnet-lite0', out_indices=(1, 2, 3, 4)).eval()
        >>> [tuple(out.shape) for out in backbone(torch.rand(1, 3, 64, 64))]
        [(1, 24, 16, 16), (1, 40, 8, 8), (1, 112, 4, 4), (1, 320, 2, 2)]
    """

    family = 'efficientnet_lite'
