"""A state dict of any known layout made to fit a network of ours, or refused with the reason."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

import torch
from mmengine.logging import print_log

from mmchan.channels import NetPlan, find_family
from mmchan.channels.naming import OWN
from mmchan.errors import InputError
from mmchan.layouts.colours import check_flip, flip_stem, report_layout
from mmchan.layouts.recognition import Recognised, bare_key, probable_cause, recognise_layout
from mmchan.layouts.renaming import convert_state_dict
from mmchan.layouts.wrappers import unwrap

# share of a backbone's tensors that a checkpoint may leave out: those of other in_channels, say
MAX_UNMATCHED = 0.1
SHOWN = 20
BACKBONE, HEAD = 'backbone.', 'head.'
UNNAMED = 'the checkpoint'

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


def translate(
    state_dict: Mapping[str, torch.Tensor],
    plan: NetPlan,
    wanted: Mapping[str, torch.Tensor],
    *,
    name: str = UNNAMED,
    order: str | None = None,
    max_unmatched: float = MAX_UNMATCHED,
) -> Translated:
    """Recognise the layout of a state dict and give its tensors our names.

    Args:
        state_dict: Tensors by key, unwrapped.
        plan: The network that they are for.
        wanted: The state dict of its backbone.
        name: Of the checkpoint, for messages.
        order: Colours to flip the stem to, 'rgb' or 'bgr'; None leaves it.
        max_unmatched: Share of the backbone's tensors that may be missing or of another shape.

    Raises:
        InputError: When more is unmatched.
    """
    layout, weights, others = _recognise(state_dict, plan, wanted, name)
    print_log(f'{name} has the layout of {layout}', logger='current')
    if order:
        check_flip(name, order)
        weights = flip_stem(weights, plan, layout)
    else:
        report_layout(plan, layout, name)
    if layout != OWN:
        weights = convert_state_dict(weights, plan, source=layout, target=OWN)
    inside = _below(weights, BACKBONE)
    unmatched = unmatched_in(wanted, inside)
    if unmatched:
        said = say_unmatched(unmatched, wanted, find_family(plan.family).title, name)
        if len(unmatched) > max_unmatched * len(_needed(wanted)):
            cause = probable_cause(state_dict, plan)
            raise InputError(f'{said}. Allowed are {max_unmatched:.0%}. Probable cause: {cause}')
        print_log(said, logger='current', level=logging.WARNING)
    fitting = {key: inside[key] for key in wanted if key in inside and key not in unmatched}
    return Translated(layout, fitting, _heads(weights), others)


def _recognise(
    state_dict: Mapping[str, torch.Tensor], plan: NetPlan, wanted: Mapping[str, torch.Tensor], name: str
) -> Recognised:
    """As :func:`recognise_layout`, but our own names also with those of any norm_cfg and conv_cfg."""
    keys = {bare_key(key): key for key in state_dict}
    if not keys.keys() >= _needed(wanted).keys():
        return recognise_layout(state_dict, plan, name=name)
    head = _heads(keys)
    taken = {**{key: f'{BACKBONE}{key}' for key in wanted if key in keys}, **{key: key for key in head}}
    weights = {ours: state_dict[keys[key]] for key, ours in taken.items()}
    rest = keys.keys() - taken.keys()
    return Recognised(OWN, weights, {keys[key]: state_dict[keys[key]] for key in keys if key in rest})


def _heads(tensors: Mapping[str, object]) -> dict[str, object]:
    """What belongs to a classification head, under its whole name."""
    return {key: tensors[key] for key in tensors if key.startswith(HEAD)}


def _below(tensors: Mapping[str, object], prefix: str) -> dict[str, object]:
    """What stands below a prefix, without it."""
    return {key.removeprefix(prefix): tensors[key] for key in tensors if key.startswith(prefix)}


def _needed(wanted: Mapping[str, torch.Tensor]) -> Weights:
    """A model's tensors, without counters of batches: older checkpoints lack those."""
    return {key: wanted[key] for key in wanted if not key.endswith('num_batches_tracked')}


def unmatched_in(wanted: Mapping[str, torch.Tensor], given: Mapping[str, torch.Tensor]) -> dict[str, str]:
    """Key of a tensor that a model wants and that is not given as it should be -> what is wrong."""
    found = {}
    for key, tensor in wanted.items():
        if key in given and given[key].shape != tensor.shape:
            found[key] = f'shape {tuple(given[key].shape)} instead of {tuple(tensor.shape)}'
        elif key not in given and not key.endswith('num_batches_tracked'):
            found[key] = 'missing'
    return found


