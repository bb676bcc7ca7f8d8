"""mmcv's point operations by table: the same pixels in a fraction of the time.

Most of RandAugment and AutoAugment maps every value of a channel to another one, whatever stands beside it.
mmcv computes that for each pixel, in floating point or by indexing with NumPy; an image of 8 bits has 256
values to compute, and OpenCV looks the rest up. Images other than colour images of 8 bits are left to mmcv,
as are settings that neither of the two has.
"""

from collections.abc import Callable

import cv2
import numpy as np
from mmcv.image import geometric, photometric

_LEVELS = np.arange(256, dtype=np.uint8)
_FLIPS = {'horizontal': 1, 'vertical': 0, 'diagonal': -1}  # OpenCV's codes
_COUNTED = 1 << 24  # pixels of a channel: OpenCV counts in float32


def imflip(img: np.ndarray, direction: str = 'horizontal') -> np.ndarray:
    """As :func:`mmcv.imflip`, but not a view, which OpenCV copies again in whatever comes next."""
    if direction not in _FLIPS or not _is_plain(img):
        return geometric.imflip(img, direction)
    return cv2.flip(img, _FLIPS[direction])


def solarize(img: np.ndarray, thr: float = 128) -> np.ndarray:
    """As :func:`mmcv.solarize`: inverts the values from a threshold on."""
    if not _is_plain(img):
        return photometric.solarize(img, thr)
    return cv2.LUT(img, photometric.solarize(_LEVELS, thr))


def imequalize(img: np.ndarray) -> np.ndarray:
    """As :func:`mmcv.imequalize`: makes the values of each channel equally frequent."""
    if not _is_plain(img):
        return photometric.imequalize(img)
    return _by_channel(img, _equal_levels)


def auto_contrast(img: np.ndarray, cutoff: float | tuple = 0) -> np.ndarray:
    """As :func:`mmcv.auto_contrast`: stretches each channel to 0 and 255."""
    if cutoff != 0 or not _is_plain(img):
        return photometric.auto_contrast(img, cutoff)
    return _by_channel(img, _stretched_levels)


def adjust_brightness(img: np.ndarray, factor: float = 1.0, backend: str | None = None) -> np.ndarray:
    """As :func:`mmcv.adjust_brightness`: blends with black."""
    if not _is_plain(img, backend):
        return photometric.adjust_brightness(img, factor, backend)
    return cv2.LUT(img, _blended_levels(factor, 0))


def adjust_contrast(img: np.ndarray, factor: float = 1.0, backend: str | None = None) -> np.ndarray:
    """As :func:`mmcv.adjust_contrast`: blends with the mean of the image's grey."""
    if not _is_plain(img, backend):
        return photometric.adjust_contrast(img, factor, backend)
    grey = cv2.cvtColor(img, cv2.COLOR_BGR2GRAY)
    return cv2.LUT(img, _blended_levels(factor, round(cv2.sumElems(grey)[0] / grey.size)))


def adjust_color(
    img: np.ndarray, alpha: float = 1, beta: float | None = None, gamma: float = 0, backend: str | None = None
) -> np.ndarray:
    """As :func:`mmcv.adjust_color`: blends with the image's grey."""
    if not _is_plain(img, backend):
        return photometric.adjust_color(img, alpha, beta, gamma, backend)
    grey = cv2.cvtColor(cv2.cvtColor(img, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(img, alpha, grey, 1 - alpha if beta is None else beta, gamma)


FUNCTIONS: tuple[Callable[..., np.ndarray], ...] = (
    imflip,
    solarize,
    imequalize,
    auto_contrast,
    adjust_brightness,
    adjust_contrast,
    adjust_color,
)


def looked_up(img: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """Look the values of an image up, in a table of its own for each channel.

    Args:
        img: uint8, (H, W, C).
        tables: uint8, (256, C).

    Returns:
        The image, (H, W, C).
    """
    return cv2.LUT(img, tables[np.newaxis])


def _is_plain(img: np.ndarray, backend: str | None = None) -> bool:
    """Whether an image is what data sets load by default: 8 bits, three channels, for OpenCV."""
    plain = img.dtype == np.uint8 and img.ndim == 3 and img.shape[2] == 3 and 0 < img.size < _COUNTED
    return plain and (backend or photometric.imread_backend) == 'cv2'


def _by_channel(img: np.ndarray, levels: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Map each channel as its histogram says."""
    img = np.ascontiguousarray(img)  # once, not for every channel: a flip leaves a view
    counts = [cv2.calcHist([img], [channel], None, [256], [0, 256]) for channel in range(3)]
    return looked_up(img, np.stack([levels(count.ravel().astype(np.int64)) for count in counts], axis=-1))


def _equal_levels(counts: np.ndarray) -> np.ndarray:
    """Where each value goes, so that all become equally frequent."""
    step = (counts.sum() - counts[np.flatnonzero(counts)[-1]]) // 255
    if not step:
        return _LEVELS
    levels = (np.cumsum(counts) + step // 2) // step
    return np.minimum(np.concatenate([[0], levels[:-1]]), 255).astype(np.uint8)


def _stretched_levels(counts: np.ndarray) -> np.ndarray:
    """Where each value goes, so that the lowest becomes 0 and the highest 255."""
    low, high = np.flatnonzero(counts)[[0, -1]]
    if low >= high:
        return _LEVELS
    scale = 255.0 / (high - low)
    return np.clip(np.arange(256) * scale + -low * scale, 0, 255).astype(np.uint8)


def _blended_levels(factor: float, other: int) -> np.ndarray:
    """Where each value goes, blended with another one as mmcv does it: in float32, rounded down."""
    levels = _LEVELS.astype(np.float32)
    blended = cv2.addWeighted(levels, factor, np.full_like(levels, other), 1 - factor, 0)
    return np.clip(blended, 0, 255).astype(np.uint8).ravel()
