"""Brings the catalogues of docs/locale up to date with the English text; `make translations` calls it.

Sphinx gathers the messages of the pages, sphinx-intl merges all into the catalogues: what was translated
stays, what changed is marked as fuzzy, which is out of force until somebody looks at it.
"""

import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / '_ext'))

from babel.messages import Catalog, Message  # noqa: E402
from babel.messages.pofile import write_po  # noqa: E402
from catalogues import faults, fill_alike, gathered, of_readme, of_scripts, readme_in  # noqa: E402
from words import catalogue, in_force  # noqa: E402

LANGUAGE = 'zh_CN'
TEMPLATES = DOCS.parent / 'build' / 'gettext'
DOCTREES = TEMPLATES / '.doctrees'
WIDTH = 110
HEADER = '# The English text is the source; see docs/locale/README.md.'
WRITTEN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def write_template(domain: str, messages: list[str]) -> None:
    """Write messages that Sphinx does not know beside those that it found."""
    template = Catalog(project='mmchan')
    for message in messages:
        template.add(message)
    with (TEMPLATES / f'{domain}.pot').open('wb') as file:
        write_po(file, template, width=WIDTH)


def python(*arguments: str) -> None:
    """Run a module of Python."""
    subprocess.run([sys.executable, '-m', *arguments], check=True)  # noqa: S603 - of this Python


def fill(path: Path, known: list[Message]) -> None:
    """Translate what is like something translated, and drop what nobody says any more."""
    messages = catalogue(LANGUAGE, path.stem)
    fill_alike(messages, [*in_force(messages), *known])
    messages.obsolete.clear()
    messages.header_comment, messages.fuzzy = HEADER, False
    messages.project, messages.version = 'mmchan', ''
    messages.creation_date = messages.revision_date = WRITTEN  # git knows when
    messages.last_translator, messages.language_team = 'the mmchan authors', 'the mmchan authors'
    with path.open('wb') as file:
        write_po(file, messages, width=WIDTH)


def fill_all() -> None:
    """Do so in all catalogues, each from all of them."""
    paths = sorted((DOCS / 'locale' / LANGUAGE / 'LC_MESSAGES').glob('*.po'))
    known = [one for path in paths for one in in_force(catalogue(LANGUAGE, path.stem))]
    for path in paths:
        fill(path, known)


def update() -> None:
    """Gather, merge, and write the README in the other language."""
    python('sphinx', '-q', '-E', '-b', 'gettext', str(DOCS), str(TEMPLATES))
    write_template('scripts', of_scripts(DOCTREES))
    write_template('README', of_readme())
    python('sphinx_intl', 'update', '-p', str(TEMPLATES), '-d', str(DOCS / 'locale'), '-l', LANGUAGE)
    fill_all()
    readme = DOCS.parent / f'README_{LANGUAGE.replace("_", "-")}.md'
    readme.write_text(readme_in(LANGUAGE), encoding='utf-8')


if __name__ == '__main__':
    update()
    found = [*faults(gathered(DOCTREES), LANGUAGE)]
    sys.stdout.write('\n'.join([*found, f'{len(found)} messages to look at in docs/locale/{LANGUAGE}\n']))
