"""Words in raw HTML become messages of Sphinx's catalogues, like those of paragraphs.

A message is what stands between two tags of blocks, with the inline tags in it, or an attribute that people
read or hear. A directive that translates by itself gives its raw node ``translatable=False``.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.locale import init
from sphinx.transforms import SphinxTransform
from sphinx.util.i18n import docname_to_domain
from sphinx_design.shared import PassthroughTextElement

INLINE = ('a', 'b', 'br', 'code', 'em', 'i', 'small', 'strong', 'sub', 'sup')
BLOCK_TAG = re.compile(
    rf'(<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->|<(?!/?(?:{"|".join(INLINE)})\b)[^>]*>)',
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'((?<=\s)(?:alt|aria-label|placeholder|title)=")([^"]*)(?=")')
NO_WORDS = re.compile(r'`[^`]*`|<code\b.*?</code>|<[^>]*>|(?<=\])\([^)\s]*\)|https?://\S+')
WORD = re.compile(r"[A-Za-z][a-z]+(?:-[a-z]+)*(?:['\N{RIGHT SINGLE QUOTATION MARK}]s)?")
PROJECTS = ('mmchan', 'mmdet', 'mmpretrain', 'mmseg', 'pycls', 'timm', 'torchvision')
TITLES_ONLY = ('changelog',)
PUNCTUATION = '.,;:!?()[]"\'*_\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}'


def has_words(message: str) -> bool:
    """Whether there is something to translate: a word, not only numbers, code and names such as ReXNet."""
    words = (word.strip(PUNCTUATION) for word in NO_WORDS.sub(' ', message).split())
    return any(WORD.fullmatch(word) and word not in PROJECTS for word in words)


def translated(html: str, translate: Callable[[str], str]) -> str:
    """HTML with all its messages translated; the spaces around them stay."""
    return ''.join(_translated_pieces(html, translate))


def _translated_pieces(html: str, translate: Callable[[str], str]) -> Iterator[str]:
    for place, piece in enumerate(BLOCK_TAG.split(html)):
        if place % 2:  # the tag of a block
            yield ATTRIBUTE.sub(lambda found: found[1] + _replaced(found[2], translate), piece)
        else:
            yield _replaced(piece, translate)


def _replaced(text: str, translate: Callable[[str], str]) -> str:
    message = ' '.join(text.split())
    if not has_words(message):
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return before + translate(message) + after


def messages(html: str) -> list[str]:
    """All messages of HTML in their order."""
    found: list[str] = []
    translated(html, lambda message: found.append(message) or message)
    return found


class TranslatableHtml(nodes.raw, addnodes.translatable):
    """Raw HTML that tells Sphinx its messages; ``TranslateHtml`` puts the translations in."""

    def preserve_original_messages(self) -> None:
        """Keep what there is before translation."""
        self['messages'] = messages(self.astext())

    def extract_original_messages(self) -> Sequence[str]:
        """The messages as they were."""
        return self['messages']

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Nothing: Sphinx leaves out a node of which one message is translated by itself."""


class FindHtml(SphinxTransform):
    """Makes raw HTML and what directives say translatable, and leaves out what holds no words."""

    default_priority = 5  # before messages are preserved

    def apply(self, **_: object) -> None:
        """Replace raw nodes, and say of the others whether they are messages."""
        for node in list(self.document.findall(nodes.raw)):
            if 'html' in node['format'].split() and node.get('translatable', True) and _is_block(node):
                html = TranslatableHtml(node.rawsource, node.astext(), **node.attributes)
                html.source, html.line = node.source, node.line
                node.replace_self(html)
        for node in self.document.findall(nodes.TextElement):
            if not isinstance(node, nodes.Inline | nodes.raw):
                self.mark(node)

    def mark(self, node: nodes.TextElement) -> None:
        """Say whether an element is a message; Sphinx takes none without a source for one."""
        if isinstance(node, PassthroughTextElement) and all(isinstance(part, nodes.Text) for part in node):
            node.rawsource = node.astext()  # the title of a card
        if not _is_message(node, self.env.current_document.docname):
            node['translatable'] = False
        elif not node.source:  # made by a directive
            node.source, node.line = self.document['source'], 1


def _is_message(node: nodes.TextElement, page: str) -> bool:
    """Whether an element of a page is to be translated."""
    return has_words(node.rawsource) and (page not in TITLES_ONLY or isinstance(node, nodes.title))


def _is_block(node: nodes.raw) -> bool:
    """Whether HTML stands by itself; within a paragraph it belongs to the paragraph's message."""
    return not isinstance(node.parent, nodes.TextElement)


class TranslateHtml(SphinxTransform):
    """Translates raw HTML with the catalogue of its page."""

    default_priority = 25  # after everything else of the page

    def apply(self, **_: object) -> None:
        """Translate the nodes."""
        domain = docname_to_domain(self.env.current_document.docname, self.config.gettext_compact)
        folders = [self.env.srcdir / folder for folder in self.config.locale_dirs]
        catalogue, _has = init(folders, self.config.language, domain)
        for node in self.document.findall(TranslatableHtml):
            node[:] = [nodes.Text(translated(node.astext(), catalogue.gettext))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transforms."""
    app.add_node(TranslatableHtml)
    app.add_transform(FindHtml)
    app.add_transform(TranslateHtml)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
