"""Reads config files for the lines that set their keys, without running them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mmengine.config import Config
from mmengine.config.utils import ConfigParsingError

from mmchan.checks.config.lines import DICT, EVERY, LIST, Node, find, merged, replaced

BASE = '_base_'
# a base's value in the syntax that MMEngine replaces before Python reads the file
_OF_BASE = re.compile(r'\{\{\s*_base_\.([\w.]+)\s*\}\}')
_GROWING = ('append', 'extend')  # what leaves the items of a list where they are
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    KeyError,
    ConfigParsingError,
    ModuleNotFoundError,
    AssertionError,
)


class Reader:
    """Reads a config file and its bases.

    Attributes:
        names_read: Top-level names that some line of the files reads.
    """

    def __init__(self) -> None:
        self.names_read: set[str] = set()
        self._open: list[Path] = []  # files that inherit the one being read: a circle would never end

    def read(self, path: Path) -> Node:
        """The tree of a file's top-level names, its bases merged; without parts where it cannot be read."""
        if path in self._open:
            return Node(shown(path), DICT)
        self._open.append(path)
        try:
            return self._read_python(path) if path.suffix == '.py' else self._read_data(path)
        except _UNREADABLE:
            return Node(shown(path), DICT)
        finally:
            self._open.pop()

    def _read_python(self, path: Path) -> Node:
        text = path.read_text(encoding='utf-8')
        tree = ast.parse(text)
        self.names_read.update(_names_read(tree, text))
        bases = Node(shown(path), DICT)
        for base in _bases(path):
            bases = merged(self.read(base), bases)
        own = _File(path, bases, self.read).run(tree.body)
        inherited = own.parts.get(BASE, bases)
        return merged(
            replace(own, parts={name: part for name, part in own.parts.items() if name != BASE}), inherited
        )

    def _read_data(self, path: Path) -> Node:
        """YAML and JSON: which file, no lines."""
        node = Node(shown(path), DICT)
        for base in _bases(path):
            node = merged(self.read(base), node)
        import mmengine

        content = mmengine.load(path)
        return merged(tree_of(content, shown(path)), node)


def shown(path: Path) -> str:
    """A file as it is told: relative to the working directory where it is below it."""
    path, folder = path.absolute(), Path.cwd()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def tree_of(value: object, place: str) -> Node:
    """A tree of a value that was set as a whole."""
    if isinstance(value, dict):
        return Node(place, DICT, {str(key): tree_of(part, place) for key, part in value.items()})
    if isinstance(value, list | tuple):
        return Node(place, LIST, {f'[{number}]': tree_of(part, place) for number, part in enumerate(value)})
    return Node(place)


def _bases(path: Path) -> Iterator[Path]:
    for base in Config._get_base_files(str(path)):
        yield Path(Config._get_cfg_path(base, str(path))[0]).resolve()


