"""A config's model, built to be counted: without values, with all the samples and proposals that it needs."""

import functools
from collections.abc import Mapping

import torch
from mmengine.analysis import parameter_count
from mmengine.config import Config
from mmengine.model import revert_sync_batchnorm
from mmengine.registry import MODELS, DefaultScope
from torch import nn

from mmchan.channels import Cost


def build(cfg: Config) -> nn.Module:
    """The model of a config, ready to be counted."""
    with DefaultScope.overwrite_default_scope(cfg.get('default_scope', 'mmengine')):
        return revert_sync_batchnorm(MODELS.build(cfg.model)).eval()


def build_on_meta(cfg: Config) -> nn.Module:
    """The model of a config without values: nothing is allocated or initialised, where it allows that."""
    try:
        with torch.device('meta'):
            return build(cfg)
    except RuntimeError:  # its constructor looks at values
        return build(cfg).to('meta')


def give_samples(model: nn.Module, size: tuple[int, int]) -> None:
    """Give a detector the sample that its forward needs beside the image."""
    if not hasattr(model, 'add_pred_to_datasample'):  # mmdet's base class; others take images alone
        return
    from mmdet.structures import DetDataSample

    sizes = {'img_shape': size, 'ori_shape': size, 'pad_shape': size, 'batch_input_shape': size}
    sample = DetDataSample(metainfo={**sizes, 'scale_factor': (1.0, 1.0)})
    model.forward = functools.partial(model.forward, data_samples=[sample])


def fix_proposals(model: nn.Module, size: tuple[int, int]) -> None:
    """Let a detector's first stage propose as many boxes as it may, whatever its random weights find."""
    if not (hasattr(model, 'rpn_head') and hasattr(model, 'roi_head')):
        return
    from mmengine.structures import InstanceData

    number, first_stage = model.test_cfg.rpn.max_per_img, model.rpn_head
    device = next(model.parameters()).device
    boxes = torch.tensor([0.0, 0.0, size[1], size[0]], device=device).repeat(number, 1)

    def predict(features: tuple[torch.Tensor, ...], samples: list, rescale: bool = False) -> list:
        # the trace drops layers whose output has no use
        use = sum(level.sum() for kind in first_stage(features) for level in kind)
        return [InstanceData(bboxes=boxes + 0 * use) for _ in samples]

    first_stage.predict = predict


def fix_extractors(model: nn.Module) -> None:
    """Let a detector's second stage get features for all proposals, whatever the boxes' values."""
    for module in model.modules():
        if type(module).__name__ == 'SingleRoIExtractor':  # mmdet's, which chooses levels by value
            module.forward = functools.partial(_extract, module)


def _extract(extractor: nn.Module, features: tuple[torch.Tensor, ...], rois: torch.Tensor) -> torch.Tensor:
    """What an extractor of features gives, in shape."""
    return features[0].new_zeros(len(rois), extractor.out_channels, *extractor.roi_layers[0].output_size)


def costs_of(model: nn.Module, macs: Mapping[str, int], activations: Mapping[str, int]) -> dict[str, Cost]:
    """Name of a module -> its cost, by the counts of modules' names."""
    parameters = parameter_count(model)
    return {name: Cost(parameters[name], int(macs[name]), int(activations[name])) for name in parameters}


def size_of_images(loader: Mapping) -> tuple[int, int] | None:
    """Height and width of the images that a data loader gives: those of its last crop, else of its resize.

    Args:
        loader: Config of the data loader.

    Returns:
        In pixels; None where its transforms tell none, or several.
    """
    for step in reversed(loader.get('dataset', {}).get('pipeline', [])):
        side = step.get('crop_size') or step.get('scale')
        if isinstance(side, int):
            return side, side
        if side:
            plain = len(side) == 2 and all(isinstance(length, int) for length in side)
            return (side[1], side[0]) if plain else None  # OpenMMLab's order is width, height
    return None
