"""Parts of a config that may be missing or of the wrong kind: who reads them here gets nothing then."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from mmengine.config import Config

if TYPE_CHECKING:  # importing it imports torch, and most configs are only read
    from mmengine.registry import Registry


MISSING = object()


def part(node: object, *path: str) -> Mapping:
    """The mapping at a path of keys; an empty one where there is none."""
    for key in path:
        node = node.get(key) if isinstance(node, Mapping | Config) else None
    return node if isinstance(node, Mapping) else {}


def whole(value: object) -> int | None:
    """A value that is an integer; None for all others."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def sequence(value: object) -> list:
    """The items of a list or a tuple; none for all others."""
    return list(value) if isinstance(value, list | tuple) else []


def without(settings: Mapping, *names: str) -> dict:
    """A part of a config as a new dict, without some of its settings."""
    return {name: value for name, value in settings.items() if name not in names}


def listed(node: object, name: str) -> Iterator[tuple[str, Mapping]]:
    """The mappings of what may be one or a list of them, with their dotted keys.

    Args:
        node: Such a part of a config.
        name: Its key.
    """
    if isinstance(node, Mapping):
        yield name, node
    for number, item in enumerate(sequence(node)):
        if isinstance(item, Mapping):
            yield f'{name}[{number}]', item


def preprocessor_of(cfg: Mapping) -> tuple[str, Mapping]:
    """Key and settings of what prepares images for the model: the model's own, else the config's."""
    own = part(cfg, 'model', 'data_preprocessor')
    return ('model.data_preprocessor', own) if own else ('data_preprocessor', part(cfg, 'data_preprocessor'))


def scope_of(cfg: Mapping) -> str:
    """The scope whose names a config may leave without a prefix."""
    scope = cfg.get('default_scope')
    return scope if isinstance(scope, str) and scope else 'mmengine'


def class_of(settings: Mapping, registry: 'Registry', scope: str) -> type | None:
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


@cache
def _named(name: str, registry: 'Registry', scope: str) -> object:
    try:
        with registry.switch_scope_and_registry(scope) as inner:
            return inner.get(name)
    except (ImportError, RuntimeError):  # the latter for names that no registry may hold
        return None


def names_of(kind: type | None) -> set[str]:
    """Names of a class and of all that it is derived from."""
    return {base.__name__ for base in inspect.getmro(kind)} if kind else set()


@cache
def default_of(kind: type | None, name: str) -> object:
    """The default of an argument of a class, which may be one of a class that it is derived from.

    MISSING where it has none, or nobody names the argument.
    """
    own = (vars(base).get('__init__') for base in inspect.getmro(kind or object))
    for method in filter(inspect.isfunction, own):
        known = inspect.signature(method).parameters.get(name)
        if known is not None:
            return MISSING if known.default is known.empty else known.default
    return MISSING
