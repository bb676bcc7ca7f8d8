"""The messages of the site and of the README, from a build's doctrees, and what a catalogue lacks."""

import json
import pickle
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages import Catalog, Message
from html_words import has_words, translated
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages
from words import DOCS, SAID, catalogue, spoken_by_scripts, translations

README = DOCS.parent / 'README.md'
BLOCK = re.compile(r'(^```.*?^```$|\n{2,}|\n(?=\||- ))', re.MULTILINE | re.DOTALL)  # rows and items apart
# addresses, lists of numbers, and whatever has a digit in it: 41.2, 3x3, regnetx-400mf, a path of a config
NUMBER = re.compile(r'https?://[^\s)">]+|\d+(?:, \d+)+|[\w./-]*\d(?:[\w./-]*\w)?', re.ASCII)
PLACE = '\0'  # of a number in what all messages that are alike have in common
SHOWN = 100  # characters of a message in a list of faults
Messages = Mapping[str, Iterable[str]]


def of_doctrees(folder: Path) -> dict[str, list[str]]:
    """The messages of all pages by catalogue, as Sphinx's own builder of catalogues finds them."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted(folder.glob('**/*.doctree')):
        page = path.relative_to(folder).with_suffix('').as_posix()
        if page.startswith('api/') and page != 'api/index':
            continue
        with path.open('rb') as file:
            messages = (message for _, message in extract_messages(pickle.load(file)))  # noqa: S301 (we wrote it)
        found.setdefault(docname_to_domain(page, True), {}).update(dict.fromkeys(messages))
    return {domain: [*messages] for domain, messages in found.items()}


def of_scripts(folder: Path) -> list[str]:
    """What scripts and directives said in the build whose doctrees are in a folder."""
    said = json.loads((folder / SAID).read_text(encoding='utf-8'))
    return [*dict.fromkeys([*spoken_by_scripts(), *said])]


def of_readme() -> list[str]:
    """The paragraphs, items, rows of tables and words in HTML of the README."""
    found: list[str] = []
    readme_by(lambda message: found.append(message) or message)
    return found


def readme_by(translate: Callable[[str], str]) -> str:
    """The README with every message translated; code stays, HTML is translated piece by piece."""
    blocks = BLOCK.split(README.read_text(encoding='utf-8'))
    return ''.join(block_by(block, translate) for block in blocks)


def block_by(block: str, translate: Callable[[str], str]) -> str:
    """A block of the README translated."""
    if block.startswith('```'):
        return block
    if block.startswith('<'):
        return translated(block, translate)
    text = block.strip()
    return block.replace(text, translate(text)) if has_words(text) else block


def gathered(folder: Path) -> dict[str, list[str]]:
    """All messages by catalogue, from the doctrees of the English site."""
    return {**of_doctrees(folder), 'scripts': of_scripts(folder), 'README': of_readme()}


def readme_in(language: str) -> str:
    """The README in another language."""
    table = translations(language, 'README')
    return readme_by(lambda message: table.get(message, message))


def faults(messages: Messages, language: str) -> Iterator[str]:
    """What is missing in the catalogues of a language, and what is outdated, a line each."""
    for domain, wanted in messages.items():
        found = {one.id: one for one in catalogue(language, domain) if one.id}
        for message in wanted:
            if message not in found or not found[message].string:
                yield f'{domain}.po: missing: {message[:SHOWN]}'
            elif found[message].fuzzy:
                yield f'{domain}.po: outdated: {message[:SHOWN]}'
        for message in found.keys() - set(wanted):
            yield f'{domain}.po: said no more: {message[:SHOWN]}'


def fill_alike(messages: Catalog, known: Iterable[Message]) -> None:
    """Translate what differs from something translated only in its numbers and addresses, or in nothing.

    Args:
        messages: A catalogue, changed.
        known: Messages with their translations; of several that are alike the first counts.
    """
    patterns: dict[str, Message] = {}
    for one in known:
        patterns.setdefault(NUMBER.sub(PLACE, one.id), one)
    for one in messages:
        like = patterns.get(NUMBER.sub(PLACE, one.id or ''))
        if like is not None and (not one.string or one.fuzzy):
            string = renumbered(like.string, NUMBER.findall(like.id), NUMBER.findall(one.id))
            if string is not None:
                one.string = string
                one.flags.discard('fuzzy')


def renumbered(text: str, old: list[str], new: list[str]) -> str | None:
    """A text with other numbers and addresses; None where it does not say which goes where."""
    table = dict(zip(old, new, strict=True))
    if len(set(old)) < len(old) and any(table[one] != other for one, other in zip(old, new, strict=True)):
        return None
    if not set(NUMBER.findall(text)) <= set(old):
        return None
    return NUMBER.sub(lambda found: table[found.group()], text)
