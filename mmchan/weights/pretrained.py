"""Start a backbone from a checkpoint of any known layout, strictly."""

import torch
from mmengine.logging import print_log
from mmengine.model import update_init_info

from mmchan.errors import require
from mmchan.models.backbone import PlanBackbone
from mmchan.registry import WEIGHT_INITIALIZERS
from mmchan.weights.loading import load_weights


@WEIGHT_INITIALIZERS.register_module()
class Pretrained:
    """Loads a backbone's weights: ``init_cfg=dict(type='mmchan.Pretrained', checkpoint=...)``.

    MMEngine's Pretrained recognises the layout of a checkpoint for our backbones too. This one knows more
    sources, checks what it downloads, flips colours, and takes nothing less than the whole backbone.

    Args:
        checkpoint: Path or URL of a .pth, .pyth or .safetensors file, or 'open-mmlab://NAME'.
        to_rgb: Flip the stem of weights that were trained on BGR images.
        to_bgr: Flip the stem of weights that were trained on RGB images.
        max_unmatched: Share of the backbone's tensors that the checkpoint may leave out, in [0, 1).

    Raises:
        InputError: When the checkpoint cannot be read or belongs to another network.
    """

    def __init__(
        self, checkpoint: str, *, to_rgb: bool = False, to_bgr: bool = False, max_unmatched: float = 0.0
    ) -> None:
        self.checkpoint = checkpoint
        self.options = {'to_rgb': to_rgb, 'to_bgr': to_bgr, 'max_unmatched': max_unmatched}

    def __call__(self, module: torch.nn.Module) -> None:
        kind = type(module).__name__
        require(isinstance(module, PlanBackbone), 'mmchan.Pretrained', 'used on a backbone of mmchan', kind)
        layout = load_weights(module, self.checkpoint, **self.options)
        message = f'{kind} starts from {self.checkpoint} (layout of {layout})'
        print_log(message, logger='current')
        if hasattr(module, '_params_init_info'):
            update_init_info(module, init_info=message)
