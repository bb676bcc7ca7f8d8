"""The links ``[source]`` of the API pages, and the pages with the source of a module that they lead to.

``sphinx.ext.viewcode`` puts the theme's whole frame around each page. Of 350 modules, that takes as long
as all other pages together.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import api_pages
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from site_files import write
from sphinx.application import Sphinx
from sphinx.errors import PycodeError
from sphinx.pycode import ModuleAnalyzer

FOLDER = 'source'
FORMATTER = HtmlFormatter(linenos='inline', lineanchors='L', anchorlinenos=True, wrapcode=True)
PAGE = """<!doctype html>
<html lang="en" data-theme="light">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}: source</title>
<script>
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = localStorage.getItem('theme') || (dark ? 'dark' : 'light');
</script>
<link rel="stylesheet" href="../_static/pygments.css">
<link rel="stylesheet" href="../_static/css/source.css">
<main>
<p><a href="../api/{page}.html#module-{name}">Description of {name}</a></p>
<h1>{name}</h1>
{code}
</main>
</html>
"""


def resolve(domain: str, info: Mapping[str, str]) -> str | None:
    """The address of what a page in docs/api describes, seen from there."""
    if domain != 'py' or not info['module'].startswith('mmchan'):
        return None
    try:
        tags = ModuleAnalyzer.for_module(info['module']).find_tags()
    except PycodeError:
        return None
    tag = tags.get(info['fullname'])
    return f'../{FOLDER}/{info["module"]}.html#L-{tag[1]}' if tag else None


def write_sources(app: Sphinx, exception: Exception | None) -> None:
    """Write the pages of all modules whose source is newer."""
    if exception is None and app.builder.name == 'html':
        for name in ('mmchan', *api_pages.below('mmchan')):
            source = Path(sys.modules[name].__file__)
            page = Path(app.outdir, FOLDER, f'{name}.html')
            if not page.exists() or page.stat().st_mtime < source.stat().st_mtime:
                page.parent.mkdir(exist_ok=True)
                write(page, source_page(name, source))


def source_page(name: str, source: Path) -> str:
    """The source of a module as a page."""
    code = highlight(source.read_text(encoding='utf-8'), PythonLexer(), FORMATTER)
    return PAGE.format(name=name, page=api_pages.page_of(name), code=code)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.setup_extension('sphinx.ext.linkcode')
    app.connect('build-finished', write_sources)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
