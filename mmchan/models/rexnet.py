"""ReXNet and ReXNet-lite."""

from mmchan.models.inverted import InvertedBackbone
from mmchan.registry import MODELS


@MODELS.register_module()
class ReXNet(InvertedBackbone):
    """ReXNet: the width of its inverted bottlenecks grows linearly with the block index.

    Five stages give maps at strides 2, 4, 8, 16 and 32 (out indices 0 to 4); out index 5 is the
    penultimate convolution, which classification uses. Dense tasks take C2 to C5, that is
    ``out_indices=(1, 2, 3, 4)``.

    Args:
        arch: A variant's name, such as 'rexnet-1.3x' or 'rexnetr-2.0x', or a mapping of the arguments
            of :func:`mmchan.channels.rexnet`, or of those that differ from ``variant=...``.
        in_channels: Channels of the images.
        out_indices: Maps that are returned; negative ones count from the end.
        frozen_stages: -1 freezes nothing, 0 the stem, i the stem and the first i stages.
        conv_cfg: Config of the convolutions; None for Conv2d.
        norm_cfg: Config of the normalisation layers.
        norm_eval: Keep all BN in eval mode while training, also those of the squeeze-excitation.
        with_cp: Save memory by recomputing every block in the backward pass.
        drop_path_rate: Stochastic depth of the last block, in [0, 1).
        init_cfg: None keeps torch's initialisation, as the authors' code does;
            ``dict(type='mmchan.EfficientNetInit')`` is timm's; anything else is MMEngine's.

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


@MODELS.register_module()
class ReXNetLite(InvertedBackbone):
    """ReXNet-lite: without squeeze-excitation, ReLU6 throughout, widths in multiples of 8.

    Arguments and outputs are those of :class:`ReXNet`, the names those of 'rexnet-lite-1.0x'; a
    mapping holds the arguments of :func:`mmchan.channels.rexnet_lite`.

    Source: the authors' ``rexnetv1_lite.py``.
    """

    family = 'rexnet_lite'
