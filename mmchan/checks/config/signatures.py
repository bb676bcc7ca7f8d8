"""What the classes and functions that a config names take as arguments, through their ``**kwargs``."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType

from torch import nn

from mmchan.checks.config.kinds import ANY, Kinds, kinds_of

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class Accepted:
    """What something can be called with.

    Attributes:
        kinds: Name of an argument -> what it may be.
        required: Names without a default.
        order: Names of the arguments that can be given by position.
        open: Whether it takes names that are not known here.
    """

    kinds: Mapping[str, Kinds] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    open: bool = False


Following = Callable[..., Accepted]
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
        return _of_class(kind, 0, known)
    function = inspect.unwrap(kind)
    if inspect.ismethod(function):
        return _of_function(function.__func__, None, known, skip=1)
    return _of_function(kind, None, known, skip=0) if isinstance(function, FunctionType) else ANYTHING


def _of_class(kind: type, start: int, known: Mapping[str, object]) -> Accepted:
    """What ``__init__`` takes, looked up in the method resolution order of a class from a place on."""
    order = kind.__mro__
    for place in range(start, len(order)):
        base, init = order[place], vars(order[place]).get('__init__')
        if base in (nn.Module, object):
            return NOTHING if '__new__' not in vars(kind) else ANYTHING
        if isinstance(init, FunctionType):
            return _of_function(init, functools.partial(_following, kind, base), known, skip=1)
        if init is not None:
            return ANYTHING
    return NOTHING


def _following(kind: type, own: type, base: object) -> Accepted:
    """What the next class takes, after one of the bases where it is named."""
    base = own if base is None else base
    return _of_class(kind, kind.__mro__.index(base) + 1, {}) if base in kind.__mro__ else ANYTHING


def _of_function(
    function: Callable, following: Following | None, known: Mapping[str, object], *, skip: int
) -> Accepted:
    parameters = list(inspect.signature(function).parameters.values())[skip:]
    named = [each for each in parameters if each.kind in _NAMED]
    own = Accepted(
        kinds={**_renamed(function), **kinds_of(function, named)},
        required=frozenset(each.name for each in named if each.default is inspect.Parameter.empty),
        order=tuple(each.name for each in named if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD),
    )
    rest = next((each.name for each in parameters if each.kind is inspect.Parameter.VAR_KEYWORD), None)
    if rest is None:
        return own
    plain = inspect.unwrap(function)
    flow = Flow(plain, rest, {**plain.__globals__, **known}, following)
    return _joined(own, flow.targets())


def _renamed(function: FunctionType) -> dict[str, Kinds]:
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


def _joined(own: Accepted, targets: list[Accepted]) -> Accepted:
    """A signature with what its ``**kwargs`` are good for: a name is required where every target needs it."""
    kinds = {name: kinds for target in targets for name, kinds in target.kinds.items()}
    required = set.intersection(*(set(target.required) for target in targets)) if targets else set()
    return Accepted(
        kinds={**kinds, **own.kinds},
        required=own.required | (required - own.kinds.keys()),
        order=own.order,
        open=any(target.open for target in targets) or not targets,
    )


class Flow:
    """Where the ``**kwargs`` of a function go.

    Args:
        function: The function.
        name: What it calls them.
        names: What the names in the function stand for.
        following: What the next class's ``__init__`` takes, after a base or, for None, after its own class.
    """

    def __init__(
        self, function: FunctionType, name: str, names: Mapping[str, object], following: Following | None
    ) -> None:
        self._name = name
        self._names = names
        self._following = following
        self._tree = _source(function)

    def targets(self) -> list[Accepted]:
        """What each use of the ``**kwargs`` accepts; empty where nothing uses them."""
        if self._tree is None:
            return [ANYTHING]
        uses = list(self._uses())
        unclear = [ANYTHING] if None in uses else []
        taken_out = {use: ANY for use in uses if isinstance(use, str)}
        calls = [self._of_call(use) for use in uses if isinstance(use, ast.Call)]
        if not calls and taken_out:
            calls = [NOTHING]
        return [_with(call, taken_out) for call in calls] + unclear

    def _uses(self) -> Iterator[str | ast.Call | None]:
        """Names that are taken out; calls that get the rest; None for what cannot be followed."""
        parents = {child: node for node in ast.walk(self._tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Name) and node.id == self._name:
                yield from _use(node, parents)

    def _of_call(self, call: ast.Call) -> Accepted:
        target = self._target(call.func)
        if target is None:
            return ANYTHING
        given = [keyword.arg for keyword in call.keywords if keyword.arg]
        starred = [isinstance(argument, ast.Starred) for argument in call.args]
        positions = starred.index(True) if True in starred else len(starred)
        return _without(target, given, max(0, positions - _names_self(call.func)))

    def _target(self, called: ast.expr) -> Accepted | None:
        if isinstance(called, ast.Attribute) and called.attr == '__init__':
            if _is_super(called.value):
                return self._after(called.value)
            called = called.value
        found = self._resolved(called)
        return accepted(found) if callable(found) and found is not dict else None

    def _after(self, call: ast.Call) -> Accepted | None:
        """What the ``__init__`` of ``super()`` or ``super(Base, self)`` takes."""
        if self._following is None:
            return None
        base = self._resolved(call.args[0]) if call.args else None
        return self._following(base)

    def _resolved(self, expression: ast.expr) -> object:
        if isinstance(expression, ast.Name):
            return self._names.get(expression.id)
        if isinstance(expression, ast.Attribute):
            return getattr(self._resolved(expression.value), expression.attr, None)
        return None


def _use(name: ast.Name, parents: Mapping[ast.AST, ast.AST]) -> Iterator[str | ast.Call | None]:
    parent = parents[name]
    match parent:
        case ast.keyword(arg=None):
            yield parents[parent]
        case ast.Attribute(attr='pop' | 'get' | 'setdefault'):
            yield _first_argument(parents[parent])
        case ast.Subscript(slice=key) | ast.Compare(left=key, ops=[ast.In() | ast.NotIn()]):
            yield _constant(key)
        case ast.Attribute(attr='update') | ast.If() | ast.Assert() | ast.FormattedValue() | ast.UnaryOp():
            return
        case _:
            yield None


def _with(taken: Accepted, more: Mapping[str, Kinds]) -> Accepted:
    """What is accepted when some names are taken out before the rest is handed on."""
    return replace(taken, kinds={**taken.kinds, **more}, required=taken.required - more.keys())


def _names_self(called: ast.expr) -> bool:
    """Whether a call hands over ``self`` by itself, as in ``Base.__init__(self)``."""
    return isinstance(called, ast.Attribute) and called.attr == '__init__' and not _is_super(called.value)


def _is_super(expression: ast.expr) -> bool:
    called = expression.func if isinstance(expression, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == 'super'


def _first_argument(call: ast.AST) -> str | None:
    return _constant(call.args[0]) if isinstance(call, ast.Call) and call.args else None


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _source(function: FunctionType) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
