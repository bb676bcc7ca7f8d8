"""Weights of any known layout into a network of ours, strictly."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

import torch
from mmengine.logging import print_log
from torch import nn

from mmchan.errors import InputError, require
from mmchan.models.backbone import PlanBackbone
from mmchan.registry import FUNCTIONS
from mmchan.weights.colour import check_flip, flip_stem, report_layout, wanted_order
from mmchan.weights.layouts import convert_state_dict
from mmchan.weights.reading import read_state_dict, unwrap
from mmchan.weights.recognition import Recognised, bare_key, probable_cause, recognise_layout

# share of a backbone's tensors that a checkpoint may leave out: those of other in_channels, say
MAX_UNMATCHED = 0.1
SHOWN = 20
HEAD = 'head.'

Weights = dict[str, torch.Tensor]


class Translated(NamedTuple):
    """A checkpoint in our own names.

    Attributes:
        layout: The layout that it had.
        backbone: The tensors that fit the backbone, under the names of its own state dict.
        head: The classification head's, ``head.`` included.
        others: Those of other parts, as they were.
    """

    layout: str
    backbone: Weights
    head: Weights
    others: Weights

    def placed(self, place: str) -> Weights:
        """The tensors for a model that has its backbone under ``place``, for a backbone where it is ''."""
        if not place:
            return self.backbone
        return {**{f'{place}{key}': self.backbone[key] for key in self.backbone}, **self.head, **self.others}


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
        checkpoint: As for :func:`mmchan.weights.reading.read_state_dict`.
        to_rgb: Flip the stem of weights that were trained on BGR images.
        to_bgr: Flip the stem of weights that were trained on RGB images.
        max_unmatched: Share of the backbone's tensors that the checkpoint may leave out, in [0, 1).

    Returns:
        The layout that the checkpoint has.

    Raises:
        InputError: When the checkpoint cannot be read or belongs to another network.
    """
    require(0 <= max_unmatched < 1, 'max_unmatched', 'within [0, 1)', max_unmatched)
    order = wanted_order(to_rgb=to_rgb, to_bgr=to_bgr)
    place, backbone = _find_backbone(model)
    state_dict = read_state_dict(checkpoint)
    found = translate(state_dict, backbone, name=checkpoint, order=order, max_unmatched=max_unmatched)
    weights = _without_misfit_head(found.placed(place), model, checkpoint)
    unmatched = _unmatched(model.state_dict(), weights)
    for key, tensor in model.state_dict().items():
        if key in weights and key not in unmatched:
            tensor.copy_(weights[key])
    said = ('backbone.', HEAD) if place else ''  # of these parts is reported already
    rest = {key: unmatched[key] for key in unmatched if not key.startswith(said)}
    if rest:
        print_log(_say_unmatched(rest, model, checkpoint), logger='current', level=logging.WARNING)
    return found.layout


def _find_backbone(model: nn.Module) -> tuple[str, PlanBackbone]:
    if isinstance(model, PlanBackbone):
        return '', model
    backbone = getattr(model, 'backbone', None)
    rule = 'a backbone of mmchan or a model that has one'
    require(isinstance(backbone, PlanBackbone), 'model', rule, type(model).__name__)
    return 'backbone.', backbone


def translate(
    state_dict: Mapping[str, torch.Tensor],
    backbone: PlanBackbone,
    *,
    name: str = 'the checkpoint',
    order: str | None = None,
    max_unmatched: float = MAX_UNMATCHED,
) -> Translated:
    """Recognise the layout of a state dict and give its tensors our names.

    Args:
        state_dict: Tensors by key, unwrapped.
        backbone: The network that they are for.
        name: Of the checkpoint, for messages.
        order: Colours to flip the stem to, 'rgb' or 'bgr'; None leaves it.
        max_unmatched: Share of the backbone's tensors that may be missing or of another shape.

    Raises:
        InputError: When more is unmatched.
    """
    layout, weights, others = _recognise(state_dict, backbone, name)
    print_log(f'{name} has the layout of {layout}', logger='current')
    if order:
        check_flip(name, order)
        weights = flip_stem(weights, backbone.plan, layout)
    else:
        report_layout(layout, name)
    if layout != 'mmchan':
        weights = convert_state_dict(weights, backbone.plan, source=layout, target='mmchan')
    inside = {key.removeprefix('backbone.'): weights[key] for key in weights if key.startswith('backbone.')}
    unmatched = _unmatched(backbone.state_dict(), inside)
    if unmatched:
        said = _say_unmatched(unmatched, backbone, name)
        if len(unmatched) > max_unmatched * len(_needed(backbone)):
            cause = probable_cause(state_dict, backbone.plan)
            raise InputError(f'{said}. Allowed are {max_unmatched:.0%}. Probable cause: {cause}')
        print_log(said, logger='current', level=logging.WARNING)
    fitting = {key: inside[key] for key in backbone.state_dict() if key in inside and key not in unmatched}
    head = {key: weights[key] for key in weights if key.startswith(HEAD)}
    return Translated(layout, fitting, head, others)


