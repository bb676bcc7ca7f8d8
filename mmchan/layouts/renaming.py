"""The key layouts of the networks that we share with other projects, and the conversion between them.

A layout gives the names of a plan's weight-bearing modules in forward order. Two layouts of one plan name
the same modules one by one, so every conversion is a pairing of two lists: nothing can be left over without
an error, and every conversion has its inverse.

Every family has the layout 'mmchan' (a classifier: ``backbone.``, ``head.``; mmpretrain's RegNet has the
same) and those that its folder names, such as 'timm', 'torchvision', 'pycls', 'official' (the authors').
"""

from collections.abc import Iterator, Mapping
from math import prod

import torch

from mmchan.channels import ConvPlan, NetPlan, find_family
from mmchan.channels.cost import layers
from mmchan.channels.naming import GENERAL, OWN, Layout
from mmchan.errors import InputError, require_known

Shape = tuple[int, ...]


def layouts_of(family: str) -> Mapping[str, Layout]:
    """The layouts that a family's networks are known in, by name; ours first.

    Raises:
        InputError: For an unknown family.
    """
    return {OWN: GENERAL, **find_family(family).own_layouts}


def convert_state_dict(
    state_dict: Mapping[str, torch.Tensor], plan: NetPlan, *, source: str, target: str
) -> dict[str, torch.Tensor]:
    """Rename a state dict's keys from one layout to another, and reshape its head where they differ.

    Args:
        state_dict: Tensors by key, head included or not.
        plan: The network.
        source: Layout of the keys.
        target: Layout wanted.

    Returns:
        The same tensors under the target's keys, in the order of the source.

    Raises:
        InputError: For an unknown layout, or a key that the source layout does not have.
    """
    names = module_names(plan, target)
    modules = dict(zip(module_names(plan, source), names, strict=True))
    unknown = [key for key in state_dict if key.rpartition('.')[0] not in modules]
    if unknown:
        raise InputError(
            f'{len(unknown)} of {len(state_dict)} keys do not belong to a {plan.family} in the layout of '
            f'{source}, the first: {", ".join(unknown[:3])}; is the network or the layout another?'
        )
    head = set(names[-head_length(plan) :])
    convolved = layouts_of(plan.family)[target].convolved_head
    renamed = {}
    for key, tensor in state_dict.items():
        module, _, leaf = key.rpartition('.')
        in_head = modules[module] in head
        renamed[f'{modules[module]}.{leaf}'] = _with_shape_of_head(tensor, convolved) if in_head else tensor
    return renamed


def _with_shape_of_head(tensor: torch.Tensor, convolved: bool) -> torch.Tensor:
    """A weight (out, in) or (out, in, 1, 1) as the head wants it; biases and norms stay."""
    if tensor.ndim < 2 or prod(tensor.shape[2:]) != 1:
        return tensor
    return tensor.reshape(*tensor.shape[:2], 1, 1) if convolved else tensor.flatten(1)


def module_names(plan: NetPlan, layout: str) -> list[str]:
    """Names of all modules with weights, in forward order, head last.

    Raises:
        InputError: For a layout that the plan's family does not have.
    """
    known = layouts_of(plan.family)
    require_known(layout, known, f'layout of {plan.family}')
    return list(known[layout].names(plan))


def module_shapes(plan: NetPlan) -> list[Shape]:
    """Shapes of the modules' weights, in the order of :func:`module_names`, for one class.

    The head's layers are linear: (out, in).
    """
    head = [(conv, _weight_shape(conv)[:2]) for conv in (*plan.head, plan.classifier(1))]
    return [shape for shape, _ in body_shapes(plan)] + [
        shape for conv, linear in head for shape in (linear, *[(conv.out_channels,)] * conv.norm)
    ]


def body_shapes(plan: NetPlan) -> Iterator[tuple[Shape, bool]]:
    """As :func:`module_shapes` without the head, and whether a backbone may lack the module.

    Dense tasks leave the penultimate convolution out.
    """
    for layer in layers(plan, num_classes=None):
        optional = layer.part == 'penultimate'
        yield _weight_shape(layer.conv), optional
        if layer.conv.norm:
            yield (layer.conv.out_channels,), optional


def head_length(plan: NetPlan) -> int:
    """Number of modules with weights in the head, at the end of :func:`module_names`."""
    return sum(1 + conv.norm for conv in plan.head) + 1


def _weight_shape(conv: ConvPlan) -> Shape:
    return conv.out_channels, conv.in_channels // conv.groups, conv.kernel_size, conv.kernel_size
