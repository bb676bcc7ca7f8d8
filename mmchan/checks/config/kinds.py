"""Kinds of values: what an argument may be, as its annotation and its default say."""

import collections.abc
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from torch import nn

from mmchan.channels import NetPlan

BOOL, INT, FLOAT, STR, LIST, DICT, NONE = 'bool', 'int', 'float', 'str', 'list', 'dict', 'None'
_WORDS = {
    BOOL: 'a bool',
    INT: 'an integer',
    FLOAT: 'a number',
    STR: 'a string',
    LIST: 'a list',
    DICT: 'a dict',
    NONE: 'None',
}
_PLAIN: dict[object, frozenset[str]] = {
    bool: frozenset({BOOL}),
    int: frozenset({INT}),
    float: frozenset({FLOAT, INT}),
    str: frozenset({STR}),
    list: frozenset({LIST}),
    tuple: frozenset({LIST}),
    dict: frozenset({DICT}),
    type(None): frozenset({NONE}),
    None: frozenset({NONE}),
    collections.abc.Sequence: frozenset({LIST}),
    collections.abc.Iterable: frozenset({LIST}),
    collections.abc.Mapping: frozenset({DICT}),
}
_BY_WORD = {
    **{getattr(each, '__name__', 'None'): kinds for each, kinds in _PLAIN.items()},
    'Number': frozenset({INT, FLOAT}),
    'Real': frozenset({INT, FLOAT}),
    'ConfigDict': frozenset({DICT}),
    'Dict': frozenset({DICT}),
    'Iterable': frozenset({LIST}),
    'Optional': frozenset({NONE}),
    'optional': frozenset({NONE}),
    'List': frozenset({LIST}),
    'Sequence': frozenset({LIST}),
    'Tuple': frozenset({LIST}),
    'string': frozenset({STR}),
}
# 'depth (int): ', with brackets inside
_DOCUMENTED = re.compile(r'^\s*(\w+) ?\(((?:[^()]|\([^()]*\))*)\):', re.MULTILINE)
_INSIDE = re.compile(r'(?<!Union)(?<!Optional)\[[^\[\]]*\]')
_WORD = re.compile(r'[A-Za-z]\w*')
_FILLING = frozenset({'or', 'of', 'and', 'Union', 'obj', 'class'})
_CHANNELS = (3, 4)
_ALSO_ITEMS = {STR: {DICT}, FLOAT: {LIST}}  # a part for its name, one list for each level of a network
# What an argument without an annotation takes, by the kind of its default; others take anything.
_BY_DEFAULT = {
    BOOL: frozenset({BOOL, INT, NONE}),
    INT: frozenset({INT, FLOAT, BOOL, LIST, NONE}),
    FLOAT: frozenset({INT, FLOAT, LIST, NONE}),
    DICT: frozenset({DICT, LIST, NONE}),
}


@dataclass(frozen=True)
class Kinds:
    """What a value may be.

    Attributes:
        allowed: Names of kinds; None allows anything.
        guessed: Whether no annotation says it.
        default: The kind of the default; '' where there is none.
        items: Names of the kinds of a list's items; None allows any.
    """

    allowed: frozenset[str] | None = None
    guessed: bool = False
    default: str = ''
    items: frozenset[str] | None = None

    def take(self, value: object) -> bool:
        """Whether a value is of one of the kinds."""
        kind = kind_of(value)
        if self.allowed is None or kind is None:
            return True
        if kind in self.allowed:
            return kind != LIST or all(Kinds(self.items).take(item) for item in value)
        # whatever is annotated, a number need not be whole, and a part may be left out
        if kind == LIST:
            return self._take_several(value)
        return (kind == FLOAT and INT in self.allowed) or (kind == NONE and DICT in self.allowed)

    def _take_several(self, values: Sequence) -> bool:
        """Whether a list is as good as one: of parts it becomes a sequence, of numbers one per channel."""
        if DICT in self.allowed:
            return all(isinstance(part, Mapping) and 'type' in part for part in values)
        numbers = all(kind_of(part) in (INT, FLOAT) for part in values)
        return FLOAT in self.allowed and numbers and len(values) in _CHANNELS

    @property
    def is_one_part(self) -> bool:
        """Whether it is said to be a dict, and no list."""
        return (
            self.allowed is not None
            and not self.guessed
            and DICT in self.allowed
            and LIST not in self.allowed
        )

    def or_of(self, other: 'Kinds') -> 'Kinds':
        """What either allows; a guess says nothing, nor does what allows anything.

        None in place of a name or a path is for the base to understand, not for who has other words for it.
        """
        if other.allowed is None or other.guessed or (self.allowed is None and not self.guessed):
            return self
        if self.guessed:
            return Kinds(other.allowed | ({self.default} if self.default else set()))
        both = LIST in self.allowed and LIST in other.allowed
        items = _either(self.items, other.items) if both else self.items or other.items
        more = other.allowed - {NONE} if self.allowed == {STR} else other.allowed
        return replace(self, allowed=self.allowed | more, items=items)

    def or_documented(self, documented: 'Kinds') -> 'Kinds':
        """What a docstring says, in place of a guess."""
        if not self.guessed or documented.allowed is None:
            return self
        default = {self.default} if self.default else set()
        numbers = {INT, FLOAT} if LIST in documented.allowed else set()  # one for all
        return Kinds(documented.allowed | default | numbers)

    def or_tested(self, words: Iterable[str]) -> 'Kinds':
        """What is allowed with the plain kinds that some code asks for by name."""
        if self.allowed is None:
            return self
        return replace(self, allowed=self.allowed.union(*(_BY_WORD.get(word, ()) for word in words)))

    def __str__(self) -> str:
        names = [name for name in _WORDS if name in (self.allowed or ())]
        if FLOAT in names:
            names.remove(INT)
        words = {
            **_WORDS,
            LIST: 'a list' if self.items is None else f'a list, of which each is {Kinds(self.items)}',
        }
        return ' or '.join(words[name] for name in names) or 'anything'


