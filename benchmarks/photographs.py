"""Photographs as ImageNet has them, without ImageNet."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

WIDTH, HEIGHT = 500, 375
QUALITIES = (90, 96)  # lowest and highest
_SOURCES = ('astronaut', 'chelsea', 'coffee', 'rocket')  # those that need no download


def write(folder: Path, *, count: int, seed: int) -> list[Path]:
    """Write JPEG files of about 500 x 375 pixels.

    Args:
        folder: For the files.
        count: How many.
        seed: Of the crops and their qualities.
    """
    paths = [folder / f'{number:03}.jpg' for number in range(count)]
    for path, (image, quality) in zip(paths, _drawn(np.random.default_rng(seed)), strict=False):
        image.save(path, quality=quality)
    return paths


def _drawn(generator: np.random.Generator) -> Iterator[tuple[Image.Image, int]]:
    """Endlessly: a crop, in the pixels of its source, turned by a quarter now and then; its quality."""
    sources = [getattr(data, name)() for name in _SOURCES]
    while True:
        for source in sources:
            height, width = (min(pair) for pair in zip((HEIGHT, WIDTH), source.shape, strict=False))
            top = generator.integers(0, source.shape[0] - height + 1)
            left = generator.integers(0, source.shape[1] - width + 1)
            crop = np.rot90(
                source[top : top + height, left : left + width], generator.choice(2, p=(0.8, 0.2))
            )
            yield Image.fromarray(crop), int(generator.integers(QUALITIES[0], QUALITIES[1] + 1))
