"""Do the annotations, the model and the pipelines of a COCO-style config fit? Asked before a run.

Each of these goes wrong without a word otherwise: annotations that the loading drops, categories that
shift because a name is misspelled, heads for another number of classes, results that cannot be scaled
back. What makes a run worthless is an error; what only takes images away from a training is a warning.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.logging import print_log

from mmchan.checks.data import leaf_datasets
from mmchan.data.coco_file import SHOWN, Annotations
from mmchan.errors import InputError, suggestion


def check_annotations(cfg: Config, loaders: Iterable[str]) -> None:
    """Check what a run of a COCO-style config will read, without building anything.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.

    Raises:
        InputError: When the run would be worthless or stop midway, with the file, the annotations' ids
            and the fix.
    """
    files: dict[Path, Annotations] = {}
    for name in loaders:
        for dataset in leaf_datasets(cfg.get(name) or {}):
            if not is_coco(dataset):
                continue
            check_pipeline(dataset, name)
            path = annotation_path(dataset)
            if '://' in str(path):  # on remote storage
                continue
            if path not in files:
                files[path] = Annotations.read(path)
            check_classes(files[path], classes_of(dataset))
            check_heads(cfg.model, classes_of(dataset))
            check_survivors(files[path], dataset)
            check_details(files[path], dataset, training=name == 'train_dataloader')


def is_coco(dataset: dict) -> bool:
    """Whether a data set's config is of mmdet's CocoDataset, or of one that reads the same files."""
    from mmengine.registry import DATASETS

    kind = dataset['type']
    if isinstance(kind, str):
        if kind.rpartition('.')[2] == 'CocoDataset':
            return True
        kind = DATASETS.get(kind)
    return any(base.__name__ == 'CocoDataset' for base in getattr(kind, '__mro__', ()))


def annotation_path(dataset: dict) -> Path:
    """The annotation file of a data set's config."""
    return Path(dataset.get('data_root') or '', dataset['ann_file'])


def classes_of(dataset: dict) -> list[str]:
    """Class names of a data set's config: its metainfo's, else COCO's 80."""
    named = (dataset.get('metainfo') or {}).get('classes')
    if named is None:
        from mmdet.datasets import CocoDataset

        named = CocoDataset.METAINFO['classes']
    if isinstance(named, str):  # a file with one name per line, as MMEngine allows
        return Path(named).read_text(encoding='utf-8').split()
    return list(named)


def check_classes(file: Annotations, classes: Sequence[str]) -> None:
    """Raise InputError unless the file has every class, in the same order.

    mmdet leaves out the classes that a file does not have and takes the order of the file: every label
    after the first difference would get another class's name.
    """
    known = [category['name'] for category in file.categories]
    missing = [name for name in classes if name not in known]
    if missing:
        hint = suggestion(str(missing[0]), map(str, known)) if known else 'it has no categories'
        raise InputError(
            f'{file.path} has no category {missing[0]!r}; {hint}\n'
            f'{len(missing)} of the {len(classes)} classes of metainfo are not in the file; '
            f'set metainfo=dict(classes={_short(known)}) in the data set'
        )
    order = [name for name in known if name in classes]
    if order != list(classes):
        raise InputError(
            f'{file.path} has the categories in the order {_short(order)}, metainfo names them as '
            f'{_short(classes)}; set metainfo=dict(classes=...) in the order of the file'
        )


def _short(names: Sequence[str]) -> str:
    shown = ', '.join(repr(name) for name in names[:10])
    return f'[{shown}, …]' if len(names) > 10 else f'[{shown}]'


def check_heads(model: dict, classes: Sequence[str]) -> None:
    """Raise InputError unless every head of a detector is for as many classes as the data has."""
    for path, number in _head_classes(model, 'model'):
        if number != len(classes):
            raise InputError(
                f'{path}.num_classes is {number}, but the data has {len(classes)} classes; '
                f'set it to {len(classes)}, or metainfo of the data set to the classes that are meant'
            )


def _head_classes(node: object, path: str) -> Iterator[tuple[str, int]]:
    """Path and num_classes of every head that predicts classes, not just objects."""
    if isinstance(node, list | tuple):
        for number, part in enumerate(node):
            yield from _head_classes(part, f'{path}[{number}]')
    if not isinstance(node, dict):
        return
    if path.rpartition('.')[2].startswith(('bbox_head', 'mask_head')) and 'num_classes' in node:
        yield path, node['num_classes']
    for key, part in node.items():
        if key != 'rpn_head':  # tells objects from background: one class, whatever the data
            yield from _head_classes(part, f'{path}.{key}')


def check_pipeline(dataset: dict, loader: str) -> None:
    """Raise InputError unless the results of a test pipeline can be scaled back to the image."""
    steps = list(_steps(dataset.get('pipeline') or []))
    if not dataset.get('test_mode') or not steps:
        return
    keys = next((step['meta_keys'] for step in steps if 'meta_keys' in step), ('scale_factor',))
    if 'scale_factor' not in keys:
        raise InputError(f"the pipeline of {loader} does not pack 'scale_factor'; add it to its meta_keys")
    if not any('Resize' in str(step['type']) for step in steps):
        raise InputError(
            f'the pipeline of {loader} has no Resize, which writes the scale_factor that results are scaled '
            "back with; add dict(type='Resize', scale=(width, height), keep_ratio=True) after the loading"
        )


