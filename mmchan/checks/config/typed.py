<<<<<<< HEAD
"""Checks the parts of a config that name a ``type``, and what is in them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

=======
"""Parts of a config that may be missing or of the wrong kind: who reads them here gets nothing then."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache

<<<<<<<< HEAD:mmchan/checks/config/parts.py
from mmengine.config import Config
from mmengine.registry import Registry
========
>>>>>>> structure
from mmchan.checks.config import code, places
from mmchan.checks.config.fields import check_values, nearest, shown
from mmchan.checks.config.places import Place
from mmchan.checks.config.registered import find_all, library, names_in, own_roots
from mmchan.checks.config.signatures import Accepted, accepted
from mmchan.errors import suggestion
<<<<<<< HEAD
from mmchan.findings import FAIL, Finding

# keys that MMEngine itself takes out of a part
_OWN_KEYS = ('type', '_scope_')
_NEAR = 0.75
_NEAR_TYPE = 0.85  # one letter more or less


def check_parts(path: str, value: object, place: Place) -> Iterator[Finding]:
    """Check whatever stands at a place: a part, or dicts and lists of parts."""
    if not place.roots:
        return
    if isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from check_parts(f'{path}[{number}]', part, place)
    elif isinstance(value, Mapping) and ('type' in value or place.default or place.typed):
        yield from check_part(path, value, place)
    elif isinstance(value, Mapping):
        yield from _untyped(path, value, place)


def check_built(path: str, node: Mapping, parts: Mapping[str, Place], scope: str) -> Iterator[Finding]:
    """Check the parts that are built at fixed places of a dict without a type."""
    for name, place in parts.items():
        if isinstance(node.get(name), Mapping):
            yield from check_part(f'{path}.{name}', node[name], replace(place, scope=scope))


=======
from mmchan.findings import FAIL, WARN, Finding
>>>>>>>> structure:mmchan/checks/config/typed.py

MISSING = object()


def part(node: object, *path: str) -> Mapping:
    """The mapping at a path of keys; an empty one where there is none."""
    for key in path:
        node = node.get(key) if isinstance(node, Mapping | Config) else None
    return node if isinstance(node, Mapping) else {}


