"""A network is put into any config: in the place of its backbone, and what follows learns of its widths."""

from collections.abc import Mapping, Sequence

from mmchan.channels import get_plan, out_channels
from mmchan.errors import InputError, require

BACKBONE = 'mmchan.Backbone'
# what the base's backbone keeps; all else is of that network alone. What is frozen, or normalises by averages
# that were learnt elsewhere, is for weights that a sampled network does not have
_KEPT = ('in_channels', 'conv_cfg', 'norm_cfg', 'with_cp', 'drop_path_rate')


def with_network(model: Mapping[str, object], arch: Mapping[str, object]) -> dict[str, object]:
    """The model of a config with another network as its backbone, trained from scratch.

    Args:
        model: The config of a classifier, or of a detector with or without a neck; a backbone in it is
            replaced. It is not changed.
        arch: As for :func:`mmchan.channels.get_plan`.

    Returns:
        The model. A neck or else the heads that name ``in_channels`` are given those of the network, and so
        is a classifier's head.

    Raises:
        InputError: For a model with neither, or one that asks for more maps than there are.
    """
    backbone = model.get('backbone') or {}
    neck = model.get('neck')
    maps = _maps(backbone, _in_channels(neck), stages=len(get_plan(arch).stages))
    kept = {name: backbone[name] for name in _KEPT if name in backbone}
    network = {'type': BACKBONE, 'arch': arch, **kept, **({} if maps is None else {'out_indices': maps})}
    return {**model, 'backbone': network, **_following(model, out_channels(arch, maps))}


def _maps(backbone: Mapping, asked: object, *, stages: int) -> tuple[int, ...] | None:
    """Indices of the maps that are wanted; None for the last one, which goes to a classifier."""
    count = len(asked) if isinstance(asked, Sequence) else 1
    given = backbone.get('out_indices')
    if isinstance(given, Sequence) and len(given) > 1:
        return tuple(given)
    if count == 1:
        return None
    require(count <= stages, 'in_channels of the neck', f'at most {stages}, as the network has stages', asked)
    return tuple(range(stages - count, stages))


def _in_channels(part: object) -> object:
    """What a neck, or the first of several that says it, takes."""
    parts = part if isinstance(part, list | tuple) else [part]
    return next(
        (one['in_channels'] for one in parts if isinstance(one, Mapping) and 'in_channels' in one), None
    )


def _following(model: Mapping, widths: int | list[int]) -> dict[str, object]:
    """The neck, or else the heads, that take the network's maps, with its widths."""
    neck = model.get('neck')
    if _in_channels(neck) is not None:
        return {'neck': _told(neck, widths)}
    heads = {name: head for name, head in model.items() if name.endswith('head')}
    named = {name: head for name, head in heads.items() if _in_channels(head) is not None}
    heads = named or {name: head for name, head in heads.items() if name == 'head'}
    if not heads:
        raise InputError('model must have a neck or a head that names its in_channels, to be given others')
    return {name: _told(head, widths) for name, head in heads.items()}


def _told(part: object, widths: int | list[int]) -> object:
    """A neck or head, of several the first that names them, with other ``in_channels``."""
    if isinstance(part, Mapping):
        return {**part, 'in_channels': widths}
    first = next(index for index, one in enumerate(part) if 'in_channels' in one)
    return [_told(one, widths) if index == first else one for index, one in enumerate(part)]
