"""Checks the parts of a config that name a ``type``, and what is in them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module

from mmengine import registry

from mmchan.checks.config import code, fields, places
from mmchan.checks.config.arguments import OWN_KEYS, check_arguments
from mmchan.checks.config.fields import check_values, nearest, shown
from mmchan.checks.config.places import Place
from mmchan.checks.config.registered import find_all, library, names_in, own_roots
from mmchan.checks.walk import walk
from mmchan.errors import suggestion
from mmchan.findings import FAIL, WARN, Finding

_NEAR = 0.75
_SIMILAR = 0.5
_ALL_BUT_SAME = 0.85  # a letter more or less


def check_parts(path: str, value: object, place: Place) -> Iterator[Finding]:
    """Check whatever stands at a place: a part, or dicts and lists of parts."""
    if isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from check_parts(f'{path}[{number}]', part, place)
    elif isinstance(value, Mapping) and place.roots:
        yield from (check_part if place.is_part(value) else _untyped)(path, value, place)


def check_built(path: str, node: Mapping, parts: Mapping[str, Place], scope: str) -> Iterator[Finding]:
    """Check the parts that are built at fixed places of a dict without a type."""
    for name, place in parts.items():
        if isinstance(node.get(name), Mapping):
            yield from check_part(f'{path}.{name}', node[name], replace(place, scope=scope))


def check_part(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
    """Check one part, which has to name its type where the place has no default."""
    faults = list(_unusable(path, part, place))
    if faults:
        yield from faults
        return
    kind = part.get('type', place.default)
    place = replace(place, scope=part.get('_scope_') or place.scope)
    classes = _classes(kind, place)
    if not classes:
        yield from _unknown(path, part, kind, place)
        return
    findings = [list(check_arguments(path, part, each, place)) for each in classes]
    fewest = min(findings, key=len)
    yield from fewest
    yield from _inner_parts(path, part, replace(place, owner=classes[findings.index(fewest)], path=()))


def _unusable(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
    """Why nothing more can be said about a part."""
    kind, scope = part.get('type', place.default), part.get('_scope_') or place.scope
    if kind == '':
        yield Finding(FAIL, path, 'it has no type', _misspelt(part) or f'set {path}.type')
    elif not isinstance(kind, str) and not callable(kind):
        yield Finding(FAIL, f'{path}.type', f'must be the name of a class, got {shown(kind)}')
    elif not isinstance(scope, str) or library(scope) is None:
        yield Finding(FAIL, f'{path}._scope_', f'must be the name of a library, got {shown(scope)}')


def _inner_parts(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
    for name, value in part.items():
        if name not in OWN_KEYS and name not in place.elsewhere:
            yield from check_parts(f'{path}.{name}', value, places.inside(place, name))


def models_in(model: object, scope: str) -> frozenset:
    """The classes that a model consists of."""
    kinds = [part.get('type') for _, part in walk(model)]
    found = {each for kind in kinds for each in find_all(kind, scope, places.MODEL.roots[:1])}
    preprocessors = {code.default_type(each, 'data_preprocessor') for each in found} - {''}
    return frozenset(found.union(*(find_all(kind, scope, places.MODEL.roots) for kind in preprocessors)))


def stages_in(model: object, scope: str) -> dict[str, frozenset]:
    """The classes of those parts of a model that get a part of its train_cfg or test_cfg."""
    found = {path.rpartition('.')[2]: part for path, part in walk(model)}
    return {key: models_in(found[part], scope) for key, part in places.STAGES.items() if part in found}


def _classes(kind: object, place: Place) -> list[Callable]:
    if place.module and isinstance(kind, str):
        found = getattr(import_module(place.module), kind, None)
        return [found] if callable(found) else []
    classes = find_all(kind, place.scope, place.roots)
    if classes or place.known:
        return classes
    return find_all(kind, place.scope, (*places.ALL, *own_roots(place.scope)))


def _unknown(path: str, part: Mapping, kind: str, place: Place) -> Iterator[Finding]:
    """What is said of a part whose type is not registered."""
    faults = list(unknown_type(f'{path}.type', kind, place))
    yield from faults
    package = kind.rpartition('.')[0] or place.scope
    for key in part if not faults else ():
        if not code.is_word(key, place.owner, package) and code.near_word(key, package):
            yield Finding(FAIL, f'{path}.{key}', f'{kind} reads no such key')


def unknown_type(where: str, kind: object, place: Place) -> Iterator[Finding]:
    """Check that a type is registered, or may be where an optional package is installed."""
    if not isinstance(kind, str) or find_all(kind, place.scope, place.roots):
        return
    prefix, _, name = kind.rpartition('.')
    package = prefix or place.scope
    if library(package) is None:
        yield Finding(FAIL, where, f'the package {prefix!r} of {kind!r} is not installed')
    elif _is_of_another_kind(kind, place) or not place.may_mention(name, package):
        yield Finding(FAIL, where, f'there is no {kind!r}', _nearest_type(kind, place))


def _nearest_type(kind: str, place: Place) -> str:
    prefix = kind.rpartition('.')[0]
    names = names_in(prefix or place.scope, place.roots, parents=not prefix)
    return nearest(kind, [f'{prefix}.{each}' if prefix else each for each in names], _SIMILAR)


def _is_of_another_kind(kind: str, place: Place) -> bool:
    """Whether a type is registered elsewhere. Data sets may be called as metrics are, and be absent."""
    return (
        place.known and registry.DATASETS not in place.roots and bool(find_all(kind, place.scope, places.ALL))
    )


def _untyped(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
    yield from check_values(path, part, place.values_in(part))
    for name, value in part.items():
        if (name not in OWN_KEYS or place.in_phase) and not place.foreign:
            yield from _unread(f'{path}.{name}', str(name), place)
        yield from check_parts(f'{path}.{name}', value, places.inside(place, name))


def _unread(where: str, name: str, place: Place) -> Iterator[Finding]:
    """A finding about a key that stands nowhere in the code, or not in that which reads its dict."""
    if place.expects(name):
        return
    if not code.is_word(name, place.owner, place.scope):
        yield from _unheard_of(where, name, place)
    elif name != 'type' and nearest(name, ['type'], _ALL_BUT_SAME):
        yield Finding(FAIL, where, 'nothing reads this key', "did you mean 'type'?")
    elif place.reads is not None or place.in_phase:
        owner = getattr(place.owner, '__name__', 'nothing')
        known = place.reads or fields.PHASE
        yield Finding(WARN, where, f'{owner} does not read this key', suggestion(name, known))


def _unheard_of(where: str, name: str, place: Place) -> Iterator[Finding]:
    """A finding about a key that stands nowhere in the code; data may have keys that are near to none."""
    words = place.words
    if place.reads is not None or not place.is_data or get_close_matches(name, words, 1, _NEAR):
        yield Finding(FAIL, where, 'nothing reads this key', nearest(name, words, _NEAR))


def _misspelt(part: Mapping) -> str:
    near = get_close_matches('type', map(str, part), 1, 0.75)
    return f"{near[0]!r} should be 'type'" if near else ''
