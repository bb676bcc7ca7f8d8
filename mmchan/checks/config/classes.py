"""Is a config's model for as many classes as its data has?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mmengine.registry import DATASETS, MODELS

from mmchan.checks.annotations import is_coco
from mmchan.checks.config.parts import (
    class_of,
    listed,
    names_of,
    part,
    preprocessor_of,
    scope_of,
    sequence,
    whole,
)
from mmchan.checks.walk import class_heads, leaf_datasets, type_name
from mmchan.findings import FAIL, WARN, Finding

# heads of mmpretrain and mmseg whose num_classes are those of the data
_CLASSIFIES = 'ClsHead'
_SEGMENTS = 'BaseDecodeHead'
# parts of models that are told their classes in words: their heads' num_classes say something else
_WORDS = frozenset({'language_model', 'text_encoder'})


def check_classes(cfg: Mapping, loaders: Iterable[str]) -> Iterator[Finding]:
    """Check num_classes of a config's heads against its data, and what else counts classes.

    COCO-style data is left to :func:`mmchan.checks.annotations.check_annotations`.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.
    """
    model = part(cfg, 'model')
    scope = scope_of(cfg)
    heads = dict(_heads(model, scope))
    known = {loader: classes_of_loader(cfg.get(loader), scope) for loader in loaders}
    # what several loaders have is told of the first
    numbers = {number: loader for loader, number in reversed(known.items()) if number is not None}
    for key, classes in heads.items():
        for number in set(numbers) - {classes}:
            yield _other_number(key, classes, number, numbers[number])
    classes = heads.get('model.head.num_classes')
    yield from _check_preprocessor(cfg, model, classes)
    if classes is not None:
        yield from _check_topk(cfg, classes, loaders)


def classes_of_loader(loader: object, scope: str) -> int | None:
    """Classes of a data loader's data; None where that is not known, or its data sets differ."""
    numbers = {classes_of(settings, scope) for settings in leaf_datasets(loader)}
    return numbers.pop() if len(numbers) == 1 else None


def classes_of(settings: Mapping, scope: str) -> int | None:
    """Classes of a data set by its config, else by its class; None where neither says it."""
    kind = class_of(settings, DATASETS, scope)
    if kind is None or is_coco(settings, scope):
        return None
    for given in (settings.get('classes'), part(settings, 'metainfo').get('classes')):
        if given is not None:
            return _count(given)
    known = getattr(kind, 'METAINFO', {})
    # of panoptic data the heads of a detector tell the things apart
    return _count(known.get('thing_classes') or known.get('classes'))


def _count(classes: object) -> int | None:
    """Number of names, which may stand in a file with one a line."""
    if isinstance(classes, list | tuple):
        return len(classes)
    if isinstance(classes, str) and Path(classes).is_file():
        return len(Path(classes).read_text(encoding='utf-8').splitlines())
    return None


def _heads(model: Mapping, scope: str) -> Iterator[tuple[str, int]]:
    """Keys and values of num_classes of the heads that tell the data's classes apart."""
    if _WORDS & set(model):
        return
    kinds = names_of(class_of(model, MODELS, scope))
    if 'BaseDetector' in kinds:
        found = dict(class_heads(model)).items()
    elif 'BaseSegmentor' in kinds:
        found = _of(model, scope, ('decode_head',), _SEGMENTS)
    elif 'ImageClassifier' in kinds:
        found = _of(model, scope, ('head',), _CLASSIFIES)
    else:
        found = ()
    for path, number in found:
        if whole(number) is not None:
            yield f'{path}.num_classes', number


def _of(model: Mapping, scope: str, names: tuple[str, ...], kind: str) -> Iterator[tuple[str, int]]:
    for name in names:
        for key, head in listed(model.get(name), f'model.{name}'):
            if 'num_classes' in head and kind in names_of(class_of(head, MODELS, scope)):
                yield key, head['num_classes']


def _other_number(key: str, classes: int, number: int, loader: str) -> Finding:
    """A fault where labels are beyond what a head knows; outputs without data may be meant."""
    state = FAIL if classes < number else WARN
    what = f'is {classes}, but the data of {loader} has {number} classes'
    return Finding(state, key, what, f'set it to {number}, or metainfo of the data set to the classes meant')


def _check_preprocessor(cfg: Mapping, model: Mapping, classes: int | None) -> Iterator[Finding]:
    """One-hot labels shall be as long as a classifier's output."""
    key, pixels = preprocessor_of(cfg)
    number = whole(pixels.get('num_classes'))
    if number is not None and classes not in (None, number):
        uses = (
            pixels.get('to_onehot'),
            pixels.get('batch_augments'),
            part(model, 'train_cfg').get('augments'),
        )
        what = f'is {number}, but model.head.num_classes is {classes}'
        yield Finding(FAIL if any(uses) else WARN, f'{key}.num_classes', what, f'set it to {classes}')


def _check_topk(cfg: Mapping, classes: int, loaders: Iterable[str]) -> Iterator[Finding]:
    """The k of a top-k accuracy shall be no more than there are classes."""
    for name in (loader.replace('dataloader', 'evaluator') for loader in loaders):
        for key, metric in listed(cfg.get(name), name):
            if type_name(metric) == 'Accuracy':
                yield from _check_k(f'{key}.topk', metric.get('topk', 1), classes)


def _check_k(key: str, topk: object, classes: int) -> Iterator[Finding]:
    most = max(filter(whole, sequence(topk) or [topk]), default=0)
    if most > classes:
        what = f'asks for the top {most} of {classes} classes'
        yield Finding(FAIL, key, what, f'leave {most} out: at most {classes}')
