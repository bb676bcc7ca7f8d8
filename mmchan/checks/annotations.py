"""Do the annotations, the model and the pipelines of a COCO-style config fit? Asked before a run.

Each of these goes wrong without a word otherwise: annotations that the loading drops, categories that
shift because a name is misspelled, heads for another number of classes, results that cannot be scaled
back. What makes a run worthless is a fault; what only takes images away from a training is a warning.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.registry import DATASETS

from mmchan.checks.config.parts import class_of, part, scope_of
from mmchan.checks.data import has_content
from mmchan.checks.walk import class_heads, leaf_datasets, transforms, type_name
from mmchan.data.coco_file import SHOWN, Annotations, read_annotations
from mmchan.errors import suggestion
from mmchan.findings import FAIL, WARN, Finding


def check_annotations(cfg: Config, loaders: Iterable[str]) -> Iterator[Finding]:
    """Check what a run of a COCO-style config will read, without building anything.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.

    Returns:
        Every finding once, with the file, the annotations' ids and the fix. Files and folders that are
        missing as a whole are left to :func:`mmchan.checks.data.check_data`.
    """
    # a mapping, because loaders may share a data set
    yield from dict.fromkeys(_check_loaders(cfg, loaders))


def _check_loaders(cfg: Config, loaders: Iterable[str]) -> Iterator[Finding]:
    files: dict[Path, tuple[Annotations | None, list[Finding]]] = {}
    for name in loaders:
        for settings in leaf_datasets(cfg.get(name)):
            if not is_coco(settings, scope_of(cfg)) or not _has_right_kinds(settings):
                continue
            dataset = Dataset(settings, name, scope_of(cfg))
            path = dataset.annotation_file
            if path not in files:
                files[path] = read_annotations(path) if path.is_file() else (None, [])
            file, broken = files[path]
            yield from check_pipeline(dataset)
            yield from broken
            yield from _check_content(file, dataset, part(cfg, 'model'))


def is_coco(settings: Mapping, scope: str = 'mmengine') -> bool:
    """Whether a data set's config is of mmdet's CocoDataset, or of a class that reads files as it does.

    Args:
        settings: The data set's config.
        scope: The scope of names without a prefix.
    """
    if type_name(settings) == 'CocoDataset':
        return True
    kind = class_of(settings, DATASETS, scope)
    base = next((base for base in getattr(kind, '__mro__', ()) if base.__name__ == 'CocoDataset'), None)
    return base is not None and kind.load_data_list is base.load_data_list


def _has_right_kinds(settings: Mapping) -> bool:
    """Whether the values of a data set are what it takes; what is not, the check of the keys reports."""
    texts = [settings.get('data_root'), settings.get('ann_file'), part(settings, 'data_prefix').get('img')]
    packed = [step['meta_keys'] for step in transforms(settings.get('pipeline')) if 'meta_keys' in step]
    classes = part(settings, 'metainfo').get('classes') or []
    return (
        all(isinstance(text or '', str) for text in texts)
        and all(map(_are_names, packed))
        and (isinstance(classes, str) or _are_names(classes))
        and isinstance(part(settings, 'filter_cfg').get('min_size', 0), int | float)
    )


def _are_names(values: object) -> bool:
    return isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)


@dataclass(frozen=True)
class Dataset:
    """A COCO-style data set as a config describes it.

    Attributes:
        settings: The config's mapping.
        loader: Name of the data loader that it is of.
        scope: The scope of names without a prefix.
    """

    settings: Mapping
    loader: str
    scope: str

    @property
    def is_for_training(self) -> bool:
        """Whether something is learned from it."""
        return self.loader == 'train_dataloader'

    @property
    def is_test(self) -> bool:
        """Whether it keeps images without annotations, as for a test."""
        return bool(self.settings.get('test_mode'))

    @property
    def annotation_file(self) -> Path:
        """The annotation file."""
        return Path(self.settings.get('data_root') or '', self.settings.get('ann_file') or '')

    @property
    def image_folder(self) -> Path | None:
        """The folder of the images; None where it is on remote storage."""
        prefix = part(self.settings, 'data_prefix').get('img') or ''
        folder = Path(self.settings.get('data_root') or '', prefix)
        remote = '://' in f'{self.settings.get("data_root")}{prefix}' or self.settings.get('backend_args')
        return None if remote else folder

    @cached_property
    def classes(self) -> list[str]:
        """Names of the classes: the metainfo's, else those of its class; empty where neither says."""
        named = part(self.settings, 'metainfo').get('classes')
        if named is None:
            from mmdet.datasets import CocoDataset

            kind = class_of(self.settings, DATASETS, self.scope) or CocoDataset
            named = kind.METAINFO.get('classes') or ()
        if isinstance(named, str):  # a file with one name per line, as MMEngine allows
            named = Path(named).read_text(encoding='utf-8').splitlines() if Path(named).is_file() else [named]
        return list(named)

    @cached_property
    def steps(self) -> list[Mapping]:
        """The transforms of its pipeline."""
        return list(transforms(self.settings.get('pipeline')))

    @property
    def mask_loading(self) -> Mapping | None:
        """The transform that loads masks, if one does."""
        loading = (step for step in self.steps if 'LoadAnnotations' in str(step['type']))
        return next((step for step in loading if step.get('with_mask')), None)


