"""Is every key of a config one that something reads, and its value of a kind that it takes?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mmengine.config import Config
from mmengine.dist import init_dist
from mmengine.utils.dl_utils import set_multi_processing
from torch import nn

from mmchan.checks.config import code, fields, places
from mmchan.checks.config.fields import check_fields, check_values, nearest, unread
from mmchan.checks.config.places import Place
from mmchan.checks.config.registered import find_all, library
from mmchan.checks.config.signatures import accepted
from mmchan.checks.config.sources import Sources
from mmchan.checks.config.typed import check_part, check_parts
from mmchan.errors import suggestion
from mmchan.findings import FAIL, Finding

_NEAR_TOP = 0.85  # config files also hold variables of any name
_CLIPS = {'norm': nn.utils.clip_grad_norm_, 'value': nn.utils.clip_grad_value_}


def check_keys(cfg: Config, sources: Sources | None = None) -> Iterator[Finding]:
    """Check the names of a config's keys and the kinds of its values, as far as code tells them.

    Nothing is built, run or read.

    Args:
        cfg: The config of a run.
        sources: Where the config's keys were set; without it, what ``--cfg-options`` set is not known.

    Returns:
        A fault for every key that nothing reads, argument that a type does not take, missing required one,
        and value of a wrong kind, with the nearest valid name.
    """
    yield from _top_names(cfg, sources)
    yield from check_values('', cfg, fields.TOP)
    scope = cfg.get('default_scope') or 'mmengine'
    if library(str(scope)) is None:
        yield Finding(FAIL, 'default_scope', f'the package {scope!r} is not installed')
        return
    for name, value in cfg.items():
        yield from _at_top(name, value, scope)


def _top_names(cfg: Config, sources: Sources | None) -> Iterator[Finding]:
    known = places.known_top()
    read = sources.names_read if sources else frozenset()
    given = {key.split('.')[0] for key in sources.options} if sources else frozenset()
    for name in cfg:
        if name in known:
            continue
        if name in given:
            yield Finding(FAIL, name, 'nothing reads this name', _remedy_of_option(name, read))
        elif name not in read and (near := nearest(name, known, _NEAR_TOP)):
            yield Finding(FAIL, name, 'nothing reads this name', near)


def _remedy_of_option(name: str, read: Iterable[str]) -> str:
    if name in read:
        return 'it is a variable of the config file, which was read before; set what the file made of it'
    return suggestion(name, places.known_top())


def _at_top(name: str, value: object, scope: str) -> Iterator[Finding]:
    """Check one of the names that MMEngine reads."""
    if name in places.TOP:
        yield from check_parts(name, value, replace(places.TOP[name], scope=scope))
    elif name in places.EVALUATORS:
        whole = isinstance(value, Mapping) and 'metrics' in value
        place = places.EVALUATOR if whole else places.METRIC
        yield from check_parts(name, value, replace(place, scope=scope))
    elif isinstance(value, Mapping):
        yield from _read_by_name(name, value, scope)


def _read_by_name(name: str, value: Mapping, scope: str) -> Iterator[Finding]:
    if name in places.LOADERS:
        yield from check_fields(name, value, fields.LOADER)
        yield from _built(name, value, places.LOADER, scope)
    elif name in places.LOOPS:
        yield from _loop(name, value, replace(places.LOOPS[name], scope=scope))
    elif name == 'optim_wrapper':
        yield from _optim_wrapper(name, value, scope)
    elif name == 'default_hooks':
        yield from check_fields(name, value, fields.DEFAULT_HOOKS)
        yield from _built(name, value, dict.fromkeys(fields.DEFAULT_HOOKS, places.HOOK), scope)
    elif name in fields.AT_TOP:
        yield from check_fields(name, value, fields.AT_TOP[name])
    if name == 'env_cfg':
        yield from _environment(name, value)


def _built(path: str, node: Mapping, parts: Mapping[str, Place], scope: str) -> Iterator[Finding]:
    """Check the parts that are built at fixed places of a dict without a type."""
    for name, place in parts.items():
        if isinstance(node.get(name), Mapping):
            yield from check_part(f'{path}.{name}', node[name], replace(place, scope=scope))


def _loop(path: str, loop: Mapping, place: Place) -> Iterator[Finding]:
    if path == 'train_cfg' and 'type' not in loop:
        if 'by_epoch' not in loop:
            yield Finding(FAIL, path, "it needs 'by_epoch' or a type", f'set {path}.by_epoch')
            return
        kind = 'EpochBasedTrainLoop' if loop['by_epoch'] else 'IterBasedTrainLoop'
        place = replace(place, default=kind, extra=place.extra | {'by_epoch'})
    yield from check_part(path, loop, place)


def _environment(path: str, environment: Mapping) -> Iterator[Finding]:
    for name, reader in {'mp_cfg': set_multi_processing, 'dist_cfg': init_dist}.items():
        for key in environment.get(name) or ():
            known = accepted(reader).kinds
            if key not in known:
                yield unread(f'{path}.{name}.{key}', known)


def _optim_wrapper(path: str, wrapper: Mapping, scope: str) -> Iterator[Finding]:
    if not isinstance(wrapper.get('optimizer'), Mapping):
        return  # several wrappers, which a constructor of their own reads
    yield from check_part(path, wrapper, replace(places.OPTIM_WRAPPER, scope=scope))
    yield from check_part(f'{path}.optimizer', wrapper['optimizer'], replace(places.OPTIMIZER, scope=scope))
    if isinstance(wrapper.get('clip_grad'), Mapping):
        yield from _clip_grad(f'{path}.clip_grad', wrapper['clip_grad'])
    kind = wrapper.get('constructor', 'DefaultOptimWrapperConstructor')
    constructor = {'type': kind}
    yield from check_part(f'{path}.constructor', constructor, replace(places.CONSTRUCTOR, scope=scope))
    if isinstance(wrapper.get('paramwise_cfg'), Mapping):
        classes = find_all(kind, scope, places.CONSTRUCTOR.roots)
        yield from _paramwise(f'{path}.paramwise_cfg', wrapper['paramwise_cfg'], classes, scope)


def _clip_grad(path: str, clip: Mapping) -> Iterator[Finding]:
    kind = clip.get('type', 'norm')
    if kind not in _CLIPS:
        yield Finding(FAIL, f'{path}.type', f"must be 'norm' or 'value', got {kind!r}")
        return
    taken = accepted(_CLIPS[kind])
    yield from (
        unread(f'{path}.{name}', taken.order[1:]) for name in clip if name not in {'type', *taken.order[1:]}
    )
    yield from check_values(path, clip, fields.CLIP)
    for name in taken.required - clip.keys() - {'parameters'}:
        yield Finding(FAIL, path, f'it needs {name!r}, which is not set', f'set {path}.{name}')


def _paramwise(path: str, settings: Mapping, constructors: Iterable, scope: str) -> Iterator[Finding]:
    words = {word for constructor in constructors for word in code.own_words(constructor)}
    known = {**{word: fields.Field() for word in words}, **fields.PARAMWISE}
    for name in settings:
        if name not in known:
            yield unread(f'{path}.{name}', fields.PARAMWISE)
    yield from check_values(path, settings, known)
    groups = settings.get('custom_keys')
    for key, group in groups.items() if isinstance(groups, Mapping) else ():
        if isinstance(group, Mapping):
            where = f'{path}.custom_keys.{key}'
            yield from check_values(where, group, fields.CUSTOM_KEY)
            unknown = [name for name in group if not code.is_word(name, None, scope)]
            yield from (unread(f'{where}.{name}', fields.CUSTOM_KEY) for name in unknown)
