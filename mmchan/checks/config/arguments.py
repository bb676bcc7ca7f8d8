"""Checks the arguments of a config's part against the signature of what its type names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mmchan.checks.config import code, places
from mmchan.checks.config.fields import check_values, nearest, shown
from mmchan.checks.config.places import Place
from mmchan.checks.config.registered import find_all
from mmchan.checks.config.signatures import Accepted, accepted
from mmchan.errors import suggestion
from mmchan.findings import FAIL, WARN, Finding

# keys that MMEngine itself takes out of a part
OWN_KEYS = ('type', '_scope_')
_ALL_BUT_SAME = 0.85  # a letter more or less


def check_arguments(path: str, part: Mapping, kind: Callable, place: Place) -> Iterator[Finding]:
    """Check the arguments that a part gives to a class or function.

    Args:
        path: The part's key.
        part: The part.
        kind: The class or function.
        place: What is known of the place where the part stands.
    """
    taken = _with_built(accepted(kind), part, place)
    called = getattr(kind, '__name__', str(part.get('type')))
    yield from check_values(path, part, place.fields)
    for name, value in part.items():
        if name not in OWN_KEYS and name not in place.extra:
            yield from _argument(f'{path}.{name}', name, value, kind=kind, taken=taken, place=place)
    for name in sorted(taken.required - part.keys()):
        if not place.gives(name):
            yield Finding(FAIL, path, f'{called} needs {name!r}, which is not set', f'set {path}.{name}')


def _argument(
    where: str, name: str, value: object, *, kind: Callable, taken: Accepted, place: Place
) -> Iterator[Finding]:
    called = getattr(kind, '__name__', 'it')
    if name not in taken.kinds:
        if not _taken_elsewhere(name, kind, taken, place):
            yield _not_taken(where, name, called, taken)
    elif _is_of_no_use(name, value, taken, place):
        yield Finding(FAIL, where, f'must be {taken.kinds[name]} for {called}, got {shown(value)}')


def _is_of_no_use(name: str, value: object, taken: Accepted, place: Place) -> bool:
    """Whether a value is of a wrong kind, and that is not said of it already."""
    kinds = taken.kinds[name]
    if name in place.fields and not place.fields[name].takes(value):
        return False
    if name.startswith('loss') and isinstance(value, list | tuple) and kinds.is_one_part:
        return True  # MMEngine makes a sequence of several parts, which takes one argument; losses take two
    return not kinds.take(value)


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