def say_unmatched(
    unmatched: Mapping[str, str], wanted: Mapping[str, torch.Tensor], kind: str, name: str
) -> str:
    """What of a model finds no match in a checkpoint, in words.

    Args:
        unmatched: As :func:`unmatched_in` gives it.
        wanted: The model's state dict.
        kind: What the model is called.
        name: Of the checkpoint.
    """
    shown = '; '.join(f'{key} ({unmatched[key]})' for key in list(unmatched)[:SHOWN])
    more = f'; and {len(unmatched) - SHOWN} more' if len(unmatched) > SHOWN else ''
    total = f'{len(_needed(wanted))} tensors of {kind}'
    return f'{len(unmatched)} of the {total} have no match in {name}: {shown}{more}'


def without_misfit_head(weights: Weights, wanted: Mapping[str, torch.Tensor], name: str) -> Weights:
    """Leave the classification head out, with a message, where the model has none of its shape.

    Args:
        weights: Tensors under our names.
        wanted: The model's state dict.
        name: Of the checkpoint.
    """
    given, ours = _heads(weights), _heads(wanted)
    if ours and not given:
        said = f'{name} has no classification head: that of the model stays as it is'
        print_log(said, logger='current', level=logging.WARNING)
    if all(key in ours and ours[key].shape == given[key].shape for key in given):
        return weights
    said = f'the classification head of {name} is left out: {_why_misfit(given, ours)}'
    print_log(said, logger='current', level=logging.WARNING if ours else logging.INFO)
    return {key: weights[key] for key in weights if key not in given}


def _why_misfit(given: Weights, ours: Weights) -> str:
    if not ours:
        return 'the model has none'
    classes, wanted = _classes(given), _classes(ours)
    return f'it has {classes} classes, the model {wanted}' if classes != wanted else 'its layers differ'


def _classes(head: Mapping[str, torch.Tensor]) -> int | None:
    """Outputs of the last linear layer."""
    return next((len(head[key]) for key in reversed(head) if head[key].ndim > 1), None)


def fit_state_dict(
    state_dict: dict, *, plan: NetPlan, wanted: Mapping[str, torch.Tensor], prefix: str, child: str
) -> None:
    """Give a state dict that is about to be loaded our names, in place.

    A state dict of ours without any tensor of the backbone is left alone.

    Args:
        state_dict: Changed in place.
        plan: The plan of the backbone.
        wanted: The state dict of the module that is loaded: the backbone's owner or the backbone.
        prefix: What stands in front of the module's names in ``state_dict``.
        child: Name of the backbone in its owner; '' where the module is the backbone.

    Raises:
        InputError: For the checkpoint of another network.
    """
    if not prefix:
        _unwrap_in_place(state_dict)
    place = f'{child}.' if child else ''
    given = {key: value for key, value in _below(state_dict, prefix).items() if torch.is_tensor(value)}
    if not given or _is_of_other_parts(given, wanted, place):
        return
    fitted = _fitted(given, plan, wanted, place)
    for key in given:
        del state_dict[f'{prefix}{key}']
    state_dict.update({f'{prefix}{key}': value for key, value in fitted.items()})


def _unwrap_in_place(state_dict: dict) -> None:
    if any(isinstance(value, Mapping) for value in state_dict.values()):
        tensors = unwrap(state_dict, UNNAMED)[0]
        state_dict.clear()
        state_dict.update(tensors)


def _is_of_other_parts(given: Weights, wanted: Mapping[str, torch.Tensor], place: str) -> bool:
    """Whether these are parts of ours, such as a head alone, and none of the backbone."""
    return all(key in wanted and not key.startswith(place) for key in given)


def _fitted(given: Weights, plan: NetPlan, wanted: Mapping[str, torch.Tensor], place: str) -> Weights:
    """The tensors under our names."""
    ours = _below(wanted, place)
    if unmatched_in(ours, _below(given, place)):
        fitted = translate(given, plan, ours).placed(place)
    else:
        print_log(f'{UNNAMED} has the layout of {OWN}', logger='current')
        fitted = given
    return without_misfit_head(fitted, wanted, UNNAMED) if place else fitted
