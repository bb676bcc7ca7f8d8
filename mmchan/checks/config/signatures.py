"""What the classes and functions that a config names take as arguments, through their ``**kwargs``."""

import ast
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType

from mmengine.runner import Runner
from torch import nn

from mmchan.checks.config import code
from mmchan.checks.config.flow import (
    Built,
    HandedOn,
    Stored,
    TakenOut,
    Unclear,
    Use,
    is_super,
    uses_of_attribute,
    uses_of_kwargs,
)
from mmchan.checks.config.kinds import ANY, Kinds, documented_kinds, kinds_of

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class Accepted:
    """What something can be called with.

    Attributes:
        kinds: Name of an argument -> what it may be.
        required: Names without a default.
        order: Names of the arguments that can be given by position.
        open: Whether it takes names that are not known here.
        deaf: Whether it takes any name and reads none of them.
        builds: Name of an argument -> its default: the type of a part that takes all other names.
    """

    kinds: Mapping[str, Kinds] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    open: bool = False
    deaf: bool = False
    builds: Mapping[str, object] = field(default_factory=dict)


ANYTHING = Accepted(open=True)
NOTHING = Accepted()


@functools.cache
def accepted(kind: Callable) -> Accepted:
    """What a class or function takes.

    Arguments that disappear in ``**kwargs`` are followed: into the next class of the method resolution
    order, into other calls, into names that are taken out one by one. Where they go elsewhere, anything is
    accepted.
    """
    if isinstance(kind, functools.partial):
        taken = _of_callable(kind.func, kind.keywords)
        return _without(taken, kind.keywords, len(kind.args))
    return _of_callable(kind, {})


def _of_callable(kind: Callable, known: Mapping[str, object]) -> Accepted:
    if inspect.isclass(kind):
        return _widened(_of_class(kind, 0, known), kind)
    function = inspect.unwrap(kind)
    if inspect.ismethod(function):
        return _Signature(function.__func__, known).accepted(skip=1)
    return _Signature(kind, known).accepted() if isinstance(function, FunctionType) else ANYTHING


def _of_class(kind: type, start: int, known: Mapping[str, object]) -> Accepted:
    """What ``__init__`` takes, looked up in the method resolution order of a class from a place on."""
    order = kind.__mro__
    for place in range(start, len(order)):
        base, init = order[place], vars(order[place]).get('__init__')
        if base in (nn.Module, object):
            return NOTHING if '__new__' not in vars(kind) else ANYTHING
        if isinstance(init, FunctionType):
            return _Signature(init, known, kind, base).accepted(skip=1)
        if init is not None:
            return ANYTHING
    return NOTHING


def _widened(taken: Accepted, kind: type) -> Accepted:
    """A signature whose arguments also take what the bases annotate, and what docstrings and code tell."""
    kinds = dict(taken.kinds)
    for init in filter(inspect.isfunction, (vars(base).get('__init__') for base in kind.__mro__)):
        parameters = [each for name, each in inspect.signature(init).parameters.items() if name in kinds]
        for name, more in kinds_of(init, parameters).items():
            kinds[name] = kinds[name].or_of(more)
    documented = _documented(kind)
    for name in kinds:
        if not code.is_key(kind, name):
            kinds[name] = kinds[name].or_documented(documented.get(name, ANY))
        kinds[name] = kinds[name].or_tested(code.tested(kind, name))
    return replace(taken, kinds=kinds)


def _documented(kind: type) -> dict[str, Kinds]:
    """What the docstrings of a class and its bases say of the arguments; the nearest counts."""
    found: dict[str, Kinds] = {}
    for base in kind.__mro__:
        for text in (base.__doc__, getattr(vars(base).get('__init__'), '__doc__', None)):
            found = {**documented_kinds(text), **found}
    return found


