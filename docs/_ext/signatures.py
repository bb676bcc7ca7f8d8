"""What autodoc says of signatures and docstrings, as our readers should see it.

- ``ArrayLike`` is a long union of NumPy's private classes; it is shown by its name.
- A default that is made anew for each object has no text in Python; it is shown as ``...``.
- What a function returns, or a property is, is described in words, which may hold a colon; the types stand in
  the signatures.
- A list of parameters is lines, not a list of definitions without terms.
- A class says what it extends, where that is more than ``object``.
"""

from docutils import nodes
from numpy.typing import ArrayLike
from sphinx.application import Sphinx
from sphinx.ext.autodoc import Options
from sphinx.ext.napoleon.docstring import GoogleDocstring
from sphinx.util.typing import restify, stringify_annotation
from sphinx.writers.html5 import HTML5Translator

NAMED = {
    stringify_annotation(ArrayLike, mode): name
    for mode, name in (
        ('smart', '~numpy.typing.ArrayLike'),
        ('fully-qualified-except-typing', 'numpy.typing.ArrayLike'),
    )
}


BEGIN, END = HTML5Translator.visit_desc_signature, HTML5Translator.depart_desc_signature
SPANS = {
    '<dl>': '<span class="mm-parameters">',
    '<dd>': '<span class="mm-parameter">',
    '</dl>': '</span>',
    '</dd>': '</span>',
}


def named(
    app: Sphinx, what: str, name: str, value: object, options: Options, signature: str, returned: str
) -> tuple[str, str]:
    """A signature with unions by the names that they have in the source."""
    for union, known in NAMED.items():
        signature = signature and signature.replace(union, known)
        returned = returned and returned.replace(union, known)
    return signature and signature.replace('<factory>', '...'), returned


def returned_in_words(docstring: GoogleDocstring, preprocess_types: bool = False) -> list[tuple]:
    """The section of what is returned, all of it description."""
    lines = docstring._dedent(docstring._consume_to_next_section())
    return [('', '', docstring.__class__(lines, docstring._config).lines())] if lines else []


def described_in_words(docstring: GoogleDocstring) -> tuple[str, list[str]]:
    """The docstring of an attribute or a property, all of it description."""
    lines = docstring._dedent(docstring._consume_to_end())
    return '', docstring.__class__(lines, docstring._config).lines()


def with_bases(app: Sphinx, what: str, name: str, value: object, options: Options, lines: list[str]) -> None:
    """Say, in place, what a class extends."""
    if what == 'class' and isinstance(value, type):
        bases = [restify(base, mode='smart') for base in value.__bases__ if base is not object]
        lines[:0] = [f'Bases: {", ".join(bases)}', ''] if bases else []
        for union, known in NAMED.items():  # in the types of attributes
            lines[:] = [line.replace(union, known) for line in lines]


def begin_signature(translator: HTML5Translator, node: nodes.Element) -> None:
    """Remember where a signature begins."""
    translator.mm_signature = len(translator.body)
    BEGIN(translator, node)


def end_signature(translator: HTML5Translator, node: nodes.Element) -> None:
    """Make lines of the list of parameters: it has no terms, so that screen readers would call it broken."""
    END(translator, node)
    begin = translator.mm_signature
    for tag, span in SPANS.items():
        translator.body[begin:] = [part.replace(tag, span) for part in translator.body[begin:]]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to autodoc and napoleon."""
    GoogleDocstring._consume_returns_section = returned_in_words
    GoogleDocstring._consume_inline_attribute = described_in_words
    HTML5Translator.visit_desc_signature = begin_signature
    HTML5Translator.depart_desc_signature = end_signature
    app.connect('autodoc-process-signature', named)
    app.connect('autodoc-process-docstring', with_bases)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
