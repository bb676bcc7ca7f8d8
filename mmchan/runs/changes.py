"""What a training changed in a model beside its tensors: sizes drawn for the next iterations, histories.

MMEngine saves parameters and buffers. Some modules of mmdet also remember plain values, such as the size that
BatchSyncRandomResize drew for ten iterations, or the overlaps that Dynamic R-CNN averages.
"""

import copy
from collections import deque
from collections.abc import Iterator, Mapping

from torch import nn

_PLAIN = (bool, int, float, str, type(None))
_OF_EVERY_MODULE = {*vars(nn.Module()), '_is_init'}
MISSING = object()


def plain_values(model: nn.Module) -> dict[str, object]:
    """Copies of the plain values that the modules of a model hold, by dotted name."""
    return {
        f'{path}.{name}' if path else name: copy.deepcopy(value)
        for path, module in model.named_modules()
        for name, value in vars(module).items()
        if name not in _OF_EVERY_MODULE and _is_plain(value)
    }


def _is_plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return type(value) is dict and all(map(_is_plain, _inside(value)))
    if isinstance(value, list | tuple | deque):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _inside(mapping: Mapping) -> Iterator[object]:
    yield from mapping.keys()
    yield from mapping.values()


def changed_values(before: Mapping[str, object], model: nn.Module) -> dict[str, object]:
    """The plain values that differ from those of before, fit for a checkpoint: sequences as lists."""
    return {
        name: list(value) if isinstance(value, tuple | deque) else value
        for name, value in plain_values(model).items()
        if before.get(name, MISSING) != value
    }


def restore_values(model: nn.Module, values: Mapping[str, object]) -> None:
    """Put values of :func:`changed_values` back, in the kind of sequence that stands there."""
    modules = dict(model.named_modules())
    for name, value in values.items():
        path, _, attribute = name.rpartition('.')
        module = modules.get(path)
        if module is None:  # of another network, which was allowed
            continue
        now = getattr(module, attribute, None)
        if isinstance(now, deque):
            value = deque(value, now.maxlen)
        elif isinstance(value, list) and not isinstance(now, list):
            value = tuple(value)
        setattr(module, attribute, value)
