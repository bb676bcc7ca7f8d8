"""Images as a network's backbone sees them: resized, normalised, in its order of colours."""

from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.config import Config
from torch import nn

from mmchan.errors import require
from mmchan.models import PlanBackbone
from mmchan.prediction.classification import load_image, prepare
from mmchan.prediction.predictor import load_inferencer


def config_inputs(
    cfg: Config, checkpoint: str, paths: Sequence[Path], *, device: str | None = None, trust: bool = False
) -> tuple[PlanBackbone, list[torch.Tensor]]:
    """The backbone of a config with its weights, and images through the config's test pipeline.

    Args:
        cfg: The config of a classifier or a detector with a backbone of ours.
        checkpoint: Its weights: a file or a URL.
        paths: Files that are images.
        device: Such as 'cuda:0'; None takes a GPU where there is one.
        trust: Read the checkpoint also where it may run code.

    Returns:
        The backbone, and one input (1, 3, H, W) per image.

    Raises:
        InputError: For another backbone or kind of model, and for weights that are not this model's.
    """
    inferencer = load_inferencer(cfg, checkpoint, device=device, trust=trust)
    backbone = getattr(inferencer.model, 'backbone', None)
    require(
        isinstance(backbone, PlanBackbone), "the config's backbone", 'one of mmchan', type(backbone).__name__
    )
    batches = inferencer.preprocess([str(path) for path in paths], batch_size=1)
    # mmdet's gives the paths beside the data
    data = (batch[1] if isinstance(batch, tuple) else batch for batch in batches)
    return backbone, [inferencer.model.data_preprocessor(one, False)['inputs'] for one in data]


def variant_inputs(network: nn.Module, paths: Sequence[Path]) -> tuple[PlanBackbone, list[torch.Tensor]]:
    """The backbone of a classifier of :func:`mmchan.get_model`, and images prepared as it says.

    Args:
        network: Has a ``backbone`` and its ``preprocessing``.
        paths: Files that are images.

    Returns:
        The backbone, and one input (1, 3, H, W) per image.
    """
    device = next(network.parameters()).device
    inputs = [prepare(load_image(path), network.preprocessing)[None].to(device) for path in paths]
    return network.backbone, inputs
