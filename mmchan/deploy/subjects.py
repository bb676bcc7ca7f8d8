"""What can be measured, by the words that name it: variants, families, configs, exported files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mmchan.channels import families, find_variant, list_variants
from mmchan.channels.catalogue import canonical
from mmchan.errors import InputError, suggestion

VARIANT, CONFIG, FILE = 'variant', 'config', 'file'
FILE_SUFFIXES = ('.onnx', '.xml', '.pt2')


@dataclass(frozen=True)
class Subject:
    """A network to be measured.

    Attributes:
        name: A variant, or the path of a config or of an exported file, as it was given.
        kind: 'variant', 'config' or 'file'.
    """

    name: str
    kind: str


def find_subjects(words: Iterable[str]) -> list[Subject]:
    """The networks that words name, in their order, each once.

    Args:
        words: Variants, families, shell patterns of variants, paths of configs (.py) and of
            exported files (.onnx, .xml, .pt2).

    Raises:
        InputError: For a file that is not there, and for a word that names nothing, with the nearest name.
    """
    return list(dict.fromkeys(subject for word in words for subject in _named_by(word)))


def _named_by(word: str) -> list[Subject]:
    suffix = Path(word).suffix
    if suffix == '.py':
        return [Subject(word, CONFIG)]  # whether it is there and whole is asked where it is loaded
    if suffix in FILE_SUFFIXES:
        if not Path(word).is_file():
            raise InputError(f'there is no file {word!r}; mmchan export writes one')
        return [Subject(word, FILE)]
    return [Subject(name, VARIANT) for name in _variants(word)]


def _variants(word: str) -> list[str]:
    """The variants of a pattern, of a family, or the one of this name."""
    if set(word) & set('*?['):
        names = list_variants(word)
        if not names:
            near = suggestion(word.strip('*'), [*map(canonical, families()), *list_variants()])
            raise InputError(f'no variant matches {word!r}; {near} (mmchan list shows all)')
        return names
    family = {canonical(name): name for name in families()}.get(canonical(word))
    return list_variants(family=family) if family else [find_variant(word).name]
