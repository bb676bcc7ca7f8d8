"""Writes docs/api, docs/families and docs/models, which nobody writes by hand, before Sphinx looks for pages.

The folders hold nothing else and are ignored by git: a module, a room, a family, a variant or a folder of
configs that comes or goes takes its page along.
"""

from collections.abc import Mapping
from pathlib import Path

import api_pages
import family_pages
import model_pages
from site_files import write
from sphinx.application import Sphinx


def renew(folder: Path, pages: Mapping[str, str]) -> None:
    """Make a folder hold just these pages; those that stay as they are keep their time stamps."""
    folder.mkdir(exist_ok=True)
    for stale in {path.stem for path in folder.glob('*.md')} - set(pages):
        (folder / f'{stale}.md').unlink()
    for name, text in pages.items():
        path = folder / f'{name}.md'
        if not path.exists() or path.read_text(encoding='utf-8') != text:
            write(path, text)


def write_pages(app: Sphinx) -> None:
    """Write the folders."""
    source = Path(app.srcdir)
    renew(source / 'api', api_pages.pages())
    renew(source / 'families', family_pages.pages())
    renew(source / 'models', model_pages.pages())


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect('builder-inited', write_pages)
    app.connect('autodoc-process-docstring', api_pages.with_members)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
