"""One walk over a config, and what is selected of it."""

import re
from collections.abc import Iterator, Mapping

_INSIDE = re.compile(r'(dataset|datasets\[\d+\])(\.dataset|\.datasets\[\d+\])*')  # of a loader, of wrappers


def walk(node: object, path: str = '') -> Iterator[tuple[str, Mapping]]:
    """Every mapping in a part of a config, an outer one before those inside of it.

    Args:
        node: The part: mappings, lists and tuples, nested in any way.
        path: What the part is called.

    Returns:
        Dotted path, such as 'model.roi_head.bbox_head[1]', and mapping.
    """
    if isinstance(node, Mapping):
        yield path, node
        parts = [(f'{path}.{key}' if path else str(key), part) for key, part in node.items()]
    elif isinstance(node, list | tuple):
        parts = [(f'{path}[{number}]', part) for number, part in enumerate(node)]
    else:
        return
    for inner, part in parts:
        yield from walk(part, inner)


def leaf_datasets(loader: Mapping | None) -> Iterator[Mapping]:
    """The data sets of a data loader's config, also those inside wrappers such as RepeatDataset."""
    for path, node in walk(loader):
        wraps = node.get('dataset') or node.get('datasets')
        if _INSIDE.fullmatch(path) and 'type' in node and not wraps:
            yield node


def transforms(pipeline: object) -> Iterator[Mapping]:
    """The transforms of a pipeline, also those inside other transforms."""
    return (step for _, step in walk(pipeline) if 'type' in step)


def class_heads(model: Mapping) -> Iterator[tuple[str, int]]:
    """Path and num_classes of every head of a detector that predicts classes."""
    for path, head in walk(model, 'model'):
        # rpn_head tells objects from background: one class, whatever the data
        predicts = path.rpartition('.')[2].startswith(('bbox_head', 'mask_head')) and 'rpn_head' not in path
        if predicts and 'num_classes' in head:
            yield path, head['num_classes']


def of_type(node: object, name: str) -> Iterator[Mapping]:
    """The mappings whose type has a name, whatever its scope: 'mmdet.CocoMetric' is a 'CocoMetric'."""
    return (part for _, part in walk(node) if type_name(part) == name)


def type_name(part: Mapping) -> str:
    """The type of a config's part without its scope; '' for a part that has none."""
    kind = part.get('type', '')
    return kind.rpartition('.')[2] if isinstance(kind, str) else getattr(kind, '__name__', '')
