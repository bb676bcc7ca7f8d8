"""The cost of any config's model, as MMEngine counts it."""

from dataclasses import replace

import torch
from mmengine.config import Config
from mmengine.registry import MODELS
from torch import nn

from mmchan.channels import Cost, NetPlan, count
from mmchan.measure.model import build_on_meta
from mmchan.measure.shapes import count_shapes
from mmchan.measure.trace import count_trace


def count_model(cfg: Config, size: tuple[int, int]) -> dict[str, Cost]:
    """Count a classifier's or a detector's cost for one image.

    As in mmdet's own tool, a detector's second stage gets as many proposals as the config lets pass
    (mostly 1000), its mask head the first 100 of them (Cascade R-CNN's: all).

    Args:
        cfg: The config.
        size: Height and width of the image, in pixels.

    Returns:
        Name of a part of the model ('backbone', 'head', …) -> its cost; last 'total'. 'mask_head' is
        apart from 'roi_head', because published tables leave its multiply-adds out. The multiply-adds
        are those of convolutions, linear layers and matrix products and, beyond the papers' MACs, those
        of normalisation, pooling and interpolation.
    """
    try:
        costs = count_shapes(cfg, size)
    except RuntimeError:  # the model looks at values, or has operators without shapes
        costs = count_trace(cfg, size)
    parts = {name: cost for name, cost in costs.items() if name and '.' not in name and cost.parameters}
    if 'roi_head.mask_head' in costs:
        parts['mask_head'] = costs['roi_head.mask_head']
        parts['roi_head'] = without(parts['roi_head'], parts['mask_head'])
    return {**parts, 'total': costs['']}


def count_layers(cfg: Config, size: tuple[int, int]) -> Cost:
    """Count a classifier of another library as the papers do, for one image.

    Args:
        cfg: The config.
        size: Height and width of the image, in pixels.

    Returns:
        All parameters; the multiply-accumulates of convolutions and linear layers, one per output for a
        bias; their outputs as activations. For our own networks :func:`mmchan.channels.count` is equal.
    """
    model = build_on_meta(cfg)
    costs = []

    def add(layer: nn.Conv2d | nn.Linear, inputs: tuple, output: torch.Tensor) -> None:
        weights = sum(parameter.numel() for parameter in layer.parameters())
        positions = output.numel() // len(layer.weight)
        costs.append(Cost(0, weights * positions, output.numel()))

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(add)
    model(torch.zeros(1, 3, *size, device='meta'))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return sum(costs, Cost(parameters))


def without(whole: Cost, part: Cost) -> Cost:
    """The cost of what remains of a whole without one of its parts."""
    return Cost(
        whole.parameters - part.parameters, whole.macs - part.macs, whole.activations - part.activations
    )


def count_backbone_plan(cfg: Config, size: tuple[int, int]) -> Cost | None:
    """The cost of a config's backbone by its plan, in the papers' counting; None for others' backbones.

    Args:
        cfg: The config.
        size: Height and width of the image, in pixels.
    """
    plan = backbone_plan(cfg)
    return None if plan is None else count(plan, size, num_classes=None)


def backbone_plan(cfg: Config) -> NetPlan | None:
    """The plan of what a config's backbone is built of; None for others' backbones."""
    settings = cfg.model.get('backbone', {})
    if not settings.get('type', '').startswith('mmchan.'):
        return None
    with torch.device('meta'):
        backbone = MODELS.build(settings)
    if getattr(backbone, 'penultimate', None) is None:  # not built where no out index asks for it
        return replace(backbone.plan, penultimate=None)
    return backbone.plan
