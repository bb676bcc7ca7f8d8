"""Which layout and which network the keys and shapes of a state dict belong to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import torch

from mmchan.channels import NetPlan, families, find_variant, get_plan, list_variants
from mmchan.errors import InputError
from mmchan.layouts.renaming import body_shapes, layouts_of, module_names

Weights = Mapping[str, torch.Tensor]

# what wrappers and owners put in front of a network's own names
PREFIXES = ('module.', '_orig_mod.', 'model.', 'backbone.')
_PREFIX = re.compile(f'^(?:{"|".join(map(re.escape, PREFIXES))})+')
SHOWN = 3


class Recognised(NamedTuple):
    """What :func:`recognise_layout` finds.

    Attributes:
        layout: Name of the layout.
        weights: The network's tensors under the layout's keys, without prefixes.
        others: Tensors of other parts, such as a detector's heads, under their own keys.
    """

    layout: str
    weights: dict[str, torch.Tensor]
    others: dict[str, torch.Tensor]


def recognise_layout(state_dict: Weights, plan: NetPlan, *, name: str) -> Recognised:
    """Find the layout that most keys belong to; prefixes such as ``module.`` and ``backbone.`` are ignored.

    Args:
        state_dict: Tensors by key, unwrapped.
        plan: The network.
        name: Of the checkpoint, for messages.

    Raises:
        InputError: When fewer than half of the network's modules are there in any of its layouts.
    """
    found = _best_layout(state_dict, plan)
    if found is None:
        raise InputError(
            f'{name} has no known layout of a {plan.family} ({", ".join(layouts_of(plan.family))}): '
            f'{probable_cause(state_dict, plan)}'
        )
    names = {bare_key(module): module for module in module_names(plan, found)}
    weights, others = {}, {}
    for key, tensor in state_dict.items():
        module, _, leaf = bare_key(key).rpartition('.')
        if module in names:
            weights[f'{names[module]}.{leaf}'] = tensor
        else:
            others[key] = tensor
    return Recognised(found, weights, others)


def head_classes(state_dict: Weights, plan: NetPlan, *, name: str) -> int | None:
    """Number of classes of a state dict's classification head; None where it has none.

    Args:
        state_dict: As for :func:`recognise_layout`.
        plan: The network.
        name: Of the checkpoint, for messages.

    Raises:
        InputError: As :func:`recognise_layout`.
    """
    found = recognise_layout(state_dict, plan, name=name)
    last = found.weights.get(f'{module_names(plan, found.layout)[-1]}.weight')
    return None if last is None else len(last)


def recognise_variant(state_dict: Weights, *, name: str = 'the checkpoint') -> tuple[str, str]:
    """Find the variant whose layers have exactly the shapes of a state dict's tensors, and the layout.

    Widths tell variants apart that share their keys, such as rexnet-1.0x and rexnetr-1.0x. The head
    does not count, nor does the penultimate convolution where it is left out, as in detectors.

    Args:
        state_dict: Tensors by key, unwrapped; prefixes are ignored.
        name: Of the checkpoint, for messages.

    Returns:
        Name of the variant and name of the layout.

    Raises:
        InputError: When the tensors fit no variant.
    """
    shapes = {bare_key(key): tuple(tensor.shape) for key, tensor in state_dict.items()}
    matches = {(arch, layout): _matching(shapes, get_plan(arch), layout) for arch, layout in _candidates()}
    # a RegNetX is part of the RegNetY of the same widths: what explains more of the keys wins
    best = max(matches, key=matches.__getitem__)
    if not matches[best]:
        cause = _family_of(state_dict) or _beginning(state_dict)
        raise InputError(f'{name} fits no variant (`mmchan list` names them): {cause}')
    return best


def _candidates() -> Iterator[tuple[str, str]]:
    return ((name, layout) for name in list_variants() for layout in layouts_of(find_variant(name).family))


def _matching(given: Mapping[str, tuple[int, ...]], plan: NetPlan, layout: str) -> int:
    """Number of modules whose weights are there; 0 where one of the backbone's is missing or different."""
    count = 0
    # both are lazy: most candidates are out after a few layers; the names go on with the head
    names = layouts_of(plan.family)[layout].names(plan)
    for name, (shape, optional) in zip(names, body_shapes(plan), strict=False):
        actual = given.get(f'{bare_key(name)}.weight')
        if actual != shape and not (optional and actual is None):
            return 0
        count += 1
    return count


def bare_key(key: str) -> str:
    """A key without the :data:`PREFIXES` in front of it."""
    return _PREFIX.sub('', key)


def probable_cause(state_dict: Weights, plan: NetPlan) -> str:
    """Why a state dict does not fit a network, in words: other family, other width, missing prefix."""
    try:
        variant, layout = recognise_variant(state_dict)
    except InputError:
        return _foreign_prefix(state_dict, plan) or _family_of(state_dict) or _beginning(state_dict)
    found = get_plan(variant)
    if found.widths == plan.widths:
        return f'it is {variant}, but in_channels, norm_cfg or conv_cfg of the backbone are others'
    other = 'width or depth' if found.family == plan.family else 'family'
    return f'it is a network of another {other}: {variant} in the layout of {layout}'


def _foreign_prefix(state_dict: Weights, plan: NetPlan) -> str | None:
    for layout in layouts_of(plan.family):
        first = f'.{_bare_names(plan, layout)[0]}.weight'
        for prefix in {key.removesuffix(first) for key in state_dict if key.endswith(first)}:
            inside = {key.removeprefix(f'{prefix}.'): state_dict[key] for key in state_dict}
            if _best_layout(inside, plan):
                return (
                    f"its keys begin with '{prefix}.' and would fit without it; remove the prefix, or name "
                    f"it where the checkpoint is loaded (prefix='{prefix}.' of MMEngine's Pretrained)"
                )
    return None


def _family_of(state_dict: Weights) -> str | None:
    """The family whose keys these are, for a network that is no variant."""
    given = _kinds(bare_key(key).rpartition('.')[0] for key in state_dict)
    for family in families():
        example = next(iter(list_variants(family=family)), None)
        layout = _best_layout(state_dict, get_plan(example), share=0.3) if example else None
        # a ResNet has most of a RegNet's names, but not all kinds of them
        if layout and _kinds(_bare_names(get_plan(example), layout)[:-1]) <= given:
            return f'its keys are those of a {family} in the layout of {layout}, of another width or depth'
    return None


def _kinds(names: Iterable[str]) -> set[str]:
    """The last two parts of names, numbers aside: what there is in a block."""
    return {re.sub(r'(^|\.)\d+', r'\1#', '.'.join(name.split('.')[-2:])) for name in names}


def _beginning(state_dict: Weights) -> str:
    return f'its keys begin with {", ".join(list(state_dict)[:SHOWN])}; it is of another family'


def _best_layout(state_dict: Weights, plan: NetPlan, *, share: float = 0.5) -> str | None:
    """The layout that has most modules in common; None where less than a share of them is there."""
    given = {bare_key(key).rpartition('.')[0] for key in state_dict}
    common = {layout: len(given & set(_bare_names(plan, layout))) for layout in layouts_of(plan.family)}
    best = max(common, key=common.__getitem__)
    return best if common[best] >= share * len(module_names(plan, best)) else None


def _bare_names(plan: NetPlan, layout: str) -> list[str]:
    return [bare_key(name) for name in module_names(plan, layout)]
