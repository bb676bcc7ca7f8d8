"""Are the mean and the deviation that images are normalised with in the order of their colours?"""

from collections.abc import Iterator, Mapping

from mmchan.checks.config.parts import preprocessor_of, sequence
from mmchan.findings import WARN, Finding
from mmchan.layouts.colours import BGR, RGB

_IMAGENET = (123.675, 116.28, 103.53)  # the mean of its pixels, in RGB order
_NEAR = 0.5
_FLIPS = ('to_rgb', 'bgr_to_rgb', 'rgb_to_bgr')


def check_normalisation(cfg: Mapping) -> Iterator[Finding]:
    """Warn where ImageNet's mean is in one order of the colours and the images are in the other.

    Images are loaded in BGR, as mmcv does.
    """
    key, pixels = preprocessor_of(cfg)
    order = _order(sequence(pixels.get('mean')))
    flip = next((name for name in _FLIPS if pixels.get(name)), None)
    if order and order != (RGB if flip else BGR):
        said = f'{flip}=True makes the images {RGB}' if flip else f'without to_rgb the images are {BGR}'
        remedy = "turn mean and std round, or change the colours' order"
        yield Finding(WARN, f'{key}.mean', f"is ImageNet's in {order} order, but {said}", remedy)


def _order(mean: list) -> str | None:
    """The order of a mean of three colours; None where it is not ImageNet's."""
    numbers = [value for value in mean if isinstance(value, int | float)]
    if len(mean) == len(numbers) == len(_IMAGENET):
        for order, known in ((RGB, _IMAGENET), (BGR, _IMAGENET[::-1])):
            if all(map(_is_near, numbers, known)):
                return order
    return None


def _is_near(value: float, known: float) -> bool:
    return abs(value - known) < _NEAR