def _check_content(file: Annotations | None, dataset: Dataset, model: Mapping) -> Iterator[Finding]:
    """Check what is in a file; where the classes shift, what depends on them is not judged."""
    shifted = list(check_classes(file, dataset.classes)) if file else []
    yield from shifted
    is_known = bool(dataset.classes) and not shifted
    if is_known:
        yield from check_heads(model, dataset.classes)
    if file is not None:
        if is_known:
            yield from check_survivors(file, dataset)
        yield from check_details(file, dataset)


def check_classes(file: Annotations, classes: Sequence[str]) -> Iterator[Finding]:
    """A fault unless the file has every class, in the same order.

    mmdet leaves out the classes that a file does not have and takes the order of the file: every label
    after the first difference would get another class's name.
    """
    known = [category['name'] for category in file.categories]
    missing = [name for name in classes if name not in known]
    order = [name for name in known if name in classes]
    if missing:
        yield Finding(
            FAIL,
            str(file.path),
            f'no category {missing[0]!r}; {_nearest(missing[0], known)}; '
            f'{len(missing)} of the {len(classes)} classes of metainfo are not in the file',
            f'set metainfo=dict(classes={_short(known)}) in the data set',
        )
    elif order != list(classes):
        yield Finding(
            FAIL,
            str(file.path),
            f'has the categories in the order {_short(order)}, metainfo names them as {_short(classes)}',
            'set metainfo=dict(classes=...) in the order of the file',
        )


def _nearest(name: str, known: Sequence[str]) -> str:
    return suggestion(str(name), map(str, known)) if known else 'it has no categories'


def _short(names: Sequence[str]) -> str:
    shown = ', '.join(repr(name) for name in names[:10])
    return f'[{shown}, …]' if len(names) > 10 else f'[{shown}]'


def check_heads(model: Mapping, classes: Sequence[str]) -> Iterator[Finding]:
    """A fault for every head of a detector that is not for as many classes as the data has."""
    number = len(classes)
    for path, wrong in class_heads(model):
        if wrong != number:
            remedy = f'set it to {number}, or metainfo of the data set to the classes that are meant'
            what = f'is {wrong}, but the data has {number} classes'
            yield Finding(FAIL, f'{path}.num_classes', what, remedy)


def check_pipeline(dataset: Dataset) -> Iterator[Finding]:
    """Faults where the results of a test pipeline cannot be scaled back to the image."""
    if not dataset.is_test or not dataset.steps:
        return
    where = f'the pipeline of {dataset.loader}'
    packed = next((step['meta_keys'] for step in dataset.steps if 'meta_keys' in step), ('scale_factor',))
    if 'scale_factor' not in packed:
        yield Finding(FAIL, where, "does not pack 'scale_factor'", 'add it to its meta_keys')
    if not any('Resize' in str(step['type']) for step in dataset.steps):
        yield Finding(
            FAIL,
            where,
            'has no Resize, which writes the scale_factor that results are scaled back with',
            "add dict(type='Resize', scale=(width, height), keep_ratio=True) after the loading",
        )


def check_survivors(file: Annotations, dataset: Dataset) -> Iterator[Finding]:
    """A fault when no annotation survives loading; a warning about those that do not.

    What is dropped is what mmdet's :class:`~mmdet.datasets.CocoDataset` and
    :class:`~mmdet.datasets.transforms.LoadAnnotations` drop.
    """
    if not file.annotations:
        if not dataset.is_test:  # else a test set without ground truth
            yield Finding(FAIL, str(file.path), '"annotations" is empty: there is nothing to learn')
        return
    left = np.ones(len(file.annotations), dtype=bool)
    reasons = []
    for reason, dropped in _dropping(file, dataset):
        number = int((left & dropped).sum())
        if number:
            reasons.append(f'{number} {reason}')
        left &= ~dropped
    if reasons:
        state, share = (WARN, left.sum()) if left.any() else (FAIL, 'none')
        listed = '\n  '.join([f'{share} of the {len(left)} annotations survives loading:', *reasons])
        yield Finding(state, str(file.path), listed)