def _names_read(tree: ast.AST, text: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == BASE:
            yield node.attr
    yield from (found.split('.')[0] for found in _OF_BASE.findall(text))


class _File:
    """Follows the statements of one file."""

    def __init__(self, path: Path, bases: Node, read: Callable[[Path], Node]) -> None:
        self._path = path
        self._shown = shown(path)
        self._read = read
        self._known = Node(bases.place, DICT, {BASE: bases})

    def run(self, statements: Iterable[ast.stmt]) -> Node:
        for statement in statements:
            self._follow(statement)
        return self._known

    def _place(self, node: ast.AST) -> str:
        return f'{self._shown}:{node.lineno}'

    # ------------------------------------------------------------------------------------ statements

    def _follow(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.AugAssign(target=target):
                self._touch(target, statement)
            case ast.Expr(value=ast.Call() as call):
                self._call(call)
            case _:
                self._follow_compound(statement)

    def _follow_compound(self, statement: ast.stmt) -> None:
        match statement:
            case ast.With(items=[ast.withitem(context_expr=ast.Call(func=ast.Name(id='read_base')))]):
                self._import_bases(statement.body)
            case ast.For():
                self._touch(statement.target, statement)
                self.run([*statement.body, *statement.orelse])
            case ast.If() | ast.While():
                self.run([*statement.body, *statement.orelse])
            case ast.With() | ast.Try():
                self.run(statement.body)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._touch(part, value, lost=True)
            return
        path = _path(target)
        if path and path != [BASE]:
            self._known = replaced(self._known, path, self._value(value).at(self._place(target)))

    def _touch(self, target: ast.expr, by: ast.AST, *, lost: bool = False) -> None:
        """Something changed at a target; what exactly only running the config would tell."""
        path = _path(target)
        if path:
            before = find(self._known, path)
            place = self._place(by)
            after = before.at(place) if before and not lost else Node(place)
            self._known = replaced(self._known, path, after)

    def _call(self, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Attribute):
            return
        if call.func.attr in ('update', 'merge'):
            path = _path(call.func.value)
            new = self._dict(call)
            if path:
                self._known = replaced(self._known, path, new, merge=True)
            return
        self._touch(call.func.value, call, lost=call.func.attr not in _GROWING)

    def _import_bases(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            if isinstance(statement, ast.ImportFrom) and statement.module:
                self._import(statement)

    def _import(self, statement: ast.ImportFrom) -> None:
        parts = statement.module.split('.')
        if statement.level:
            folder = self._path.parents[statement.level - 1]
        else:
            from mmchan.compat import get_installed_path

            folder, parts = Path(get_installed_path(parts[0])), parts[1:]
        base = self._read(folder.joinpath(*parts).with_suffix('.py'))
        for alias in statement.names:
            wanted = (
                base.parts if alias.name == '*' else {alias.asname or alias.name: base.parts.get(alias.name)}
            )
            for name, node in wanted.items():
                self._known = replaced(self._known, [name], node or Node(self._place(statement)))

    # ----------------------------------------------------------------------------------- expressions

    def _value(self, value: ast.expr) -> Node:
        place = self._place(value)
        match value:
            case ast.Dict():
                return self._displayed(value)
            case ast.Call(func=ast.Name(id='dict')):
                return self._dict(value)
            case ast.List() | ast.Tuple():
                return self._list(value.elts, place)
            case ast.Call(func=ast.Attribute(attr='deepcopy' | 'copy')):
                return self._value(value.args[0] if value.args else value.func.value).at(place)
            case ast.BinOp(op=ast.Add()):
                return self._sum(value)
            case ast.IfExp(body=inner) | ast.Set(elts=[ast.Set(elts=[inner])]):
                return self._value(inner).at(place)
        return (self._named(value) or Node(place)).at(place)

    def _named(self, value: ast.expr) -> Node | None:
        """What a name stands for, in Python or in the syntax that MMEngine replaces."""
        if isinstance(value, ast.Constant):
            found = _OF_BASE.fullmatch(str(value.value))
            return find(self._known, [BASE, *found[1].split('.')]) if found else None
        path = _path(value)
        return find(self._known, path) if path else None

    def _displayed(self, display: ast.Dict) -> Node:
        parts: dict[str, Node] = {}
        for key, value in zip(display.keys, display.values, strict=True):
            if key is None:
                parts.update(self._value(value).parts)
            elif isinstance(key, ast.Constant):
                parts[str(key.value)] = self._value(value).at(self._place(key))
        return Node(self._place(display), DICT, parts)

    def _dict(self, call: ast.Call) -> Node:
        parts: dict[str, Node] = {}
        for argument in call.args:
            parts.update(self._value(argument).parts)
        for keyword in call.keywords:
            if keyword.arg is None:
                parts.update(self._value(keyword.value).parts)
            else:
                parts[keyword.arg] = self._value(keyword.value).at(self._place(keyword))
        return Node(self._place(call), DICT, parts)

    def _list(self, items: Sequence[ast.expr], place: str) -> Node:
        nodes: list[Node] = []
        for item in items:
            if isinstance(item, ast.Starred):
                inner = self._value(item.value)
                if inner.kind != LIST:
                    break  # how many items there are is not known
                nodes.extend(inner.parts.values())
            else:
                nodes.append(self._value(item))
        return Node(place, LIST, _numbered(nodes))

    def _sum(self, value: ast.BinOp) -> Node:
        left, right = self._value(value.left), self._value(value.right)
        if left.kind != LIST:
            return Node(self._place(value))
        nodes = [*left.parts.values(), *(right.parts.values() if right.kind == LIST else ())]
        return Node(self._place(value), LIST, _numbered(nodes))


def _numbered(nodes: Iterable[Node]) -> dict[str, Node]:
    return {f'[{number}]': node for number, node in enumerate(nodes)}


def _path(target: ast.expr) -> list[str]:
    """The path that an expression such as ``model['neck'].in_channels`` names; empty for all others."""
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=owner, attr=name):
            part = name
        case ast.Subscript(value=owner, slice=ast.Constant(value=int() as number)):
            part = f'[{number}]'
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() as name)):
            part = name
        case ast.Subscript(value=owner):
            part = EVERY
        case _:
            return []
    before = _path(owner)
    return [*before, part] if before else []
