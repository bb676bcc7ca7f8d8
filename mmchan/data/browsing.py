"""What a config's pipeline makes of its data: samples as they are stored and as a network gets them."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import DATASETS, DefaultScope

from mmchan.data.loading import image_problem
from mmchan.data.seeding import own_random_numbers, seed_generators
from mmchan.errors import InputError, require_integer

SCOPES = ('mmpretrain', 'mmdet')
LOADS = 'Load'  # begins the names of the transforms that load what is stored


@dataclass(frozen=True)
class View:
    """An image with its annotations.

    Attributes:
        pixels: (H, W, 3) in RGB, bytes.
        labels: Classes: of the image, or of every object in it.
        boxes: Left, top, right, bottom of the objects, px, (K, 4); None for a classifier's data.
        masks: (K, H, W); None where there are none.
    """

    pixels: np.ndarray
    labels: tuple[int, ...]
    boxes: np.ndarray | None = None
    masks: np.ndarray | None = None


@dataclass(frozen=True)
class Sample:
    """An image of a data set.

    Attributes:
        name: Of its file, or its number where there is none.
        stored: As it is stored.
        fed: As the pipeline feeds it, a view for each time that it was asked.
    """

    name: str
    stored: View
    fed: tuple[View, ...]


class Browser:
    """Shows samples of one of a config's data sets, with the random numbers of a seed.

    Args:
        cfg: The config of a classifier or a detector.
        split: 'train', 'val' or 'test'.

    Attributes:
        steps: Names of the transforms of its pipeline.
        classes: Names of the classes; empty where the data set has none.

    Raises:
        InputError: For a config without such data, or of another library.
    """

    def __init__(self, cfg: Config, split: str) -> None:
        self.scope = cfg.get('default_scope')
        if self.scope not in SCOPES:
            raise InputError(
                f"the config's default_scope must be one of {', '.join(SCOPES)}, got {self.scope!r}"
            )
        settings = (cfg.get(f'{split}_dataloader') or {}).get('dataset')
        if not settings:
            raise InputError(f'the config has no {split}_dataloader with a dataset')
        try:
            self.dataset = self._built(DATASETS.build, settings)
        except (RuntimeError, OSError) as error:  # what the libraries raise for empty and absent folders
            raise InputError(f'the data of {split}_dataloader cannot be read: {error}') from error
        transforms = _pipeline(settings)
        self.steps = [_name(step) for step in transforms]
        self.load = self._built(Compose, _loading(transforms))
        self.is_rgb = any(step.get('to_rgb') for step in transforms)
        self.classes = tuple(map(str, self.dataset.metainfo.get('classes') or ()))

    def _built(self, build: Callable, settings: object) -> object:
        with DefaultScope.overwrite_default_scope(self.scope):
            return build(settings)

    def __len__(self) -> int:
        return len(self.dataset)

    def reads(self, path: Path) -> bool:
        """Whether a file is one of the images."""
        if not path.exists():
            return False
        first, last = (Path(self._image(index)).absolute() for index in (0, len(self) - 1))
        around = os.path.commonpath([first.parent, last.parent])  # asking every image may take long
        if not path.resolve().is_relative_to(Path(around).resolve()):
            return False
        named = (Path(self._image(index)) for index in range(len(self)))
        return any(image.name == path.name and image.samefile(path) for image in named)

    def _image(self, index: int) -> str:
        """Path or URL of an image; empty where the images are in memory."""
        return self.dataset.get_data_info(index).get('img_path', '')

    def choose(self, count: int, seed: int) -> list[int]:
        """Indices of different samples, drawn at random; all where there are fewer."""
        require_integer(count, 'count')
        drawn = np.random.default_rng(seed).permutation(len(self))[:count]
        return drawn.tolist()

    def sample(self, index: int, *, draws: int, seed: int) -> Sample:
        """A sample as it is stored, and what the pipeline makes of it.

        Args:
            index: Of the sample.
            draws: How often the pipeline is asked, >= 1.
            seed: Of its random numbers; index and number of the draw have their share in them.

        Raises:
            InputError: For a file that is missing or no whole image.
        """
        info = self.dataset.get_data_info(index)
        in_memory = 'img' in info
        name = f'number {index}' if in_memory else _whole(info['img_path'])
        stored = _loaded_view(self.load(info), is_rgb=in_memory)
        with own_random_numbers():
            fed = tuple(
                self._fed(index, draw, seed, is_rgb=in_memory or self.is_rgb) for draw in range(draws)
            )
        return Sample(name, stored, fed)

    def _fed(self, index: int, draw: int, seed: int, *, is_rgb: bool) -> View:
        seed_generators(seed, index, draw)
        return _packed_view(self.dataset[index], is_rgb=is_rgb)


def _whole(path: str) -> str:
    """The name of an image's file, after checking that it can be read, where it is not on remote storage."""
    problem = '' if '://' in path else image_problem(path)
    if problem:
        raise InputError(f'{path}: {problem}')
    return Path(path).name


