"""Maps with their channels innermost in memory: faster on CPUs, and on GPUs in half precision.

Only what flows through a network is laid out so. Its parameters, and so checkpoints, gradients and the state
of an optimizer, stay as they are: convolutions take the format of their input.
"""

import torch
from torch import nn

from mmchan.models.backbone import PlanBackbone

_PLAIN_CONVS = (None, 'Conv', 'Conv2d')
# parts of mmdet's detectors that compute in any format, with RoIAlign of ours
_ANY_FORMAT = ('FPN', 'RPNHead', 'StandardRoIHead', 'CascadeRoIHead')


def compute_in_channels_last(module: nn.Module, *, leaves: bool = True) -> None:
    """Let a module compute in channels_last.

    Args:
        module: The module whose maps (N, C, H, W) are laid out anew.
        leaves: Whether its outputs, a map or a sequence of maps, are contiguous again. Not every consumer
            asks: mmcv's RoIAlign reads channels_last maps as if they were contiguous, without a word.
    """
    module.register_forward_pre_hook(_enter)
    if leaves:
        module.register_forward_hook(_leave)


def backbones_of(model: nn.Module) -> list[PlanBackbone]:
    """The backbones of ours in a model whose every layer knows channels_last."""
    found = [module for module in model.modules() if isinstance(module, PlanBackbone)]
    return [one for one in found if (one.conv_cfg or {}).get('type') in _PLAIN_CONVS]


def stays_in_channels_last(model: nn.Module) -> bool:
    """Whether everything behind the backbone of a detector takes maps in any format."""
    names = ('neck', 'rpn_head', 'roi_head')
    return all(type(getattr(model, name, None)).__name__ in _ANY_FORMAT for name in names)


def _enter(module: nn.Module, inputs: tuple) -> tuple:
    return tuple(map(_channels_last, inputs))


def _leave(module: nn.Module, inputs: tuple, outputs: object) -> object:
    if isinstance(outputs, torch.Tensor):
        return outputs.contiguous()
    return type(outputs)(maps.contiguous() for maps in outputs)


def _channels_last(value: object) -> object:
    is_map = isinstance(value, torch.Tensor) and value.dim() == 4
    return value.contiguous(memory_format=torch.channels_last) if is_map else value
