"""Words that scripts and directives say in the page's language, from the catalogue ``scripts.po``.

English stands where it is used: ``mmchan.text('{0} of {1} rows', …)`` in scripts; here
``text = words.speaker(app.config.language)`` and ``text('{0} networks', …)``. What was asked of a speaker is
remembered, so that records of families and of the zoo need not be searched for words.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
ENGLISH = 'en'
SAID = 'words.json'  # in the folder of the doctrees: what directives said in a build
PLACE = re.compile(r'\{(\d)\}')
_said: dict[str, None] = {}  # in the order in which they were asked for


def catalogue(language: str, domain: str) -> Catalog:
    """A catalogue as it is in the repository; an empty one where there is none."""
    path = DOCS / 'locale' / language / 'LC_MESSAGES' / f'{domain}.po'
    if not path.exists():
        return Catalog()
    with path.open('rb') as file:
        return read_po(file)


def in_force(messages: Catalog) -> Iterator[Message]:
    """The messages of a catalogue that have a translation which nobody has to look at."""
    return (one for one in messages if one.id and one.string and not one.fuzzy)


def translations(language: str, domain: str) -> dict[str, str]:
    """The messages of a catalogue with their translations in force."""
    return {one.id: one.string for one in in_force(catalogue(language, domain))}


@cache
def speaker(language: str) -> Callable[..., str]:
    """``text('{0} of {1}', 3, 90)`` in a language: what ``mmchan.text`` is in scripts."""
    table = {} if language == ENGLISH else translations(language, 'scripts')

    def text(words: str, *values: object) -> str:
        _said[words] = None
        return PLACE.sub(lambda place: str(values[int(place[1])]), table.get(words, words))

    return text


def spoken_by_scripts() -> Iterator[str]:
    """All words that the pages' scripts hand to ``text``, file by file."""
    for path in sorted(DOCS.glob('_static/js/*.js')):
        for _, message, *_ in extract_from_file('javascript', path, keywords={'text': None}):
            yield message


def keep_said(app: Sphinx, error: Exception | None) -> None:
    """Write down what directives said, for who gathers or checks translations."""
    if error is None:
        (Path(app.doctreedir) / SAID).write_text(json.dumps([*_said], ensure_ascii=False), encoding='utf-8')


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect('build-finished', keep_said)
    return {'parallel_read_safe': False, 'parallel_write_safe': True}
