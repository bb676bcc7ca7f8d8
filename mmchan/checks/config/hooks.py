"""Hooks of a config that shadow each other, or whose time never comes."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from mmengine.registry import HOOKS

from mmchan.checks.config.parts import class_of, listed, names_of, part, scope_of, whole
from mmchan.checks.config.training import EPOCHS, Length, length_of
from mmchan.checks.walk import type_name
from mmchan.findings import FAIL, WARN, Finding

# those that MMEngine registers where a config does not say otherwise
_DEFAULTS = MappingProxyType({
    'runtime_info': 'RuntimeInfoHook',
    'timer': 'IterTimerHook',
    'sampler_seed': 'DistSamplerSeedHook',
    'logger': 'LoggerHook',
    'param_scheduler': 'ParamSchedulerHook',
    'checkpoint': 'CheckpointHook',
})  # fmt: skip
# name of a hook's class, or of one that it is derived from -> what two of them do to each other
_TWICE = MappingProxyType({
    'RuntimeInfoHook': 'the second writes what the first has written',
    'IterTimerHook': 'the second measures what the first has measured',
    'DistSamplerSeedHook': 'the second seeds what the first has seeded',
    'LoggerHook': 'every line of the log stands there twice',
    'ParamSchedulerHook': 'every schedule goes twice as fast',
    'CheckpointHook': 'each deletes what the other keeps',
    'EMAHook': 'the second averages, and saves, what the first has swapped',
    'PreciseBNHook': 'the statistics are computed twice',
    'SyncBuffersHook': 'the buffers are synchronised twice',
    'SyncNormHook': 'the buffers are synchronised twice',
    'YOLOXModeSwitchHook': 'the second switches what the first has switched',
    'ProgressHook': 'two lines of progress overwrite each other',
})  # fmt: skip
_FAULTS = ('ParamSchedulerHook', 'EMAHook')


def check_hooks(cfg: Mapping) -> Iterator[Finding]:
    """Check the hooks of a config's training."""
    hooks = _hooks(cfg)
    yield from _check_twice(hooks, scope_of(cfg))
    length = length_of(cfg)
    if length is not None:
        for key, settings in hooks.items():
            yield from _TIMES.get(type_name(settings), _nothing)(key, settings, length)


def _hooks(cfg: Mapping) -> dict[str, Mapping]:
    """Key of a hook -> its part of the config; the default ones of MMEngine first."""
    given = part(cfg, 'default_hooks')
    absent = {name: {'type': kind} for name, kind in _DEFAULTS.items() if name not in given}
    hooks = {f'default_hooks.{name}': hook for name, hook in {**absent, **given}.items()}
    hooks.update(listed(cfg.get('custom_hooks'), 'custom_hooks'))
    return {key: hook for key, hook in hooks.items() if isinstance(hook, Mapping)}


def _check_twice(hooks: Mapping[str, Mapping], scope: str) -> Iterator[Finding]:
    groups = _of_a_kind(hooks, scope)
    for kind, keys in groups.items():
        for key in keys[1:]:
            remedy = f'leave one out, or change the settings of {keys[0]}'
            state = FAIL if kind in _FAULTS else WARN
            yield Finding(state, key, f'a second {kind} beside {keys[0]}: {_TWICE[kind]}', remedy)
    told = {key for keys in groups.values() for key in keys[1:]}
    yield from _check_same({key: hook for key, hook in hooks.items() if key not in told})


def _of_a_kind(hooks: Mapping[str, Mapping], scope: str) -> dict[str, list[str]]:
    """Name of a kind of which one is enough -> keys of the hooks that are of it."""
    groups = defaultdict(list)
    for key, settings in hooks.items():
        # a name without its class is enough where the class cannot be imported
        for name in {type_name(settings), *names_of(class_of(settings, HOOKS, scope))} & set(_TWICE):
            groups[name].append(key)
    return groups


def _check_same(hooks: Mapping[str, Mapping]) -> Iterator[Finding]:
    """A warning about a hook that stands there twice, word by word."""
    for (first, before), (key, settings) in itertools.combinations(hooks.items(), 2):
        if before == settings:
            yield Finding(WARN, key, f'the same hook as {first}, with the same settings', 'leave one out')


def _nothing(key: str, settings: Mapping, length: Length) -> Iterator[Finding]:
    yield from ()


def _check_checkpoint(key: str, settings: Mapping, length: Length) -> Iterator[Finding]:
    """A warning where a checkpoint is never saved."""
    interval = whole(settings.get('interval', -1)) or 0
    if settings.get('save_last', True) is False and not settings.get('save_best'):
        counts = bool(settings.get('by_epoch', True)) == (length.unit == EPOCHS)
        latest = length.number if counts else interval
        if not 1 <= interval <= latest:
            what = f'saves every {interval} and not the last, but {length}: nothing is ever saved'
            yield Finding(WARN, f'{key}.interval', what, 'lower it, or set save_last=True')


def _check_average(key: str, settings: Mapping, length: Length) -> Iterator[Finding]:
    """What MMEngine refuses: to begin after the end."""
    name = 'begin_epoch' if length.unit == EPOCHS else 'begin_iter'
    yield from _check_begin(key, settings, name, length, latest=length.number, state=FAIL)


def _check_precise(key: str, settings: Mapping, length: Length) -> Iterator[Finding]:
    yield from _check_begin(key, settings, 'interval', length, latest=length.number)


def _check_switch(key: str, settings: Mapping, length: Length) -> Iterator[Finding]:
    if length.unit == EPOCHS:
        yield from _check_begin(key, settings, 'switch_epoch', length, latest=length.number - 1)


def _check_last_epochs(key: str, settings: Mapping, length: Length) -> Iterator[Finding]:
    if length.unit == EPOCHS:
        yield from _check_begin(key, settings, 'num_last_epochs', length, latest=length.number - 1)


def _check_recipes(key: str, settings: Mapping, length: Length) -> Iterator[Finding]:
    if length.unit == EPOCHS:
        for name, recipe in listed(settings.get('schedule'), f'{key}.schedule'):
            # the first epoch is 1 there
            yield from _check_begin(name, recipe, 'action_epoch', length, latest=length.number)


def _check_begin(
    key: str, settings: Mapping, name: str, length: Length, *, latest: int, state: str = WARN
) -> Finding:
    value = whole(settings.get(name))
    if value is not None and value > latest:
        never = 'MMEngine refuses it' if state == FAIL else 'it has no effect'
        yield Finding(state, f'{key}.{name}', f'is {value}, but {length}: {never}', f'at most {latest}')


_TIMES: Mapping[str, Callable[[str, Mapping, Length], Iterator[Finding]]] = MappingProxyType({
    'CheckpointHook': _check_checkpoint,
    'EMAHook': _check_average,
    'PreciseBNHook': _check_precise,
    'PipelineSwitchHook': _check_switch,
    'YOLOXModeSwitchHook': _check_last_epochs,
    'SwitchRecipeHook': _check_recipes,
})  # fmt: skip
