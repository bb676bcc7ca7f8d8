"""Where the ``**kwargs`` of a function go: its code is read, never run."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TakenOut:
    """One name is taken out of the ``**kwargs``, or looked up in them."""

    name: str


@dataclass(frozen=True)
class HandedOn:
    """All that is left goes into a call."""

    call: ast.Call


@dataclass(frozen=True)
class Built:
    """All that is left becomes the config of a part, whose type an argument names."""

    argument: str


@dataclass(frozen=True)
class Stored:
    """All that is left is kept in an attribute."""

    attribute: str


@dataclass(frozen=True)
class Unclear:
    """What happens to them cannot be told."""


Use = TakenOut | HandedOn | Built | Stored | Unclear


def uses_of_kwargs(function: Callable, name: str) -> list[Use]:
    """What the code of a function does with its ``**kwargs``.

    Args:
        function: The function.
        name: What it calls them.

    Returns:
        Every use; empty where nothing reads them.
    """
    tree = parsed(function)
    if tree is None:
        return [Unclear()]
    return list(_uses(tree, lambda node: isinstance(node, ast.Name) and node.id == name))


def uses_of_attribute(owner: type, attribute: str) -> list[Use]:
    """What the code of a class does with what it stored in an attribute."""
    tree = parsed(owner)
    return [Unclear()] if tree is None else list(_uses(tree, lambda node: _is_own(node, attribute)))


def parsed(source: object) -> ast.AST | None:
    """The syntax tree of a function or class; None where its code is not at hand."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(source)))
    except (OSError, TypeError, SyntaxError):
        return None


def is_super(expression: ast.expr) -> bool:
    """Whether an expression is ``super()``."""
    called = expression.func if isinstance(expression, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == 'super'


def is_super_init(call: ast.Call) -> bool:
    """Whether a call is that of ``super().__init__``."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == '__init__' and is_super(call.func.value)


def _uses(tree: ast.AST, is_meant: Callable[[ast.AST], bool]) -> Iterator[Use]:
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if is_meant(node) and isinstance(node.ctx, ast.Load):
            yield from _use(node, parents)


def _use(meant: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Use]:
    parent = parents[meant]
    match parent:
        case ast.keyword(arg=None):
            yield from _call(parents[parent], meant, parents)
        case ast.Dict(keys=keys, values=values):
            types = [value for key, value in zip(keys, values, strict=True) if _constant(key) == 'type']
            yield from _copy(parent, types, meant, parents)
        case ast.Attribute(attr='pop' | 'get' | 'setdefault'):
            yield _taken_out(_first_argument(parents[parent]))
        case ast.Subscript(slice=key) | ast.Compare(left=key, ops=[ast.In() | ast.NotIn()]):
            yield _taken_out(key)
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id='self'), attr=attribute)]):
            yield Stored(attribute)
        case ast.Attribute(attr='update') | ast.If() | ast.Assert() | ast.FormattedValue() | ast.UnaryOp():
            return
        case _:
            yield Unclear()


def _call(call: ast.AST, meant: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Use]:
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == 'dict':
        types = [keyword.value for keyword in call.keywords if keyword.arg == 'type']
        yield from _copy(call, types, meant, parents)
    else:
        yield HandedOn(call) if isinstance(call, ast.Call) else Unclear()


def _copy(
    made: ast.expr, types: list[ast.expr], meant: ast.expr, parents: Mapping[ast.AST, ast.AST]
) -> Iterator[Use]:
    """A dict that is made of them and more: the config of a part, or themselves under the same name."""
    match parents[made], meant:
        case ast.Assign(targets=[ast.Name(id=new)]), ast.Name(id=old) if new == old:
            return
    yield Built(types[0].id) if types and isinstance(types[0], ast.Name) else Unclear()


def _is_own(node: ast.AST, attribute: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id='self'), attr=name):
            return name == attribute
    return False


def _taken_out(key: ast.expr | None) -> Use:
    name = _constant(key)
    return Unclear() if name is None else TakenOut(name)


def _first_argument(call: ast.AST) -> ast.expr | None:
    return call.args[0] if isinstance(call, ast.Call) and call.args else None


def _constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