def whole(value: object) -> int | None:
    """A value that is an integer; None for all others."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


<<<<<<<< HEAD:mmchan/checks/config/parts.py
def listed(node: object, name: str) -> Iterator[tuple[str, Mapping]]:
    """The mappings of what may be one or a list of them, with their dotted keys.

    Args:
        node: Such a part of a config.
        name: Its key.
    """
    if isinstance(node, Mapping):
        yield name, node
    elif isinstance(node, list | tuple):
        for number, item in enumerate(node):
            if isinstance(item, Mapping):
                yield f'{name}[{number}]', item
========
>>>>>>> structure
def check_part(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
    """Check one part, which has to name its type where the place has no default."""
    if 'type' not in part and not place.default:
        yield Finding(FAIL, path, 'it has no type', _misspelt(part) or f'set {path}.type')
        return
    kind = part.get('type', place.default)
    if not isinstance(kind, str) and not callable(kind):
        yield Finding(FAIL, f'{path}.type', f'must be the name of a class, got {shown(kind)}')
        return
<<<<<<< HEAD
    place = replace(place, scope=part.get('_scope_') or place.scope)
=======
    scope = part.get('_scope_') or place.scope
    if not isinstance(scope, str):
        yield Finding(FAIL, f'{path}._scope_', f'must be the name of a library, got {shown(scope)}')
        return
    place = replace(place, scope=scope)
>>>>>>> structure
    classes = _classes(kind, place)
    if not classes:
        yield from _unknown(path, part, kind, place)
        return
    findings = [list(_arguments(path, part, each, place)) for each in classes]
    fewest = min(findings, key=len)
    yield from fewest
    chosen = classes[findings.index(fewest)]
    for name, value in part.items():
        if name not in _OWN_KEYS and name not in place.elsewhere:
<<<<<<< HEAD
            yield from check_parts(f'{path}.{name}', value, places.inside(place, name, chosen))


def _classes(kind: object, place: Place) -> list[Callable]:
    classes = find_all(kind, place.scope, place.roots)
    if classes or place.known:
        return classes
    return find_all(kind, place.scope, (*places.ALL, *own_roots(place.scope)))


def _unknown(path: str, part: Mapping, kind: str, place: Place) -> Iterator[Finding]:
    prefix, _, name = kind.rpartition('.')
    if prefix and library(prefix) is None:
        yield Finding(FAIL, f'{path}.type', f'the package {prefix!r} of {kind!r} is not installed')
        return
    # a name that stands in the code may be registered only where an optional package is installed
    package = prefix or place.scope
    if place.foreign or code.is_word(name, place.owner, package):
        misspelt = [key for key in part if not code.is_word(key, place.owner, package)]
        for key in misspelt:
            if code.near_word(key, package):
                yield Finding(FAIL, f'{path}.{key}', f'{kind} reads no such key')
        return
    names = names_in(package, place.roots)
    near = get_close_matches(name, names, 1, 0.5)
    remedy = f'did you mean {".".join(filter(None, [prefix, near[0]]))!r}?' if near else ''
    yield Finding(FAIL, f'{path}.type', f'there is no {kind!r}', remedy)


=======
            yield from check_parts(f'{path}.{name}', value, places.argument(place, name, chosen))
>>>>>>>> structure:mmchan/checks/config/typed.py


def scope_of(cfg: Mapping) -> str:
    """The scope whose names a config may leave without a prefix."""
    scope = cfg.get('default_scope')
    return scope if isinstance(scope, str) else 'mmengine'


def class_of(settings: Mapping, registry: Registry, scope: str) -> type | None:
    """The class that the ``type`` of a config's part names; None where it names none.

    Args:
        settings: The part.
        registry: MMEngine's registry of such parts.
        scope: The scope of names without a prefix; that of the part itself goes first.
    """
    kind = settings.get('type')
    if isinstance(kind, str):
        own = settings.get('_scope_')
        kind = _named(kind, registry, own if isinstance(own, str) else scope)
    return kind if isinstance(kind, type) else None


<<<<<<<< HEAD:mmchan/checks/config/parts.py
@cache
def _named(name: str, registry: Registry, scope: str) -> object:
    try:
        with registry.switch_scope_and_registry(scope) as inner:
            return inner.get(name)
    except (ImportError, RuntimeError):  # the latter for names that no registry may hold
        return None


def names_of(kind: type | None) -> set[str]:
    """Names of a class and of all that it is derived from."""
    return {base.__name__ for base in kind.__mro__} if kind else set()


@cache
def default_of(kind: type | None, name: str) -> object:
    """The default of an argument of a class, which may be one of a class that it is derived from.

    MISSING where it has none, or nobody names the argument.
    """
    for base in kind.__mro__ if kind else ():
        known = inspect.signature(base.__init__).parameters.get(name) if '__init__' in vars(base) else None
        if known is not None:
            return MISSING if known.default is known.empty else known.default
    return MISSING
========
>>>>>>> structure
def _arguments(path: str, part: Mapping, kind: Callable, place: Place) -> Iterator[Finding]:
    taken = _with_built(accepted(kind), part, place)
    called = getattr(kind, '__name__', str(part.get('type')))
    yield from check_values(path, part, place.fields)
    for name, value in part.items():
        if name in _OWN_KEYS or name in place.extra:
            continue
        if name not in taken.kinds:
            if not _taken_elsewhere(name, kind, taken, place):
<<<<<<< HEAD
                remedy = suggestion(name, taken.kinds) if taken.kinds else 'it takes none'
                yield Finding(FAIL, f'{path}.{name}', f'{called} takes no argument {name!r}', remedy)
        elif name not in place.fields and not taken.kinds[name].take(value):
            said = f'must be {taken.kinds[name]} for {called}, got {shown(value)}'
            yield Finding(FAIL, f'{path}.{name}', said)
    if place.known:
        for name in sorted(taken.required - part.keys() - place.given):
            yield Finding(FAIL, path, f'{called} needs {name!r}, which is not set', f'set {path}.{name}')


=======
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
        state = FAIL if nearest(name, taken.kinds, _NEAR) else WARN
        return Finding(state, where, f'{called} reads no argument {name!r}', remedy)
    return Finding(FAIL, where, f'{called} takes no argument {name!r}', remedy)


>>>>>>> structure
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
<<<<<<< HEAD
    if taken.open:
=======
    if taken.open and not taken.deaf:
>>>>>>> structure
        return code.is_foreign(kind) or code.is_word(name, kind, place.scope)
    if not place.known and place.owner is not None and accepted(place.owner).open:
        return code.is_word(name, place.owner, place.scope)  # the owner may take it out before
    return name in code.popped(place.owner)


def _untyped(path: str, part: Mapping, place: Place) -> Iterator[Finding]:
<<<<<<< HEAD
    for name, value in part.items():
        if name not in _OWN_KEYS and not place.foreign:
            yield from _unread(f'{path}.{name}', str(name), place)
        yield from check_parts(f'{path}.{name}', value, places.inside(place, name, place.owner))


def _unread(where: str, name: str, place: Place) -> Iterator[Finding]:
    """A finding about a key that stands nowhere in the code, or seems a misspelt 'type'."""
    own = code.own_words(place.owner)
    if code.is_word(name, place.owner, place.scope):
        if name not in own and nearest(name, ['type'], _NEAR_TYPE):
            yield Finding(FAIL, where, 'nothing reads this key', "did you mean 'type'?")
        return
    near = nearest(name, own, _NEAR)
    if near or not place.is_data:
        yield Finding(FAIL, where, 'nothing reads this key', near)
=======
    yield from check_values(path, part, place.values_in(part))
    for name, value in part.items():
        if name not in _OWN_KEYS and not place.foreign:
            yield from _unread(f'{path}.{name}', str(name), place)
        yield from check_parts(f'{path}.{name}', value, places.inside(place, name))


def _unread(where: str, name: str, place: Place) -> Iterator[Finding]:
    """A finding about a key that stands nowhere in the code, or not in that which reads its dict."""
    own = code.own_words(place.owner)
    if name in own:
        return
    if not code.is_word(name, place.owner, place.scope):
        near = nearest(name, own, _NEAR)
        if near or place.reads or not place.is_data:
            yield Finding(FAIL, where, 'nothing reads this key', near)
    elif nearest(name, ['type'], _NEAR_TYPE):
        yield Finding(FAIL, where, 'nothing reads this key', "did you mean 'type'?")
    elif place.reads:
        owner = getattr(place.owner, '__name__', 'nothing')
        yield Finding(WARN, where, f'{owner} does not read this key', suggestion(name, place.reads))
>>>>>>> structure


def _misspelt(part: Mapping) -> str:
    near = get_close_matches('type', map(str, part), 1, 0.75)
    return f"{near[0]!r} should be 'type'" if near else ''
<<<<<<< HEAD
=======
>>>>>>>> structure:mmchan/checks/config/typed.py
>>>>>>> structure
