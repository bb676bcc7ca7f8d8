"""mmpretrain's random crops and flips, of a whole batch at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import mmcv
import numpy as np
import torch

# step -> the settings of it that can be done here
_SETTINGS = {
    'RandomCrop': ('type', 'crop_size', 'padding', 'pad_val'),
    'RandomFlip': ('type', 'prob', 'direction'),
}
_AXES = {'vertical': 1, 'horizontal': 2}  # of (N, H, W, C)


@dataclass(frozen=True)
class Augmentation:
    """Random steps of a pipeline: at most one crop, and flips.

    Attributes:
        crop_size: Height and width; None does not crop.
        padding: In front of the crop, at left, top, right and bottom.
        pad_val: Value of the padding as mmcv takes it, in [0, 255].
        flips: Directions and their probabilities, in order.
    """

    crop_size: tuple[int, int] | None = None
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    pad_val: float | Sequence[float] = 0
    flips: tuple[tuple[str, float], ...] = ()

    @staticmethod
    def hindrances(steps: Sequence[Mapping]) -> list[str]:
        """The steps that cannot be done here, in words."""
        found = [words for step in steps if (words := _hindrance(step))]
        crops = [step for step in steps if step_name(step) == 'RandomCrop']
        return [*found, *(['several crops'] if len(crops) > 1 else [])]

    @classmethod
    def of(cls, steps: Sequence[Mapping]) -> 'Augmentation':
        """The steps of a pipeline without hindrances."""
        crop = next((step for step in steps if step_name(step) == 'RandomCrop'), None)
        flips = tuple(
            (step.get('direction', 'horizontal'), step['prob'])
            for step in steps
            if step_name(step) == 'RandomFlip'
        )
        if crop is None:
            return cls(flips=flips)
        size = crop['crop_size']
        size = (size, size) if isinstance(size, int) else tuple(size)
        return cls(size, _sides(crop.get('padding')), crop.get('pad_val', 0), flips)

    def padded(self, pixels: torch.Tensor) -> torch.Tensor:
        """Images (N, H, W, C) with the padding around them, to be done once for a data set."""
        left, top, right, bottom = self.padding
        if not any(self.padding):
            return pixels
        count, height, width, channels = pixels.shape
        whole = torch.empty(
            (count, height + top + bottom, width + left + right, channels), dtype=pixels.dtype
        )
        # mmcv's own border: one number stands for the first channel alone
        border = mmcv.impad(np.zeros((1, 1, channels), np.uint8), padding=(1, 0, 0, 0), pad_val=self.pad_val)
        whole[:] = torch.from_numpy(border[0, 0].reshape(-1))
        whole[:, top : top + height, left : left + width] = pixels
        return whole

    def apply(
        self, padded: torch.Tensor, indices: torch.Tensor, generator: np.random.Generator
    ) -> torch.Tensor:
        """Some of the images, each cropped and flipped by itself.

        Args:
            padded: What :meth:`padded` gave, (N, H, W, C).
            indices: Of the images, (B,).
            generator: Random numbers; for a pipeline without random steps none are drawn.

        Returns:
            The images, (B, h, w, C).
        """
        height, width = padded.shape[1:3]
        size = self.crop_size or (height, width)
        count = len(indices)
        places = [
            _starts(whole - part, count, generator) + np.arange(min(whole, part))
            for whole, part in zip((height, width), size, strict=True)
        ]
        for direction, probability in self.flips:
            flipped = generator.random(count) < probability
            axis = _AXES[direction] - 1
            places[axis] = np.where(flipped[:, np.newaxis], places[axis][:, ::-1], places[axis])
        rows, columns = map(torch.from_numpy, places)
        return padded[indices[:, None, None], rows[:, :, None], columns[:, None, :]]


def step_name(step: Mapping[str, object]) -> str:
    """The type of a step, or another part of a config, without its scope."""
    return str(step.get('type', '')).rpartition('.')[2]


def _starts(room: int, count: int, generator: np.random.Generator) -> np.ndarray:
    """Where crops begin, (count, 1)."""
    if room <= 0:
        return np.zeros((count, 1), dtype=np.int64)
    return generator.integers(0, room + 1, size=(count, 1))


def _hindrance(step: Mapping) -> str:
    kind = step_name(step)
    if kind not in _SETTINGS:
        return kind
    others = [name for name in step if name not in _SETTINGS[kind]]
    if kind == 'RandomFlip':
        plain = isinstance(step.get('prob'), int | float)
        known = step.get('direction', 'horizontal') in list(_AXES)
        others += [*([] if plain else ['prob']), *([] if known else ['direction'])]
    return f'{kind}({", ".join(others)})' if others else ''


def _sides(padding: int | Sequence[int] | None) -> tuple[int, int, int, int]:
    """Padding as mmcv's impad takes it: one number, (horizontal, vertical), or left, top, right, bottom."""
    if padding is None:
        return (0, 0, 0, 0)
    if isinstance(padding, int):
        return (padding,) * 4
    return tuple(padding) if len(padding) == 4 else (*padding, *padding)
