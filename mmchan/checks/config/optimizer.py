"""Checks the ``optim_wrapper`` of a config: optimizer, clipping, what is set for some parameters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from torch import nn

from mmchan.checks.config import code, fields, places
from mmchan.checks.config.fields import Field, check_fields, check_required, check_values, unread
from mmchan.checks.config.kinds import ANY
from mmchan.checks.config.registered import find_all
from mmchan.checks.config.signatures import accepted
from mmchan.checks.config.typed import check_built, check_part
from mmchan.findings import FAIL, Finding

_CLIPS = {'norm': nn.utils.clip_grad_norm_, 'value': nn.utils.clip_grad_value_}


def check_optim_wrapper(path: str, wrapper: Mapping, scope: str) -> Iterator[Finding]:
    """Check one optimizer's wrapper; a constructor of its own may read those of several."""
    if 'optimizer' not in wrapper and 'constructor' in wrapper:
        return
    yield from check_part(path, wrapper, replace(places.OPTIM_WRAPPER, scope=scope))
    scope = wrapper.get('_scope_') or scope
    yield from check_built(path, wrapper, {'optimizer': places.OPTIMIZER}, scope)
    if isinstance(wrapper.get('clip_grad'), Mapping):
        yield from _clip_grad(f'{path}.clip_grad', wrapper['clip_grad'])
    yield from _constructor(path, wrapper, replace(places.CONSTRUCTOR, scope=scope))


def _clip_grad(path: str, clip: Mapping) -> Iterator[Finding]:
    kind = clip.get('type', 'norm')
    if not isinstance(kind, str) or kind not in _CLIPS:
        yield Finding(FAIL, f'{path}.type', f"must be 'norm' or 'value', got {fields.shown(kind)}")
        return
    taken = accepted(_CLIPS[kind])
    known = {name: Field(kinds) for name, kinds in taken.kinds.items() if name != 'parameters'}
    yield from check_fields(path, clip, {'type': Field(ANY), **known, **fields.CLIP})
    yield from check_required(path, clip, taken.required - {'parameters'})


def _constructor(path: str, wrapper: Mapping, place: places.Place) -> Iterator[Finding]:
    kind = wrapper.get('constructor', 'DefaultOptimWrapperConstructor')
    yield from check_part(f'{path}.constructor', {'type': kind}, place)
    if isinstance(wrapper.get('paramwise_cfg'), Mapping):
        classes = find_all(kind, place.scope, place.roots)
        yield from _paramwise(f'{path}.paramwise_cfg', wrapper['paramwise_cfg'], classes)
        yield from _groups(f'{path}.paramwise_cfg', wrapper['paramwise_cfg'], place.scope)


def _paramwise(path: str, settings: Mapping, constructors: Iterable[Callable]) -> Iterator[Finding]:
    read = {key for constructor in constructors for key in code.reads_from(constructor, 'paramwise_cfg')}
    for name in settings:
        if name not in read and name not in fields.PARAMWISE:
            yield unread(f'{path}.{name}', fields.PARAMWISE)
    yield from check_values(path, settings, fields.PARAMWISE)


def _groups(path: str, settings: Mapping, scope: str) -> Iterator[Finding]:
    """Check what is set for the parameters of some names; hooks and optimizers may read more of it."""
    groups = settings.get('custom_keys')
    for key, group in groups.items() if isinstance(groups, Mapping) else ():
        where = f'{path}.custom_keys.{key}'
        if not isinstance(group, Mapping):
            yield Finding(FAIL, where, f'must be a dict, got {fields.shown(group)}')
            continue
        yield from check_values(where, group, fields.CUSTOM_KEY)
        unknown = [
            name for name in group if not (str(name).isidentifier() and code.is_word(name, None, scope))
        ]
        yield from (unread(f'{where}.{name}', fields.CUSTOM_KEY) for name in unknown)