class _Signature:
    """The signature of a function, where its ``**kwargs`` go included.

    Args:
        function: The function.
        known: What its arguments stand for, where they are given already.
        kind: The class that it belongs to.
        base: The base of the class that it stands in.
    """

    def __init__(
        self,
        function: Callable,
        known: Mapping[str, object],
        kind: type | None = None,
        base: type | None = None,
    ) -> None:
        self._function = function
        self._names = {**inspect.unwrap(function).__globals__, **known}
        self._kind = kind
        self._base = base

    def accepted(self, *, skip: int = 0) -> Accepted:
        """What the function takes beyond the first few arguments."""
        parameters = list(inspect.signature(self._function).parameters.values())[skip:]
        named = [each for each in parameters if each.kind in _NAMED]
        own = self._own(named)
        rest = next((each.name for each in parameters if each.kind is inspect.Parameter.VAR_KEYWORD), None)
        if rest is None:
            return own
        targets = self._targets(uses_of_kwargs(inspect.unwrap(self._function), rest))
        if not targets and len(parameters) == 2 and not named:
            targets = [ANYTHING]  # (*args, **kwargs): a stand-in for the class of a package that is absent
        return _joined(own, targets, {each.name: each.default for each in named})

    def _own(self, named: list[inspect.Parameter]) -> Accepted:
        return Accepted(
            kinds={**_renamed(self._function), **kinds_of(self._function, named)},
            required=frozenset(each.name for each in named if each.default is inspect.Parameter.empty),
            order=tuple(each.name for each in named if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD),
        )

    def _targets(self, uses: list[Use]) -> list[Accepted]:
        """What each use of the ``**kwargs`` accepts; empty where nothing uses them."""
        taken_out = {use.name: ANY for use in uses if isinstance(use, TakenOut)}
        targets = [target for use in uses for target in self._of_use(use)]
        if not targets and taken_out:
            targets = [NOTHING]
        return [_with(target, taken_out) for target in targets]

    def _of_use(self, use: Use) -> list[Accepted]:
        match use:
            case HandedOn(call):
                return [self._of_call(call)]
            case Built(argument):
                return [Accepted(builds={argument: None})]
            case Stored(attribute) if self._kind is not None:
                uses = uses_of_attribute(self._base, attribute)
                return self._targets(uses) if uses else [ANYTHING]
            case Unclear() | Stored():
                return [ANYTHING]
        return []

    def _of_call(self, call: ast.Call) -> Accepted:
        target = self._target(call.func)
        if target is None:
            return ANYTHING
        given = [keyword.arg for keyword in call.keywords if keyword.arg]
        starred = [isinstance(argument, ast.Starred) for argument in call.args]
        positions = starred.index(True) if True in starred else len(starred)
        return _without(target, given, max(0, positions - _names_self(call.func)))

    def _target(self, called: ast.expr) -> Accepted | None:
        match called:
            case ast.Attribute(value=owner, attr='__init__'):
                return self._after(owner) if is_super(owner) else self._of_object(self._resolved(owner))
            case ast.Attribute(value=ast.Name(id='runner'), attr=method):
                return _without(self._of_object(getattr(Runner, method, None)) or ANYTHING, ['self'])
        return self._of_object(self._resolved(called))

    def _after(self, call: ast.Call) -> Accepted | None:
        """What the ``__init__`` of ``super()`` or ``super(Base, self)`` takes."""
        base = self._resolved(call.args[0]) if call.args else self._base
        if self._kind is None or base not in self._kind.__mro__:
            return None
        return _of_class(self._kind, self._kind.__mro__.index(base) + 1, {})

    def _of_object(self, found: object) -> Accepted | None:
        return accepted(found) if callable(found) else None

    def _resolved(self, expression: ast.expr) -> object:
        match expression:
            case ast.Name(id=name):
                return self._names.get(name)
            case ast.Attribute(value=owner, attr=name):
                return getattr(self._resolved(owner), name, None)
        return None


def _joined(own: Accepted, targets: list[Accepted], defaults: Mapping[str, object]) -> Accepted:
    """A signature with what its ``**kwargs`` are good for."""
    if not targets:
        return replace(own, deaf=True)
    more = functools.reduce(_both, targets)
    return replace(
        more,
        kinds={**more.kinds, **own.kinds},
        required=own.required | (more.required - own.kinds.keys()),
        order=own.order,
        builds={name: defaults.get(name, default) for name, default in more.builds.items()},
    )


def _both(one: Accepted, other: Accepted) -> Accepted:
    """What goes into two calls: a name is required where both need it."""
    opened = one.open or other.open
    return Accepted(
        kinds={**one.kinds, **other.kinds},
        required=one.required & other.required,
        open=opened,
        deaf=not opened and (one.deaf or other.deaf),
        builds={**one.builds, **other.builds},
    )


def _renamed(function: Callable) -> dict[str, Kinds]:
    """The old names that MMEngine's ``deprecated_api_warning`` still takes."""
    cells = [cell.cell_contents for cell in function.__closure__ or () if hasattr(function, '__wrapped__')]
    tables = [cell for cell in cells if isinstance(cell, dict)]
    return {name: ANY for table in tables for name in table if isinstance(name, str)}


def _without(taken: Accepted, names: Iterable[str], positions: int = 0) -> Accepted:
    """What is left to give when some arguments are given already."""
    given = {*names, *taken.order[:positions]}
    return replace(
        taken,
        kinds={name: kinds for name, kinds in taken.kinds.items() if name not in given},
        required=taken.required - given,
        order=taken.order[positions:],
    )


def _with(taken: Accepted, more: Mapping[str, Kinds]) -> Accepted:
    """What is accepted when some names are taken out before the rest is handed on."""
    return replace(taken, kinds={**taken.kinds, **more}, required=taken.required - more.keys())


def _names_self(called: ast.expr) -> bool:
    """Whether a call hands over ``self`` by itself, as in ``Base.__init__(self)``."""
    return isinstance(called, ast.Attribute) and called.attr == '__init__' and not is_super(called.value)
