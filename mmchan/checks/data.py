"""Is the data there? Asked before a Runner is built, because its own answer is a long traceback."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import DATASETS

from mmchan.checks.config.parts import class_of, scope_of
from mmchan.checks.walk import leaf_datasets, type_name
from mmchan.data.digits import is_free
from mmchan.data.embedded import Embedded, find_embedded
from mmchan.findings import FAIL, Finding

PAGE = 'docs/data.md'
DETECTION_PAGE = 'docs/detection.md'
IDX = tuple(f'{part}-{kind}-ubyte' for part in ('train', 't10k') for kind in ('images-idx3', 'labels-idx1'))
RUNS_WITHOUT = 'configs/regnet/regnetx-400mf_1xb64_digits.py'
DETECTOR_RUNS_WITHOUT = 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
# data sets whose `split` names a folder; elsewhere it names a part of an annotation file
_FOLDER_SPLITS = ('ImageNet', 'ImageNet21k')
# what data sets that know their own layout read below data_root
_OWN_LAYOUTS = {
    'CIFAR10': ('cifar-10-batches-py',),
    'CIFAR100': ('cifar-100-python',),
    'FashionMNIST': IDX,
    'FGVCAircraft': ('data/images', 'data/images_variant_{split}.txt'),
    'Flowers102': ('jpg', 'imagelabels.mat', 'setid.mat'),
    'Food101': ('images', 'meta/{split}.txt'),
    'MNIST': IDX,
    'StanfordCars': ('cars_annos.mat', 'car_ims'),
}
# Stanford Cars comes in two layouts
_CARS_BY_SPLIT = {
    'train': ('devkit/cars_train_annos.mat', 'cars_train'),
    'test': ('devkit/cars_test_annos_withlabels.mat', 'cars_test'),
}
# data sets that a command writes, though not without being asked: they may come from the net
_WRITTEN = {'FashionMNIST': 'fashion-mnist'}


def check_data(cfg: Config, loaders: Iterable[str]) -> Iterator[Finding]:
    """Check that the folders and annotation files of a config's data sets exist.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.

    Returns:
        A fault for every data set that lacks something, for all loaders that lack the same at once: what
        is missing and where it is looked for; which page tells how to lay it out, which config runs
        without it. Embedded data that a run writes itself is no fault.
    """
    lacking: dict[tuple[str, str, str], list[str]] = {}
    for name in loaders:
        for dataset in leaf_datasets(cfg.get(name)):
            missing = [] if _is_written(dataset) else missing_paths(dataset)
            if missing and not _downloads(dataset, scope_of(cfg)):
                states = ', '.join(f'{path.absolute()} {_state(path)}' for path in missing)
                lacking.setdefault((type_name(dataset), states, _remedy(dataset)), []).append(name)
    for (kind, states, remedy), names in lacking.items():
        yield Finding(FAIL, f'{kind} of {" and ".join(dict.fromkeys(names))}', states, remedy)


def missing_paths(dataset: Mapping) -> list[Path]:
    """What a data set needs and does not find; of what is missing as a whole only the whole."""
    missing: list[Path] = []
    for path in needed_paths(dataset):
        if not has_content(path) and not any(path.is_relative_to(whole) for whole in missing):
            missing.append(path)
    return missing


def needed_paths(dataset: Mapping) -> list[Path]:
    """The folders and files that a data set reads, a folder before what is in it.

    Empty for data sets on remote storage.
    """
    root = str(dataset.get('data_root') or '')
    named = _named_paths(dataset)
    if any('://' in part for part in (root, *named)):
        return []
    inside = [Path(root, Path(part).expanduser()) for part in named or _own_layout(dataset, Path(root))]
    return [*([Path(root)] if root else []), *inside]


def _named_paths(dataset: Mapping) -> list[str]:
    """The annotation file and the folders that a data set's config names."""
    prefix = dataset.get('data_prefix') or ''
    if not prefix and type_name(dataset) in _FOLDER_SPLITS:
        prefix = dataset.get('split') or ''
    folders = prefix.values() if isinstance(prefix, Mapping) else [prefix]
    return [str(part) for part in (dataset.get('ann_file'), *folders) if part]


def _own_layout(dataset: Mapping, root: Path) -> list[str]:
    name, split = type_name(dataset), dataset.get('split')
    if not isinstance(split, str):
        return []
    parts = _OWN_LAYOUTS.get(name, ())
    if name == 'StanfordCars' and (root / 'devkit').is_dir():
        parts = _CARS_BY_SPLIT.get(split, ())
    return [part.format(split=split) for part in parts]


def embedded_in(dataset: Mapping) -> Embedded | None:
    """The embedded data set that a data set's config reads; None for all others."""
    paths = needed_paths(dataset)
    if not paths or not dataset.get('data_root'):
        return None
    return find_embedded(paths[0], type_name(dataset), paths)


def _is_written(dataset: Mapping) -> bool:
    """Whether a run writes what is missing: embedded data in a place where nothing is."""
    return embedded_in(dataset) is not None and is_free(Path(str(dataset['data_root'])))


def _downloads(dataset: Mapping, scope: str) -> bool:
    """Whether a data set fetches what is missing, as CIFAR and MNIST do."""
    kind = class_of(dataset, DATASETS, scope)
    bases = kind.__mro__ if kind else ()
    takes = any('download' in inspect.signature(base.__init__).parameters for base in bases)
    return takes and dataset.get('download', True)


def has_content(path: Path) -> bool:
    """Whether a path is a file, or a folder that is not empty."""
    try:
        return path.is_file() or (path.is_dir() and any(path.iterdir()))
    except OSError:  # no name of a file, or none that we may read
        return False


def _state(path: Path) -> str:
    return 'is empty' if path.is_dir() else 'does not exist'


def _remedy(dataset: Mapping) -> str:
    embedded = embedded_in(dataset)
    written = embedded.name if embedded else _WRITTEN.get(type_name(dataset))
    if written:
        command = f'mmchan data {written} --out {Path(str(dataset["data_root"]))}'
        return f'How it is laid out: {PAGE}\nThis command writes it: {command}'
    detects = 'Coco' in type_name(dataset)
    page, runs_without = (DETECTION_PAGE, DETECTOR_RUNS_WITHOUT) if detects else (PAGE, RUNS_WITHOUT)
    return f'How to lay it out: {page}\nThis config runs without it: {runs_without}'
