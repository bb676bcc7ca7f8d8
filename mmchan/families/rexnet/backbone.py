"""ReXNet's class."""

from mmchan.models.backbone import PlanBackbone
from mmchan.registry import MODELS


@MODELS.register_module()
class ReXNet(PlanBackbone):
    """ReXNet: the width of its inverted bottlenecks grows linearly with the block index.

    Five stages give maps at strides 2, 4, 8, 16 and 32 (out indices 0 to 4); out index 5 is the
    penultimate convolution, which classification uses. Dense tasks take C2 to C5, that is
    ``out_indices=(1, 2, 3, 4)``.

    Arguments are those of :class:`mmchan.models.PlanBackbone`: ``arch`` is a variant's name, such as
    'rexnet-1.3x' or 'rexnetr-2.0x', or a mapping of the arguments of
    :func:`mmchan.families.rexnet.plan.rexnet`. Without ``init_cfg`` torch's initialisation stays, as in the
    authors' code; ``dict(type='mmchan.EfficientNetInit')`` is timm's.

    Raises:
        InputError: For an unknown name or a value outside its range.

    Source: arXiv:2007.00992.

    Example:
        >>> import torch
        >>> backbone = ReXNet('rexnet-1.0x', out_indices=(1, 2, 3, 4)).eval()
        >>> [tuple(out.shape) for out in backbone(torch.rand(1, 3, 64, 64))]
        [(1, 38, 16, 16), (1, 61, 8, 8), (1, 128, 4, 4), (1, 185, 2, 2)]
    """

    family = 'rexnet'