def _recognise(state_dict: Mapping[str, torch.Tensor], backbone: PlanBackbone, name: str) -> Recognised:
    """As :func:`recognise_layout`, but our own names also with those of any norm_cfg and conv_cfg."""
    bare = {bare_key(key): key for key in state_dict}
    if not all(key in bare for key in _needed(backbone)):
        return recognise_layout(state_dict, backbone.plan, name=name)
    inside = [key for key in backbone.state_dict() if key in bare]
    head = [key for key in bare if key.startswith(HEAD)]
    weights = {f'backbone.{key}': state_dict[bare[key]] for key in inside}
    weights |= {key: state_dict[bare[key]] for key in head}
    taken = {bare[key] for key in (*inside, *head)}
    return Recognised('mmchan', weights, {key: state_dict[key] for key in state_dict if key not in taken})


def _needed(model: nn.Module) -> Weights:
    """A model's tensors, without counters of batches: older checkpoints lack those."""
    ours = model.state_dict()
    return {key: ours[key] for key in ours if not key.endswith('num_batches_tracked')}


def _unmatched(wanted: Mapping[str, torch.Tensor], given: Mapping[str, torch.Tensor]) -> dict[str, str]:
    """Key of a tensor without a match -> what is wrong."""
    found = {}
    for key, tensor in wanted.items():
        if key in given and given[key].shape != tensor.shape:
            found[key] = f'shape {tuple(given[key].shape)} instead of {tuple(tensor.shape)}'
        elif key not in given and not key.endswith('num_batches_tracked'):
            found[key] = 'missing'
    return found


def _say_unmatched(unmatched: dict[str, str], model: nn.Module, name: str) -> str:
    shown = '; '.join(f'{key} ({unmatched[key]})' for key in list(unmatched)[:SHOWN])
    more = f'; and {len(unmatched) - SHOWN} more' if len(unmatched) > SHOWN else ''
    total = f'{len(_needed(model))} tensors of {type(model).__name__}'
    return f'{len(unmatched)} of the {total} have no match in {name}: {shown}{more}'


def _without_misfit_head(weights: Weights, model: nn.Module, name: str) -> Weights:
    """Leave the classification head out, with a message, where the model has none of its shape."""
    given = {key: weights[key] for key in weights if key.startswith(HEAD)}
    ours = model.head.state_dict(prefix=HEAD) if isinstance(getattr(model, 'head', None), nn.Module) else {}
    if ours and not given:
        said = f'{name} has no classification head: that of the model stays as it is'
        print_log(said, logger='current', level=logging.WARNING)
    if all(key in ours and ours[key].shape == given[key].shape for key in given):
        return weights
    classes, wanted = _classes(given), _classes(ours)
    reason = f'it has {classes} classes, the model {wanted}' if classes != wanted else 'its layers differ'
    reason = reason if ours else 'the model has none'
    said = f'the classification head of {name} is left out: {reason}'
    print_log(said, logger='current', level=logging.WARNING if ours else logging.INFO)
    return {key: weights[key] for key in weights if key not in given}


def _classes(head: Mapping[str, torch.Tensor]) -> int | None:
    """Outputs of the last linear layer."""
    return next((len(head[key]) for key in reversed(head) if head[key].ndim > 1), None)


@FUNCTIONS.register_module()
def fit_state_dict(owner: nn.Module, state_dict: dict, prefix: str, *, child: str) -> None:
    """Give a state dict that is about to be loaded our names, in place.

    :mod:`mmchan.models.backbone` calls this for backbones and their owners, whoever loads: torch,
    MMEngine's ``Pretrained``, a Runner's ``load_from``. A state dict of ours without any tensor of the
    backbone is left alone.

    Args:
        owner: The module that the state dict is for.
        state_dict: Changed in place.
        prefix: What stands in front of the owner's names in it.
        child: Name of the backbone in the owner; '' where the owner is the backbone.

    Raises:
        InputError: For the checkpoint of another network.
    """
    backbone = owner.get_submodule(child)
    if not isinstance(backbone, PlanBackbone) or (prefix and not child):  # its owner has seen to it
        return
    if not prefix and any(isinstance(value, Mapping) for value in state_dict.values()):
        tensors = unwrap(state_dict, 'the checkpoint')[0]
        state_dict.clear()
        state_dict.update(tensors)
    given = {key.removeprefix(prefix): state_dict[key] for key in state_dict if key.startswith(prefix)}
    given = {key: value for key, value in given.items() if torch.is_tensor(value)}
    place = f'{child}.' if child else ''
    if not given or _has_only_others(given, owner, place):
        return
    inside = {key.removeprefix(place): given[key] for key in given if key.startswith(place)}
    if _unmatched(backbone.state_dict(), inside):
        fitted = translate(given, backbone).placed(place)
    else:
        print_log('the checkpoint has the layout of mmchan', logger='current')
        fitted = given
    if child:
        fitted = _without_misfit_head(fitted, owner, 'the checkpoint')
    for key in given:
        del state_dict[f'{prefix}{key}']
    state_dict.update({f'{prefix}{key}': value for key, value in fitted.items()})


def _has_only_others(given: Mapping[str, torch.Tensor], owner: nn.Module, place: str) -> bool:
    """Whether these are parts of ours, such as a head alone, and none of the backbone."""
    ours = owner.state_dict()
    return all(key in ours and not key.startswith(place) for key in given)
