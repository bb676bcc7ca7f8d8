"""Is the data there? Asked before a Runner is built, because its own answer is a long traceback."""

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import DATASETS

from mmchan.errors import InputError

PAGE = 'docs/data.md'
DETECTION_PAGE = 'docs/detection.md'
RUNS_WITHOUT = 'configs/regnet/regnetx-400mf_1xb64_digits.py'
DETECTOR_RUNS_WITHOUT = 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
EMBEDDED = ('digits', 'digits-coco')  # folders that `mmchan data` writes
# data sets whose `split` names a folder; elsewhere it names a part of an annotation file
_FOLDER_SPLITS = ('ImageNet', 'ImageNet21k')
# what data sets that know their own layout read below data_root
_OWN_LAYOUTS = {
    'CIFAR10': ('cifar-10-batches-py',),
    'CIFAR100': ('cifar-100-python',),
    'FGVCAircraft': ('data/images', 'data/images_variant_{split}.txt'),
    'Flowers102': ('jpg', 'imagelabels.mat', 'setid.mat'),
    'Food101': ('images', 'meta/{split}.txt'),
    'StanfordCars': ('cars_annos.mat', 'car_ims'),
}
# Stanford Cars comes in two layouts
_CARS_BY_SPLIT = {
    'train': ('devkit/cars_train_annos.mat', 'cars_train'),
    'test': ('devkit/cars_test_annos_withlabels.mat', 'cars_test'),
}


def check_data(cfg: Config, loaders: Iterable[str]) -> None:
    """Check that the folders and annotation files of a config's data sets exist.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.

    Raises:
        InputError: In three lines: what is missing and where it is looked for, which page tells how to
            lay it out, which config runs without it.
    """
    for name in loaders:
        for dataset in leaf_datasets(cfg.get(name) or {}):
            missing = next((path for path in needed_paths(dataset) if not _has_content(path)), None)
            if missing is not None and not _downloads(dataset, cfg.get('default_scope')):
                raise InputError(_message(name, dataset, missing))


def leaf_datasets(node: dict) -> Iterator[dict]:
    """The data sets of a data loader's config, also those inside wrappers such as RepeatDataset."""
    inner = [*(node.get('datasets') or ()), *([node['dataset']] if node.get('dataset') else ())]
    for dataset in inner:
        if isinstance(dataset, dict):
            yield from leaf_datasets(dataset)
    if not inner and 'type' in node:
        yield node


def needed_paths(dataset: dict) -> list[Path]:
    """The folders and files that a data set reads, in the order in which to look for them.

    Empty for data sets on remote storage.
    """
    root = str(dataset.get('data_root') or '')
    prefix = dataset.get('data_prefix') or ''
    if not prefix and _type_name(dataset) in _FOLDER_SPLITS:
        prefix = dataset.get('split') or ''
    folders = [str(part) for part in (prefix.values() if isinstance(prefix, dict) else [prefix]) if part]
    files = [str(dataset['ann_file'])] if dataset.get('ann_file') else []
    named = [root, *folders, *files]
    if any('://' in part for part in named):
        return []
    named = (*files, *folders) or _own_layout(dataset, Path(root))
    inside = [Path(root, Path(part).expanduser()) for part in named]
    return [*([Path(root)] if root else []), *inside]


def _own_layout(dataset: dict, root: Path) -> list[str]:
    name, split = _type_name(dataset), dataset.get('split')
    parts = _OWN_LAYOUTS.get(name, ()) if split else ()
    if name == 'StanfordCars' and (root / 'devkit').is_dir():
        parts = _CARS_BY_SPLIT.get(split, ())
    return [part.format(split=split) for part in parts]


def _type_name(dataset: dict) -> str:
    kind = dataset['type']
    return kind.rpartition('.')[2] if isinstance(kind, str) else kind.__name__


def _downloads(dataset: dict, scope: str | None) -> bool:
    """Whether a data set fetches what is missing, as CIFAR and MNIST do."""
    with DATASETS.switch_scope_and_registry(dataset.get('_scope_', scope)) as registry:
        kind = registry.get(dataset['type']) if isinstance(dataset['type'], str) else dataset['type']
    bases = kind.__mro__ if inspect.isclass(kind) else ()
    takes = any('download' in inspect.signature(base.__init__).parameters for base in bases)
    return takes and dataset.get('download', True)


def _has_content(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def _message(loader: str, dataset: dict, missing: Path) -> str:
    state = 'is empty' if missing.is_dir() else 'does not exist'
    first = f'{_type_name(dataset)} of {loader} is missing: {missing.absolute()} {state}'
    root = Path(dataset.get('data_root') or missing)
    if root.name in EMBEDDED:
        page = f'How it is laid out: {PAGE}'
        return f'{first}\n{page}\nThis command writes it: mmchan data {root.name} --out {root}'
    detects = 'Coco' in _type_name(dataset)
    page, runs_without = (DETECTION_PAGE, DETECTOR_RUNS_WITHOUT) if detects else (PAGE, RUNS_WITHOUT)
    return f'{first}\nHow to lay it out: {page}\nThis config runs without it: {runs_without}'
