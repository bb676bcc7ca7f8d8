"""EfficientNet-lite."""

from mmchan.channels import NetPlan
from mmchan.models.inverted import InvertedBackbone
from mmchan.registry import MODELS


@MODELS.register_module()
class EfficientNetLite(InvertedBackbone):
    """EfficientNet-lite: inverted bottlenecks without squeeze-excitation, ReLU6, stem and end of one width.

    Five stages give maps at strides 2, 4, 8, 16 and 32 (out indices 0 to 4); out index 5 is the
    penultimate convolution, which classification uses. Dense tasks take ``out_indices=(1, 2, 3, 4)``.

    Arguments are those of :class:`ReXNet` but for these two:

    Args:
        arch: A variant's name, 'efficientnet-lite0' to 'efficientnet-lite4', or a mapping of the
            arguments of :func:`mmchan.channels.efficientnet_lite`.
        norm_cfg: None takes the BN that the published weights of the padding were trained with: eps 1e-3
            and momentum 0.01 for 'same' (the authors'), torch's for 'symmetric' (timm's).

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

    def _default_norm_cfg(self, plan: NetPlan) -> dict:
        torchs = super()._default_norm_cfg(plan)
        return {**torchs, 'eps': 1e-3, 'momentum': 0.01} if plan.stem.same_padding else torchs
