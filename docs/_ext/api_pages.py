"""The API reference as pages: one per room of mmchan, with every public module of it and its members.

Tables of what a room offers, of its modules, and of the members of each stand in front of the descriptions.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType

from sphinx.application import Sphinx
from sphinx.ext.autodoc import Options

NO_API = ('mmchan.cli',)  # its commands are described by their own help, see docs/howto
FEW = 1  # members that need no table in front of them

MODULE = """## {short}

```{{eval-rst}}
.. automodule:: {name}
{options}```
"""
INDEX = """# API reference

One page per room, with all its public modules; `CONTRIBUTING.md` tells in which order they import each other.

```{{eval-rst}}
{rooms}
```

```{{toctree}}
:hidden:

{names}
```
"""


def pages() -> Mapping[str, str]:
    """All pages by name, the index among them."""
    rooms = ['mmchan', *(name for name, is_package in inside('mmchan') if is_package)]
    names = [room.rpartition('.')[2] for room in rooms]
    named = dict(zip(names, rooms, strict=True))
    rows = [(f':doc:`{room} <{name}>`', summary_of(room)) for name, room in named.items()]
    index = INDEX.format(rooms='\n'.join(table('room', rows)), names='\n'.join(names))
    return {'index': index, **{name: page(room) for name, room in named.items()}}


def page(room: str) -> str:
    """The page of a room; that of ``mmchan`` holds the modules outside all rooms."""
    outside = (name for name, is_package in inside(room) if not is_package)
    modules = list(outside if room == 'mmchan' else below(room))
    return '\n'.join([f'# {room}\n', opening(room, modules), *map(section, modules)])


def page_of(module: str) -> str:
    """The name of the page that describes a module."""
    first = '.'.join(module.split('.')[:2])
    is_room = hasattr(importlib.import_module(first), '__path__')
    return first.rpartition('.')[2] if is_room else 'mmchan'


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
    room = page_of(name)
    short = name.removeprefix('mmchan.').removeprefix(f'{room}.')
    return MODULE.format(name=name, short=short, options='   :no-members:\n' if is_package else '')


def opening(room: str, modules: Sequence[str]) -> str:
    """What a room says of itself, the names that it offers, and its modules."""
    module = importlib.import_module(room)
    lines = [f'.. automodule:: {room}', '   :no-members:', '', f'.. py:currentmodule:: {room}', '']
    offered = [name for name in getattr(module, '__all__', ()) if not name.startswith('_')]
    rows = [(reference(module, name), summary(getattr(module, name))) for name in offered]
    lines += table(f'from {room} import', rows)
    lines += table(
        'module', [(f':py:mod:`{name}`', summary(importlib.import_module(name))) for name in modules]
    )
    return '\n'.join(['```{eval-rst}', *lines, '```\n'])


def reference(module: ModuleType, name: str) -> str:
    """A link to the description of what a room offers, where the module that it is from describes it."""
    value = getattr(module, name)
    home = getattr(value, '__module__', '')
    return f':py:obj:`{name} <{home}.{value.__name__}>`' if home.startswith('mmchan.') else f'``{name}``'


def members(module: ModuleType) -> list[tuple[str, str]]:
    """The classes and functions that a module defines and describes, in order: link and summary of each."""
    found = [(name, value) for name, value in vars(module).items() if is_member(module, name, value)]
    return [(f':py:obj:`{name} <{module.__name__}.{name}>`', summary(value)) for name, value in found]


def is_member(module: ModuleType, name: str, value: object) -> bool:
    """Whether a public class or function is a module's own and has a docstring."""
    own = getattr(value, '__module__', None) == module.__name__ and not name.startswith('_')
    return own and (inspect.isclass(value) or inspect.isroutine(value)) and bool(inspect.getdoc(value))


def summary_of(module: str) -> str:
    """The first line of a module's docstring."""
    return summary(importlib.import_module(module))


def summary(value: object) -> str:
    """The first line of a docstring; of a module, what follows its own name."""
    if not (inspect.ismodule(value) or inspect.isclass(value) or inspect.isroutine(value)):
        return ''
    first = (inspect.getdoc(value) or '').partition('\n')[0]
    return first.removeprefix(f'{getattr(value, "__name__", "")}: ')


def table(heading: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """The lines of a table in reStructuredText: names, and what each is; nothing without rows."""
    cells = [cell for name, what in rows for cell in (f'   * - {name}', f'     - {what}')]
    options = ['   :header-rows: 1', '   :class: mm-words mm-members', '   :widths: auto', '']
    head = [f'   * - {heading}', '     - what it is']
    return ['.. list-table::', *options, *head, *cells, ''] if cells else []


def with_members(
    app: Sphinx, what: str, name: str, value: object, options: Options, lines: list[str]
) -> None:
    """Add, in place, the table of its members to a module's docstring."""
    rows = members(value) if what == 'module' and options.get('members') else []
    if len(rows) > FEW:
        lines += ['', *table('name', rows)]
