"""The API reference as pages: one per room of mmchan, with every public module of it and its members."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

NO_API = ('mmchan.cli',)  # its commands are described by their own help, see docs/howto

MODULE = """## {name}

```{{eval-rst}}
.. automodule:: {name}
{options}```
"""
INDEX = """# API reference

One page per room, with all its public modules; `CONTRIBUTING.md` tells in which order they import each other.

{lines}

```{{toctree}}
:hidden:

{names}
```
"""


def pages() -> Mapping[str, str]:
    """All pages by name, the index among them."""
    rooms = ['mmchan', *(name for name, is_package in inside('mmchan') if is_package)]
    names = [room.rpartition('.')[2] for room in rooms]
    lines = [f'- [{room}]({name}.md): {summary(room)}' for room, name in zip(rooms, names, strict=True)]
    index = INDEX.format(lines='\n'.join(lines), names='\n'.join(names))
    return {'index': index, **dict(zip(names, map(page, rooms), strict=True))}


def page(room: str) -> str:
    """The page of a room; that of ``mmchan`` holds the modules outside all rooms."""
    outside = (name for name, is_package in inside(room) if not is_package)
    modules = outside if room == 'mmchan' else below(room)
    return '\n'.join([f'# {room}\n\n{described(room)}', *map(section, modules)])


def inside(package: str) -> Iterator[tuple[str, bool]]:
    """The public modules and packages right inside a package, with whether they are packages."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        name = f'{package}.{module.name}'
        if not module.name.startswith('_') and name not in NO_API:
            yield name, module.ispkg


def below(package: str) -> Iterator[str]:
    """The public modules and packages below a package, in order."""
    for name, is_package in inside(package):
        yield name
        if is_package:
            yield from below(name)


def section(name: str) -> str:
    """A module with its members, or a package inside a room with what it says of itself."""
    is_package = hasattr(importlib.import_module(name), '__path__')
    return MODULE.format(name=name, options='   :no-members:\n' if is_package else '')


def described(room: str) -> str:
    """What a room says of itself, and the names that it offers, each with a link to its description."""
    module = importlib.import_module(room)
    lines = [f'.. automodule:: {room}', '   :no-members:']
    offered = [reference(module, name) for name in getattr(module, '__all__', ()) if not name.startswith('_')]
    if offered:
        lines += ['', f'``from {room} import`` {", ".join(offered)}']
    return '\n'.join(['```{eval-rst}', *lines, '```\n'])


def reference(module: ModuleType, name: str) -> str:
    """A link to the description of what a room offers, where the module that it is from describes it."""
    value = getattr(module, name)
    home = getattr(value, '__module__', '')
    return f':py:obj:`{name} <{home}.{value.__name__}>`' if home.startswith('mmchan.') else f'``{name}``'


def summary(room: str) -> str:
    """The first line of a room's docstring."""
    return importlib.import_module(room).__doc__.partition('\n')[0].removeprefix(f'{room}: ')
