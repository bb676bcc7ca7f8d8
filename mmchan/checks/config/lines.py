"""Trees of the places that set the keys of a config; they are merged as MMEngine merges the values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

DELETE = '_delete_'
EVERY = '*'  # an item that only running the config could tell
DICT, LIST, OTHER = 'dict', 'list', ''
_ITEM = re.compile(r'\[(-?\d+)\]')


@dataclass(frozen=True)
class Node:
    """Where a value was set, and where its parts were.

    Attributes:
        place: File and line.
        kind: DICT or LIST, where the parts are known; OTHER elsewhere.
        parts: Key of a dict, or '[i]' of a list -> its node.
    """

    place: str
    kind: str = OTHER
    parts: dict[str, 'Node'] = field(default_factory=dict)

    def at(self, place: str) -> 'Node':
        """The same value, set at another place."""
        return replace(self, place=place)


def split_key(key: str) -> list[str]:
    """The parts of a dotted key.

    >>> split_key('train_pipeline[3].prob')
    ['train_pipeline', '[3]', 'prob']
    """
    return [part for part in _ITEM.sub(r'.[\1]', key).split('.') if part]


def find(node: Node, path: Sequence[str]) -> Node | None:
    """The node at a path; None where the tree does not know it. A key of the tree may hold dots itself."""
    if not path:
        return node
    for length in range(len(path), 0, -1):
        part = node.parts.get('.'.join(path[:length]))
        found = part and find(part, path[length:])
        if found:
            return found
    return None


def nearest(node: Node, path: Sequence[str]) -> Node:
    """The node at a path, or its nearest parent that the tree knows."""
    lengths = range(len(path), -1, -1)
    return next(found for length in lengths if (found := find(node, path[:length])))


def merged(new: Node, old: Node | None) -> Node:
    """What becomes of a value that a config inherits and sets anew: dicts key by key, all else replaced."""
    if old is None or new.kind != DICT or old.kind != DICT or DELETE in new.parts:
        return _without_delete(new)
    parts = {name: merged(part, old.parts.get(name)) for name, part in new.parts.items()}
    return replace(new, parts={**old.parts, **parts})


def _without_delete(node: Node) -> Node:
    if node.kind != DICT:
        return node
    parts = {name: _without_delete(part) for name, part in node.parts.items() if name != DELETE}
    return replace(node, parts=parts)


def replaced(node: Node, path: Sequence[str], new: Node, *, merge: bool = False) -> Node:
    """A tree with another node at a path; missing parents are set at the place of the new one.

    Args:
        node: The tree.
        path: The path; EVERY stands for all parts of a node.
        new: The node.
        merge: Merge the node into the one that is there.
    """
    if not path:
        return merged(new, node) if merge else new
    first, rest = path[0], path[1:]
    if first == EVERY:
        changed = {name: replaced(part, rest, new, merge=merge) for name, part in node.parts.items()}
        return replace(node, parts=changed) if changed else node.at(new.place)
    below = node.parts.get(first)
    if below is None:
        below = Node(new.place, _kind_of_parent(rest))
    part = replaced(below, rest, new, merge=merge)
    return replace(node, kind=node.kind or _kind_of_parent([first]), parts={**node.parts, first: part})


def _kind_of_parent(path: Sequence[str]) -> str:
    if not path:
        return OTHER
    return LIST if path[0] == EVERY or _ITEM.fullmatch(path[0]) else DICT
