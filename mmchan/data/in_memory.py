"""Labelled images of equal size as tensors in memory, read by mmpretrain's data sets: folders, IDX, CIFAR."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from mmengine.config import ConfigDict
from mmengine.registry import DATASETS, DefaultScope

from mmchan.data.augmentation import step_name
from mmchan.errors import InputError

# steps of a pipeline that draw no random numbers: done once, when an image is read
FIXED = ('LoadImageFromFile', 'Resize', 'ResizeEdge', 'CenterCrop', 'Pad')
PACK = {'type': 'PackInputs'}
LIMIT = 4 << 30  # bytes
KEPT = 4  # data sets that a process keeps


@dataclass(frozen=True)
class Images:
    """A labelled data set.

    Attributes:
        pixels: uint8, (N, H, W, C), as its files have them: colour images in the order BGR.
        labels: int64, (N,).
    """

    pixels: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)


def read_images(dataset: Mapping[str, object], *, scope: str = 'mmpretrain') -> Images:
    """All images of a data set, as they are before anything random is done to them.

    A process keeps what it has read: asked again it gives the same tensors, which must not be changed.

    Args:
        dataset: Config of a data set of mmpretrain; of its pipeline the steps of :data:`FIXED` are done.
        scope: Where its type is looked for.

    Raises:
        InputError: For images of different sizes, more of them than fit, or no labels.
    """
    return _read(json.dumps(dataset, sort_keys=True), scope)


@lru_cache(maxsize=KEPT)
def _read(dataset: str, scope: str) -> Images:
    settings = json.loads(dataset)
    steps = [step for step in settings.get('pipeline', ()) if step_name(step) in FIXED]
    with DefaultScope.overwrite_default_scope(scope):
        built = DATASETS.build(ConfigDict({**settings, 'pipeline': steps}))
    if not len(built):
        raise InputError(f'{step_name(settings)} of {settings.get("data_root")!r} holds no image')
    first = _pixels(built[0])
    if first.nbytes * len(built) > LIMIT:
        raise InputError(
            f'{len(built):,} images of {first.shape} do not fit into {LIMIT >> 30} GiB of memory: train '
            "them by the ordinary path (path = 'ordinary')"
        )
    pixels = np.empty((len(built), *first.shape), dtype=np.uint8)
    labels = np.empty(len(built), dtype=np.int64)
    for index in range(len(built)):
        sample = built[index]
        image = _pixels(sample)
        if image.shape != first.shape:
            raise InputError(
                f'image {index} of {settings.get("data_root")!r} is {image.shape}, the first {first.shape}: '
                'images in memory must be of equal size; resize them in the pipeline'
            )
        pixels[index], labels[index] = image, sample['gt_label']
    return Images(torch.from_numpy(pixels), torch.from_numpy(labels))


def _pixels(sample: Mapping[str, object]) -> np.ndarray:
    """The image of a sample, (H, W, C)."""
    image = sample['img']
    return image if image.ndim == 3 else image[..., np.newaxis]
