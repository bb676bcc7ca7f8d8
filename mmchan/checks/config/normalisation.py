"""Are the mean and the deviation that images are normalised with in the order of their colours?"""

from collections.abc import Iterator, Mapping

from mmchan.checks.config.parts import part
from mmchan.findings import WARN, Finding
from mmchan.layouts.colours import BGR, RGB

_IMAGENET = (123.675, 116.28, 103.53)  # the mean of its pixels, in RGB order
_NEAR = 0.5
_FLIPS = ('to_rgb', 'bgr_to_rgb', 'rgb_to_bgr')


def check_normalisation(cfg: Mapping) -> Iterator[Finding]:
    """Warn where ImageNet's mean is in one order of the colours and the images are in the other.

    Images are loaded in BGR, as mmcv does.
    """
    own = part(cfg, 'model', 'data_preprocessor')
    key, pixels = (
        ('model.data_preprocessor', own) if own else ('data_preprocessor', part(cfg, 'data_preprocessor'))
    )
    order = _order(pixels.get('mean'))
    flip = next((name for name in _FLIPS if pixels.get(name)), None)
    images = RGB if flip else BGR
    if order and order != images:
        said = f'{flip}=True makes the images {RGB}' if flip else f'without to_rgb the images are {BGR}'
        remedy = "turn mean and std round, or change the colours' order"
        yield Finding(WARN, f'{key}.mean', f"is ImageNet's in {order} order, but {said}", remedy)


def _order(mean: object) -> str | None:
    """The order of a mean of three colours; None where it is not ImageNet's."""
    if not isinstance(mean, list | tuple) or len(mean) != 3:
        return None
    if not all(isinstance(value, int | float) for value in mean):
        return None
    for order, known in ((RGB, _IMAGENET), (BGR, _IMAGENET[::-1])):
        if all(abs(value - right) < _NEAR for value, right in zip(mean, known, strict=True)):
            return order
    return None
