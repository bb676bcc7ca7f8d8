"""Finds what the ``type`` of a config's part names, as MMEngine finds it."""

import functools
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from types import ModuleType

from mmengine.registry import Registry
from mmengine.utils import get_object_from_string


def find_all(kind: object, scope: str, roots: Sequence[Registry]) -> list[Callable]:
    """Everything that a type may name.

    Args:
        kind: The type: a name, with or without scope, or a class or function.
        scope: The scope of the part.
        roots: The registries at the roots of their trees, the likeliest first.
    """
    if not isinstance(kind, str):
        return [kind] if callable(kind) else []
    found = [_find(kind, scope, root) for root in roots]
    return list(dict.fromkeys(entry for entry in found if entry is not None)) or _imported(kind)


def _find(name: str, scope: str, root: Registry) -> Callable | None:
    prefix, _, rest = name.rpartition('.')
    registry = in_scope(root, prefix or scope)
    if registry is None or (prefix and registry.scope != prefix):
        return None
    registry.import_from_location()
    holders = (each.module_dict for each in _upwards(registry, prefix))
    return next((holder[rest] for holder in holders if rest in holder), None)


def _upwards(registry: Registry, prefix: str) -> Iterator[Registry]:
    """A registry and its parents, which hold what has no prefix too."""
    yield registry
    while registry.parent is not None and not prefix:
        registry = registry.parent
        yield registry


@functools.cache
def in_scope(root: Registry, scope: str) -> Registry | None:
    """The registry of a scope below a root, the root where the scope has none; None for no such package."""
    if scope == root.scope:
        return root
    if library(scope) is None:
        return None
    return root.children.get(scope, root)


@functools.cache
def library(scope: str) -> ModuleType | None:
    """The module that holds a library's registries; None where the library is not installed."""
    if not scope.isidentifier():
        return None
    try:
        return import_module(f'{scope}.registry')
    except ImportError:
        return None


@functools.cache
def own_roots(scope: str) -> tuple[Registry, ...]:
    """The registries of a library that have no parent in MMEngine, such as mmpretrain's tokenizers."""
    found = vars(library(scope) or ModuleType('none')).values()
    return tuple(each for each in found if isinstance(each, Registry) and each.parent is None)


def _imported(name: str) -> list[Callable]:
    """What a full name such as 'torch.nn.Linear' stands for."""
    package, *rest = name.split('.')
    if not rest or not all(part.isidentifier() for part in (package, *rest)) or library(package) is not None:
        return []
    found = get_object_from_string(name)
    return [found] if callable(found) else []


def names_in(scope: str, roots: Sequence[Registry], *, parents: bool = True) -> set[str]:
    """The names that a type may have in a scope, those of its parents included or not."""
    registries = [registry for root in roots if (registry := in_scope(root, scope)) is not None]
    for registry in registries:
        registry.import_from_location()
    prefix = '' if parents else scope
    return {
        name for registry in registries for each in _upwards(registry, prefix) for name in each.module_dict
    }