def _steps(pipeline: Iterable[object]) -> Iterator[dict]:
    """The transforms of a pipeline, also those inside other transforms."""
    for step in pipeline:
        if isinstance(step, dict):
            yield step
            yield from _steps(step.get('transforms') or [])
        elif isinstance(step, list | tuple):
            yield from _steps(step)


def check_survivors(file: Annotations, dataset: dict) -> None:
    """Raise InputError when no annotation survives loading; warn about those that do not.

    What is dropped is what mmdet's CocoDataset and LoadAnnotations drop.
    """
    if dataset.get('test_mode') and not file.annotations:  # a test set without ground truth
        return
    if not file.annotations:
        raise InputError(f'{file.path}: "annotations" is empty: there is nothing to learn')
    left = np.ones(len(file.annotations), dtype=bool)
    reasons = []
    for reason, dropped in _dropping(file, dataset):
        number = int((left & dropped).sum())
        if number:
            reasons.append(f'{number} {reason}')
        left &= ~dropped
    if not reasons:
        return
    listed = f'{len(left)} annotations survives loading:\n  ' + '\n  '.join(reasons)
    if not left.any():
        raise InputError(f'{file.path}: none of the {listed}')
    print_log(f'{file.path}: {left.sum()} of the {listed}', logger='current', level=logging.WARNING)


def _dropping(file: Annotations, dataset: dict) -> Iterator[tuple[str, np.ndarray]]:
    """What is wrong, with the fix, and which annotations (N,) are dropped for it."""
    yield 'are of images that "images" does not list', file.image_rows < 0
    yield 'are of categories that metainfo does not name', ~file.of_classes(classes_of(dataset))
    yield 'are marked as crowds or to be ignored', file.crowds
    yield 'have a box outside their image: boxes must be [left, top, width, height] in px', file.outside
    yield 'have a box below 1 px or no area: boxes must be in px, not shares of the image', file.tiny
    least = (dataset.get('filter_cfg') or {}).get('min_size', 0)
    if least and not dataset.get('test_mode'):
        fix = f'are of images smaller than filter_cfg.min_size={least} px: lower it'
        yield fix, file.sizes.min(axis=1) < least
    loading = _mask_loading(dataset)
    if loading is None:
        return
    yield 'have no valid mask: write them, or set with_mask=False', np.isin(file.forms, ('none', 'invalid'))
    if not loading.get('poly2mask', True):
        yield 'have an RLE mask, which poly2mask=False drops: remove poly2mask=False', file.forms == 'RLE'


def _mask_loading(dataset: dict) -> dict | None:
    """The transform that loads masks, if one does."""
    steps = _steps(dataset.get('pipeline') or [])
    return next(
        (step for step in steps if 'LoadAnnotations' in str(step['type']) and step.get('with_mask')), None
    )


def check_details(file: Annotations, dataset: dict, *, training: bool) -> None:
    """Name the single images and annotations that are wrong.

    In a training they are left out, so that a warning is enough; a test on what is left would not be
    the test that was asked for.

    Raises:
        InputError: In a test, for a missing image or a mask of the wrong size; always for repeated ids.
    """
    ids, counts = np.unique(file.ids, return_counts=True)
    if (counts > 1).any():
        raise InputError(f'{file.path}: annotation id {ids[counts > 1][0]} occurs more than once')
    for problem, is_fatal in _details(file, dataset):
        if is_fatal and not training:
            raise InputError(problem)
        print_log(problem, logger='current', level=logging.WARNING)


def _details(file: Annotations, dataset: dict) -> Iterator[tuple[str, bool]]:
    """Every problem as a message, and whether a test cannot do without a fix."""
    absent = missing_images(file, dataset)
    if absent:
        examples = ', '.join(map(str, absent[:SHOWN]))
        yield f'{file.path}: {len(absent)} of {len(file.images)} images do not exist: {examples}', True
    if _mask_loading(dataset) is not None and file.wrong_size.any():
        row = int(np.flatnonzero(file.wrong_size)[0])
        entry = file.annotations[row]
        sizes = (
            f'{entry["segmentation"]["size"]}, but image {entry["image_id"]} has {file.sizes[row].tolist()}'
        )
        named = file.name(file.wrong_size)
        yield f'{file.path}: {named}: an RLE mask for another image size: {sizes} (height, width)', True
    if file.outside.any():
        yield f'{file.path}: {file.name(file.outside)}: a box outside its image, left out', False


def missing_images(file: Annotations, dataset: dict) -> list[Path]:
    """The images of an annotation file that do not lie where the data set looks for them.

    Raises:
        InputError: When there is none at all.
    """
    prefix = (dataset.get('data_prefix') or {}).get('img', '')
    folder = Path(dataset.get('data_root') or '', prefix)
    if '://' in str(folder) or dataset.get('backend_args'):  # on remote storage
        return []
    names = {image['file_name'] for image in file.images}
    # one listing of a folder instead of a hundred thousand questions
    present = {f'{Path(name).parent}' for name in names}
    found = {os.path.normpath(Path(part, entry.name)) for part in present for entry in _scan(folder / part)}
    absent = sorted(name for name in names if os.path.normpath(name) not in found)
    if len(absent) == len(names):
        raise InputError(
            f'{file.path}: none of its {len(names)} images lies in {folder.absolute()}, not even '
            f'{absent[0]!r}; set data_root and data_prefix=dict(img=...) of the data set'
        )
    return [folder / name for name in absent]


def _scan(folder: Path) -> list[os.DirEntry]:
    return list(os.scandir(folder)) if folder.is_dir() else []