ANY = Kinds()


def _either(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other


def kind_of(value: object) -> str | None:
    """The kind of a value in a config; None for all that is not plain, such as a class."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, Mapping):
        return DICT
    kinds = ((int, INT), (float, FLOAT), (str, STR), (list | tuple, LIST))
    return next((kind for type_, kind in kinds if isinstance(value, type_)), None)


def kinds_of(function: Callable, parameters: Iterable[inspect.Parameter]) -> dict[str, Kinds]:
    """The kinds that the parameters of a function take."""
    namespace = getattr(inspect.unwrap(function), '__globals__', {})
    return {each.name: _kinds(each, namespace) for each in parameters}


def documented_kinds(docstring: str | None) -> dict[str, Kinds]:
    """The kinds that a docstring gives its arguments, in the form ``depth (int): ...`` of OpenMMLab.

    >>> documented_kinds('depth (int | None): Depth of the network.')['depth']
    Kinds(allowed=frozenset({'None', 'int'}))
    """
    entries = _DOCUMENTED.findall(docstring or '')
    return {name: kinds for name, text in entries if (kinds := _kinds_in(text)).allowed}


def _kinds_in(text: str) -> Kinds:
    """Kinds by their words; anything where a word is none of them."""
    outer = _INSIDE.sub('', _INSIDE.sub('', text))
    words = [word for word in _WORD.findall(outer) if word not in _FILLING]
    kinds = [_BY_WORD.get(word) for word in words]
    return ANY if None in kinds or not kinds else Kinds(frozenset().union(*kinds))


def _kinds(parameter: inspect.Parameter, namespace: dict) -> Kinds:
    default = None if parameter.default is inspect.Parameter.empty else kind_of(parameter.default)
    annotation = _evaluated(parameter.annotation, namespace)
    if annotation is inspect.Parameter.empty:
        return Kinds(_BY_DEFAULT.get(default or ''), guessed=True, default=default or '')
    allowed = _allowed(annotation)
    items = _items(annotation, parameter.default)
    return Kinds(allowed if allowed is None or default is None else allowed | {default}, items=items)


def _items(annotation: object, default: object) -> frozenset[str] | None:
    """What the items of a list may be, as an annotation and the default say."""
    several = [each for each in _alternatives(annotation) if _allowed(each) == _PLAIN[list]]
    kinds = [_allowed_by_any(_item_annotations(each)) for each in several]
    if not kinds or None in kinds:
        return None
    given = {kind_of(item) or '' for item in default} if isinstance(default, list | tuple) else set()
    allowed = frozenset().union(*kinds, given)
    return allowed.union(*(_ALSO_ITEMS.get(kind, ()) for kind in allowed))


def _alternatives(annotation: object) -> tuple:
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if is_union else (annotation,)


def _item_annotations(annotation: object) -> list[object]:
    items = [each for each in typing.get_args(annotation) if each is not ...]
    return items or [typing.Any]


def _evaluated(annotation: object, namespace: dict) -> object:
    """An annotation that was written as a string, where its names are known; else an unknown one."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, dict(namespace))  # noqa: S307 - text of an installed library, as typing evaluates it
    except (NameError, SyntaxError, TypeError, AttributeError):
        return typing.Any


def _is_built(annotation: object) -> bool:
    """Whether an annotation names something that no config holds, but code that builds parts by itself."""
    if typing.get_origin(annotation) is collections.abc.Callable or annotation is typing.Callable:
        return True
    return inspect.isclass(annotation) and issubclass(annotation, nn.Module | NetPlan)


def _allowed(annotation: object) -> frozenset[str] | None:
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _allowed_by_any(part for part in parts if not _is_built(part))
    if origin is typing.Literal:
        return frozenset(kind_of(value) or '' for value in parts)
    return _allowed_by_class(origin or annotation)


def _allowed_by_any(annotations: Iterable[object]) -> frozenset[str] | None:
    allowed = [_allowed(each) for each in annotations]
    return None if None in allowed else frozenset().union(*allowed)


def _allowed_by_class(plain: object) -> frozenset[str] | None:
    if inspect.isclass(plain) and issubclass(plain, dict):
        return _PLAIN[dict]
    return _PLAIN.get(plain) if isinstance(plain, collections.abc.Hashable) else None
