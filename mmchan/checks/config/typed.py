"""Checks the parts of a config that name a ``type``, and what is in them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from mmengine import registry

from mmchan.checks.config import code, fields, places
from mmchan.checks.config.fields import check_values, nearest, shown
from mmchan.checks.config.places import Place
from mmchan.checks.config.registered import find_all, library, names_in, own_roots
from mmchan.checks.config.signatures import Accepted, accepted
from mmchan.checks.walk import walk
from mmchan.errors import suggestion
from mmchan.findings import FAIL, WARN, Finding

# keys that MMEngine itself takes out of a part
_OWN_KEYS = ('type', '_scope_')
_NEAR = 0.75
_SIMILAR = 0.5
_ALL_BUT_SAME = 0.85  # a letter more or less


def check_parts(path: str, value: object, place: Place) -> Iterator[Finding]:
    """Check whatever stands at a place: a part, or dicts and lists of parts."""
    if not place.roots:
        return
    if isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from check_parts(f'{path}[{number}]', part, place)
    elif isinstance(value, Mapping) and place.in_phase and len(place.path) == 1:
        yield from _untyped(path, value, place)
    elif isinstance(value, Mapping) and ('type' in value or place.default or place.typed):
        yield from check_part(path, value, place)
    elif isinstance(value, Mapping):
        yield from _untyped(path, value, place)


def check_built(path: str, node: Mapping, parts: Mapping[str, Place], scope: str) -> Iterator[Finding]:
    """Check the parts that are built at fixed places of a dict without a type."""
    for name, place in parts.items():
        if isinstance(node.get(name), Mapping):
            yield from check_part(f'{path}.{name}', node[name], replace(place, scope=scope))


def check_part(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
    """Check one part, which has to name its type where the place has no default."""
    fault = _unusable(path, part, place)
    if fault is not None:
        yield fault
        return
    kind = part.get('type', place.default)
    place = replace(place, scope=part.get('_scope_') or place.scope)
    classes = _classes(kind, place)
    if classes:
        yield from _check_known(path, part, classes, place)
    else:
        yield from _unknown(path, part, kind, place)


def _unusable(path: str, part: Mapping, place: Place) -> Finding | None:
    """What is wrong with a part that does not even name a class of a library."""
    if 'type' not in part and not place.default:
        return Finding(FAIL, path, 'it has no type', _misspelt(part) or f'set {path}.type')
    kind = part.get('type', place.default)
    if not kind or (not isinstance(kind, str) and not callable(kind)):
        return Finding(FAIL, f'{path}.type', f'must be the name of a class, got {shown(kind)}')
    scope = part.get('_scope_') or place.scope
    if not isinstance(scope, str) or library(scope) is None:
        return Finding(FAIL, f'{path}._scope_', f'must be the name of a library, got {shown(scope)}')
    return None


def _check_known(path: str, part: Mapping, classes: list[Callable], place: Place) -> Iterator[Finding]:
    """Check a part against the class of its name, among several against the one that fits best."""
    findings = [list(_arguments(path, part, each, place)) for each in classes]
    fewest = min(findings, key=len)
    yield from fewest
    chosen = classes[findings.index(fewest)]
    for name, value in part.items():
        if name not in _OWN_KEYS and name not in place.elsewhere:
            yield from check_parts(f'{path}.{name}', value, places.argument(place, name, chosen))


def models_in(model: object, scope: str) -> frozenset:
    """The classes that a model consists of."""
    kinds = [part.get('type') for _, part in walk(model)]
    found = {each for kind in kinds for each in find_all(kind, scope, places.MODEL.roots[:1])}
    preprocessors = {code.default_type(each, 'data_preprocessor') for each in found} - {''}
    return frozenset(found.union(*(find_all(kind, scope, places.MODEL.roots) for kind in preprocessors)))


def _classes(kind: object, place: Place) -> list[Callable]:
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
    prefix, _, name = kind.rpartition('.') if isinstance(kind, str) else ('', '', '')
    if not name or find_all(kind, place.scope, place.roots):
        return
    package = prefix or place.scope
    if library(package) is None:
        yield Finding(FAIL, where, f'the package {prefix!r} of {kind!r} is not installed')
    elif _is_of_another_kind(kind, place) or not (place.foreign or code.is_word(name, place.owner, package)):
        names = names_in(package, place.roots, parents=not prefix)
        known = {f'{prefix}.{each}' for each in names} if prefix else names
        yield Finding(FAIL, where, f'there is no {kind!r}', nearest(kind, known, _SIMILAR))


def _is_of_another_kind(kind: str, place: Place) -> bool:
    """Whether a type is registered elsewhere. Data sets may be called as metrics are, and be absent."""
    return (
        place.known and registry.DATASETS not in place.roots and bool(find_all(kind, place.scope, places.ALL))
    )


def _arguments(path: str, part: Mapping, kind: Callable, place: Place) -> Iterator[Finding]:
    taken = _with_built(accepted(kind), part, place)
    called = getattr(kind, '__name__', str(part.get('type')))
    yield from check_values(path, part, place.fields)
    for name, value in part.items():
        if name in _OWN_KEYS or name in place.extra:
            continue
        if name not in taken.kinds:
            if not _taken_elsewhere(name, kind, taken, place):
                yield _not_taken(f'{path}.{name}', name, called, taken)
        elif name not in place.fields and not taken.kinds[name].take(value):
            said = f'must be {taken.kinds[name]} for {called}, got {shown(value)}'
            yield Finding(FAIL, f'{path}.{name}', said)
    for name in sorted(taken.required - part.keys() - place.given):
        if place.known or (place.built and not code.sets(place.owner, name)):
            yield Finding(FAIL, path, f'{called} needs {name!r}, which is not set', f'set {path}.{name}')


def _not_taken(where: str, name: str, called: str, taken: Accepted) -> Finding:
    remedy = suggestion(name, taken.kinds) if taken.kinds else 'it takes none'
    if taken.deaf:  # it is no misspelling as far as one can see, only of no use
        state = FAIL if nearest(name, taken.kinds, _ALL_BUT_SAME) else WARN
        return Finding(state, where, f'{called} reads no argument {name!r}', remedy)
    return Finding(FAIL, where, f'{called} takes no argument {name!r}', remedy)


def _with_built(taken: Accepted, part: Mapping, place: Place) -> Accepted:
    """A signature with what the parts take whose types other arguments name."""
    for argument, default in taken.builds.items():
        classes = find_all(part.get(argument, default), place.scope, places.ALL)
        inner = [accepted(each) for each in classes]
        kinds = {name: kinds for each in inner for name, kinds in each.kinds.items()}
        opened = taken.open or not inner or any(each.open for each in inner)
        taken = replace(taken, kinds={**kinds, **taken.kinds}, open=opened)
    return taken


def _taken_elsewhere(name: str, kind: Callable, taken: Accepted, place: Place) -> bool:
    """Whether an argument that a signature does not name may be right nevertheless."""
    if taken.open and not taken.deaf:
        return code.is_foreign(kind) or code.is_word(name, kind, place.scope)
    if not place.known and place.owner is not None and accepted(place.owner).open:
        return code.is_word(name, place.owner, place.scope)  # the owner may take it out before
    return name in code.popped(place.owner)


def _untyped(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
    yield from check_values(path, part, place.values_in(part))
    for name, value in part.items():
        if (name not in _OWN_KEYS or place.in_phase) and not place.foreign:
            yield from _unread(f'{path}.{name}', str(name), place)
        yield from check_parts(f'{path}.{name}', value, places.inside(place, name))


def _unread(where: str, name: str, place: Place) -> Iterator[Finding]:
    """A finding about a key that stands nowhere in the code, or not in that which reads its dict."""
    own = code.own_words(place.owner).union(*(code.own_words(each) for each in place.readers))
    known = fields.EVERY_PHASE if place.reads else fields.PHASE
    if name in (place.reads or own) or (place.in_phase and name in known):
        return
    if not code.is_word(name, place.owner, place.scope):
        # 'CoW' is a class of a data set, not 'cow'
        if place.reads or not place.is_data or get_close_matches(name, own, 1, _NEAR):
            yield Finding(FAIL, where, 'nothing reads this key', nearest(name, own, _NEAR))
        return
    yield from _unread_here(where, name, place)


def _unread_here(where: str, name: str, place: Place) -> Iterator[Finding]:
    """A finding about a key that other code reads, but not that which gets its dict."""
    if nearest(name, ['type'], _ALL_BUT_SAME):
        yield Finding(FAIL, where, 'nothing reads this key', "did you mean 'type'?")
    elif place.reads or place.in_phase:
        owner = getattr(place.owner, '__name__', 'nothing')
        known = place.reads or fields.PHASE
        yield Finding(WARN, where, f'{owner} does not read this key', suggestion(name, known))


def _misspelt(part: Mapping) -> str:
    near = get_close_matches('type', map(str, part), 1, 0.75)
    return f"{near[0]!r} should be 'type'" if near else ''
