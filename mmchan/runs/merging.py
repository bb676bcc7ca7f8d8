"""``--cfg-options`` into a config, and which of them does not fit."""

import copy
import difflib
import reprlib
from collections.abc import Iterator, Mapping

from mmengine.config import Config

from mmchan.errors import InputError, suggestion

_SHOWN = 12  # keys that a message lists at most where none is near


def merge_options(cfg: Config, cfg_options: Mapping | None) -> Config:
    """A copy of a config with the values of ``--cfg-options`` in it.

    Raises:
        InputError: When a key leads into something that has no such part, with the nearest key that does,
            and when two of them set the same.
    """
    merged, options = copy.deepcopy(cfg), copy.deepcopy(dict(cfg_options or {}))
    for conflict in _conflicts(options):
        raise InputError(f'--cfg-options {conflict}')
    try:
        merged.merge_from_dict(options)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        wrong = [*_misfits(cfg, cfg_options), str(error)]
        raise InputError(f'--cfg-options {wrong[0]}') from error
    return merged


def _conflicts(options: Mapping) -> Iterator[str]:
    """Options that set a part of what another one sets as a whole."""
    for key in options:
        for other, value in options.items():
            if key.startswith(f'{other}.') and not isinstance(value, Mapping):
                yield f'{key} is a part of {other}, which is set to {value!r} as well: give one of them'


def _misfits(cfg: Config, options: Mapping) -> Iterator[str]:
    """What is wrong with each option that leads into a part of the config that has no such part."""
    for key, value in options.items():
        parts = key.split('.')
        for length in range(1, len(parts)):
            parent, part = '.'.join(parts[:length]), parts[length]
            node = _value(cfg, parts[:length])
            whole = isinstance(value, Mapping) or length + 1 < len(parts)
            reason = _refusal(node, part, replaces_item=not whole)
            if reason:
                yield f'{key}={value}: {parent} {reason}{_nearest(key, parent, node)}'
                break


def _value(cfg: Config, parts: list[str]) -> object:
    """The value of a dotted key, as mmengine finds it; an empty mapping for one that is to be made."""
    node: object = cfg._cfg_dict
    for part in parts:
        node = node[int(part)] if isinstance(node, list) else node.get(part, {})
    return node


def _refusal(node: object, part: str, *, replaces_item: bool) -> str:
    """Why mmengine does not set a part of a value; '' where it does."""
    if isinstance(node, Mapping):
        return ''
    if not isinstance(node, list):
        return f'is {reprlib.repr(node)}, which can only be set as a whole'
    if not (part.isascii() and part.isdigit()):
        return f'is a list, whose items have numbers, not names like {part!r}'
    if int(part) >= len(node):
        return f'has {len(node)} {"item" if len(node) == 1 else "items"}, counted from 0'
    if replaces_item or not isinstance(node[int(part)], Mapping | list):
        return 'is a list, whose items can only be set with the whole list'
    return ''


def _nearest(key: str, parent: str, node: object) -> str:
    """The end of a message: the key that was meant, of those below a part of the config; '' without any."""
    known = [f'{parent}.{inner}' for inner in _keys(node)]
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f'; {suggestion(key, near or sorted(known, key=len)[:_SHOWN])}' if known else ''


def _keys(node: object) -> Iterator[str]:
    """The dotted keys below a part of a config that can be set."""
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for name, part in items:
        if isinstance(node, Mapping):
            yield str(name)
        yield from (f'{name}.{inner}' for inner in _keys(part))
