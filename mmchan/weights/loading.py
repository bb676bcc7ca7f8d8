"""Weights of any known layout into a network of ours, strictly; and what MMEngine needs to do the same.

The registry of models imports this module: wherever a config names a network of ours, MMEngine also reads
.safetensors, from paths and URLs.
"""

import logging

import torch
from mmengine.logging import print_log
from mmengine.model import update_init_info
from mmengine.runner import CheckpointLoader
from torch import nn

from mmchan.errors import require
from mmchan.layouts.colours import wanted_order
from mmchan.layouts.fitting import (
    BACKBONE,
    HEAD,
    say_unmatched,
    translate,
    unmatched_in,
    without_misfit_head,
)
from mmchan.models.backbone import PlanBackbone
from mmchan.registry import WEIGHT_INITIALIZERS
from mmchan.weights.checkpoints import read_for_runner, read_state_dict

Weights = dict[str, torch.Tensor]

# MMEngine tries its prefixes as regular expressions in reverse order: the z* comes before https://
SAFETENSORS = r'z*.*\.safetensors$'


def load_weights(
    model: nn.Module,
    checkpoint: str,
    *,
    to_rgb: bool = False,
    to_bgr: bool = False,
    max_unmatched: float = 0.0,
) -> str:
    """Load a checkpoint of any known layout into one of our backbones, or a model that has one.

    A classification head is loaded where the model has one for as many classes; where it is left out,
    the log says so.

    Args:
        model: A backbone, or a model whose ``backbone`` is one of ours.
        checkpoint: As for :func:`mmchan.weights.checkpoints.read_state_dict`.
        to_rgb: Flip the stem of weights that were trained on BGR images.
        to_bgr: Flip the stem of weights that were trained on RGB images.
        max_unmatched: Share of the backbone's tensors that the checkpoint may leave out, in [0, 1).

    Returns:
        The layout that the checkpoint has.

    Raises:
        InputError: When the checkpoint cannot be read or belongs to another network.
    """
    _find_backbone(model)  # before anything is downloaded
    state_dict = read_state_dict(checkpoint)
    return fill(model, state_dict, name=checkpoint, to_rgb=to_rgb, to_bgr=to_bgr, max_unmatched=max_unmatched)


def fill(
    model: nn.Module,
    state_dict: Weights,
    *,
    name: str,
    to_rgb: bool = False,
    to_bgr: bool = False,
    max_unmatched: float = 0.0,
) -> str:
    """Load what was read already, as :func:`load_weights` does.

    Args:
        model: As for :func:`load_weights`, like everything that is not named here.
        state_dict: Tensors by key, unwrapped.
        name: Of the checkpoint, for messages.
    """
    require(0 <= max_unmatched < 1, 'max_unmatched', 'within [0, 1)', max_unmatched)
    order = wanted_order(to_rgb=to_rgb, to_bgr=to_bgr)
    place, backbone = _find_backbone(model)
    ours = backbone.state_dict()
    found = translate(state_dict, backbone.plan, ours, name=name, order=order, max_unmatched=max_unmatched)
    wanted = model.state_dict()
    weights = without_misfit_head(found.placed(place), wanted, name)
    unmatched = unmatched_in(wanted, weights)
    for key, tensor in wanted.items():
        if key in weights and key not in unmatched:
            tensor.copy_(weights[key])
    said = (BACKBONE, HEAD) if place else ''  # of these parts is reported already
    rest = {key: unmatched[key] for key in unmatched if not key.startswith(said)}
    if rest:
        said = say_unmatched(rest, wanted, type(model).__name__, name)
        print_log(said, logger='current', level=logging.WARNING)
    return found.layout


def _find_backbone(model: nn.Module) -> tuple[str, PlanBackbone]:
    if isinstance(model, PlanBackbone):
        return '', model
    backbone = getattr(model, 'backbone', None)
    rule = 'a backbone of mmchan or a model that has one'
    require(isinstance(backbone, PlanBackbone), 'model', rule, type(model).__name__)
    return BACKBONE, backbone


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


@CheckpointLoader.register_scheme(prefixes=SAFETENSORS, force=True)
def load_from_safetensors(filename: str, map_location: object = None) -> dict:
    """Read a .safetensors file for MMEngine, which moves the tensors itself."""
    return read_for_runner(str(filename))