def _pipeline(settings: Mapping) -> list[Mapping]:
    """The transforms of a data set's config, those of what it wraps first."""
    inside = settings.get('dataset') or next(iter(settings.get('datasets') or []), {})
    return [*(_pipeline(inside) if inside else []), *(settings.get('pipeline') or [])]


def _loading(transforms: Iterable[Mapping]) -> list[Mapping]:
    return [step for step in transforms if _name(step).startswith(LOADS)]


def _name(step: Mapping) -> str:
    kind = step['type']
    return kind.rpartition('.')[2] if isinstance(kind, str) else kind.__name__


def _loaded_view(results: Mapping, *, is_rgb: bool) -> View:
    """What loading transforms give, as a view."""
    pixels = _pixels(results['img'], is_rgb=is_rgb)
    if 'gt_bboxes' not in results:
        return View(pixels, _labels(results.get('gt_label', ())))
    labels = _labels(results['gt_bboxes_labels'])
    return View(pixels, labels, _boxes(results['gt_bboxes']), _masks(results.get('gt_masks')))


def _packed_view(packed: Mapping, *, is_rgb: bool) -> View:
    """What a pipeline feeds, as a view."""
    sample = packed['data_samples']
    pixels = _pixels(packed['inputs'].permute(1, 2, 0).numpy(), is_rgb=is_rgb)
    objects = sample.get('gt_instances')
    if objects is None:
        return View(pixels, _labels(sample.get('gt_label', ())))
    return View(pixels, _labels(objects.labels), _boxes(objects.bboxes), _masks(objects.get('masks')))


def _pixels(image: np.ndarray, *, is_rgb: bool) -> np.ndarray:
    """An image (H, W, C) as bytes (H, W, 3) in RGB; other numbers than bytes are stretched to all of them."""
    if image.ndim == 2 or image.shape[2] == 1:
        image = np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2)
    if image.dtype != np.uint8:
        low, high = float(image.min()), float(image.max())
        image = ((image - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)
    return np.ascontiguousarray(image if is_rgb else image[..., ::-1])


def _labels(labels: object) -> tuple[int, ...]:
    return tuple(np.atleast_1d(np.asarray(labels, dtype=int)).tolist())


def _boxes(boxes: object) -> np.ndarray:
    return np.asarray(getattr(boxes, 'tensor', boxes), dtype=float).reshape(-1, 4)


def _masks(masks: object) -> np.ndarray | None:
    return None if masks is None else masks.to_ndarray().astype(bool)


def without_repeats(samples: Sequence[Sample]) -> list[Sample]:
    """The samples with one view each, where the pipeline made the same of them every time."""
    is_random = any(
        not np.array_equal(view.pixels, sample.fed[0].pixels) for sample in samples for view in sample.fed
    )
    return list(samples) if is_random else [replace(sample, fed=sample.fed[:1]) for sample in samples]


def named(labels: Sequence[int], classes: Sequence[str]) -> str:
    """Names of an image's classes, for people."""
    return ', '.join(classes[label] if label < len(classes) else f'class {label}' for label in labels)
