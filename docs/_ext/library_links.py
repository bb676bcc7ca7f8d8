"""Links from our API pages to the documentation of the libraries that they name, without a network.

``libraries.yml`` says where what is described; it becomes the inventories that ``sphinx.ext.intersphinx``
reads.
Names that a room of ours offers from a module below are found where that module describes them.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import sphobjinv
import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

LIBRARIES = Path(__file__).with_name('libraries.yml')


def libraries() -> Mapping[str, Mapping[str, object]]:
    """What ``libraries.yml`` says: library -> its address, and role -> page -> names."""
    return yaml.safe_load(LIBRARIES.read_text(encoding='utf-8'))


def described(library: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Role, name and address of everything that is listed of a library."""
    for role, pages in library.items():
        if role != 'address':
            yield from (
                (role, name, page.format(name=name)) for page, names in pages.items() for name in names
            )


def names_of(name: str, role: str) -> set[str]:
    """A documented name, and the others of the same class or function: where it is defined, and on top."""
    value = pkgutil.resolve_name(name)
    known = getattr(value, '__qualname__', '')
    top = name.partition('.')[0]
    if not known or role == 'module':
        return {name}
    offered = getattr(pkgutil.resolve_name(top), known, None) is value
    return {name, f'{value.__module__}.{known}', *([f'{top}.{known}'] if offered else ())}


def inventory(name: str, library: Mapping[str, object]) -> sphobjinv.Inventory:
    """A library's inventory, as its own documentation would have it for these names."""
    made = sphobjinv.Inventory()
    made.project, made.version = name, ''
    for role, documented, page in described(library):
        prefix = 'module-' if role == 'module' else ''
        uri = f'{page}#{prefix}{documented}'
        for known in sorted(names_of(documented, role)):
            entry = {
                'name': known,
                'domain': 'py',
                'role': role,
                'priority': '1',
                'uri': uri,
                'dispname': '-',
            }
            made.objects.append(sphobjinv.DataObjStr(**entry))
    return made


def write_inventories(app: Sphinx, config: Config) -> None:
    """Write an inventory per library beside the doctrees, and name them to intersphinx."""
    folder = Path(app.doctreedir) / 'inventories'
    folder.mkdir(parents=True, exist_ok=True)
    for name, library in libraries().items():
        path = folder / f'{name}.inv'
        content = inventory(name, library).data_file()
        sphobjinv.writebytes(path, sphobjinv.compress(content))
        config.intersphinx_mapping[name] = (library['address'], str(path))


def at_home(
    app: Sphinx, env: BuildEnvironment, node: nodes.Element, shown: nodes.TextElement
) -> nodes.reference | None:
    """Resolve a name that a room of ours offers to where its own module describes it."""
    target = node.get('reftarget', '')
    if node.get('refdomain') != 'py':
        return None
    if not target.startswith('mmchan.'):
        target = f'{node.get("py:module")}.{target}'
    try:
        value = pkgutil.resolve_name(target)
    except (ImportError, AttributeError, ValueError):  # a name of nothing, or text that is no name
        return None
    home = f'{getattr(value, "__module__", "")}.{getattr(value, "__qualname__", "")}'
    return env.domains['py'].resolve_xref(env, node['refdoc'], app.builder, 'obj', home, node, shown)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx, before intersphinx looks at its mapping."""
    app.setup_extension('sphinx.ext.intersphinx')
    app.connect('config-inited', write_inventories, priority=500)
    app.connect('missing-reference', at_home)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