def _dropping(file: Annotations, dataset: Dataset) -> Iterator[tuple[str, np.ndarray]]:
    """What is wrong, with the fix, and which annotations (N,) are dropped for it."""
    yield 'are of images that "images" does not list', file.image_rows < 0
    yield 'are of categories that metainfo does not name', ~file.of_classes(dataset.classes)
    yield 'are marked as crowds or to be ignored', file.crowds
    yield 'have a box outside their image: boxes must be [left, top, width, height] in px', file.outside
    yield 'have a box below 1 px or no area: boxes must be in px, not shares of the image', file.tiny
    least = part(dataset.settings, 'filter_cfg').get('min_size', 0)
    if least and not dataset.is_test:
        fix = f'are of images smaller than filter_cfg.min_size={least} px: lower it'
        yield fix, file.sizes.min(axis=1) < least
    if dataset.mask_loading is not None:
        yield from _dropping_masks(file, dataset.mask_loading)


def _dropping_masks(file: Annotations, loading: Mapping) -> Iterator[tuple[str, np.ndarray]]:
    yield 'have no valid mask: write them, or set with_mask=False', np.isin(file.forms, ('none', 'invalid'))
    if not loading.get('poly2mask', True):
        yield 'have an RLE mask, which poly2mask=False drops: remove poly2mask=False', file.forms == 'RLE'


def check_details(file: Annotations, dataset: Dataset) -> Iterator[Finding]:
    """Name the single images and annotations that are wrong.

    In a training they are left out, so that a warning is enough; a test on what is left would not be
    the test that was asked for. Ids that occur twice are always a fault.
    """
    state = WARN if dataset.is_for_training else FAIL
    ids, counts = np.unique(file.ids, return_counts=True)
    if (counts > 1).any():
        repeated = f'annotation id {ids[counts > 1][0]} occurs more than once'
        yield Finding(FAIL, str(file.path), repeated, 'number the annotations anew')
    if dataset.image_folder is not None:
        yield from check_images(file, dataset.image_folder, state)
    if dataset.mask_loading is not None and file.wrong_size.any():
        yield Finding(state, str(file.path), _mask_sizes(file))
    if file.outside.any():
        what = f'{file.name(file.outside)}: a box outside its image, left out'
        yield Finding(WARN, str(file.path), what)


def _mask_sizes(file: Annotations) -> str:
    """Which masks are of the wrong size, and the first one's size."""
    row = int(np.flatnonzero(file.wrong_size)[0])
    entry = file.annotations[row]
    sizes = f'{entry["segmentation"]["size"]}, but image {entry["image_id"]} has {file.sizes[row].tolist()}'
    return f'{file.name(file.wrong_size)}: an RLE mask for another image size: {sizes} (height, width)'


def check_images(file: Annotations, folder: Path, state: str) -> Iterator[Finding]:
    """Name the images of an annotation file that do not lie in a folder.

    Args:
        file: The annotation file.
        folder: Where the data set looks for them; one that is missing itself is left to the data's check.
        state: Of a finding about some of them; that there is none at all is always a fault.
    """
    if not has_content(folder):
        return
    absent = _absent(file, folder)
    total = len({image['file_name'] for image in file.images})
    if len(absent) == total:
        yield Finding(
            FAIL,
            str(file.path),
            f'none of its {total} images lies in {folder.absolute()}, not even {absent[0]!r}',
            'set data_root and data_prefix=dict(img=...) of the data set',
        )
    elif absent:
        examples = ', '.join(str(folder / name) for name in absent[:SHOWN])
        what = f'{len(absent)} of {len(file.images)} images do not exist: {examples}'
        yield Finding(state, str(file.path), what)


def _absent(file: Annotations, folder: Path) -> list[str]:
    """Names of the images that a folder does not hold."""
    names = {image['file_name'] for image in file.images}
    # one listing of a folder instead of a hundred thousand questions
    parts = {f'{Path(name).parent}' for name in names}
    found = {os.path.normpath(Path(part, entry.name)) for part in parts for entry in _scan(folder / part)}
    return sorted(name for name in names if os.path.normpath(name) not in found)


def _scan(folder: Path) -> list[os.DirEntry]:
    return list(os.scandir(folder)) if folder.is_dir() else []
