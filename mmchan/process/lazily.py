"""Names of a package that are imported from its modules when somebody asks for them."""

import importlib
import sys
from collections.abc import Callable, Mapping


def lazily(
    package: str, places: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: Its ``__name__``.
        places: Name -> the module that it is imported from, ``module:name`` where it has another name there.
    """

    def get(name: str) -> object:
        if name not in places:
            raise AttributeError(f'module {package!r} has no attribute {name!r}')
        module, _, there = places[name].partition(':')
        found = getattr(importlib.import_module(module), there or name)
        vars(sys.modules[package])[name] = found
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *places})

    return get, names
