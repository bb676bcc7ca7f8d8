"""Transforms of our own, for the pipelines of any OpenMMLab library."""

from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mmchan.data.pixels import looked_up
from mmchan.errors import require
from mmchan.registry import TRANSFORMS


@TRANSFORMS.register_module()
class Lighting(BaseTransform):
    """Shift an image's colour along the principal components of natural images.

    One random amount per component, the same for all pixels. The arguments are those of mmpretrain's
    Lighting, which adds to uint8 images without a limit, so that 258 becomes 2; here the values of an
    integer image are rounded and end at the limits of its type. Floating point images keep all values.

    Required and modified key: img, an array (H, W, 3).

    Args:
        eigval: Eigenvalues of the colour covariance, one per component.
        eigvec: Eigenvectors as columns: one row per channel, in the image's channel order.
        alphastd: Standard deviation of the random factors on the eigenvalues, in pixel values, >= 0.
            AlexNet's 0.1 for images in [0, 1] is 25.5 for images in [0, 255].
        to_rgb: Also turn BGR images to RGB, before the shift.

    Raises:
        InputError: When the shapes of the eigenvalues and eigenvectors do not fit, or alphastd < 0.

    Source: Krizhevsky et al. 2012, section 4.1; pycls ``lighting``.
    """

    def __init__(
        self,
        eigval: Sequence[float],
        eigvec: Sequence[Sequence[float]],
        alphastd: float = 0.1,
        to_rgb: bool = False,
    ) -> None:
        self.eigval = np.asarray(eigval, dtype=np.float64)
        self.eigvec = np.asarray(eigvec, dtype=np.float64)
        self.alphastd = alphastd
        self.to_rgb = to_rgb
        require(self.eigval.ndim == 1, 'eigval', 'a sequence of numbers', eigval)
        shape = (3, self.eigval.size)
        require(self.eigvec.shape == shape, 'eigvec', f'3 rows of {self.eigval.size} numbers', eigvec)
        require(alphastd >= 0, 'alphastd', '>= 0', alphastd)

    def transform(self, results: dict) -> dict:
        """Shift the colours of ``results['img']``."""
        image = results['img']
        image = np.ascontiguousarray(image[..., ::-1]) if self.to_rgb else image
        # NumPy's global state, as all of mmcv's transforms: it is what MMEngine seeds in every worker
        alpha = np.random.normal(0, self.alphastd, self.eigval.size)
        shift = self.eigvec @ (alpha * self.eigval)
        results['img'] = add_clipped(image, shift)
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(eigval={self.eigval.tolist()}, eigvec={self.eigvec.tolist()}, '
            f'alphastd={self.alphastd}, to_rgb={self.to_rgb})'
        )


def add_clipped(image: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Add a number to each channel; integers are rounded and stay within their type.

    >>> add_clipped(np.array([[[250, 100, 5]]], np.uint8), np.array([8.0, 0.6, -8.0]))
    array([[[255, 101,   0]]], dtype=uint8)
    """
    if not np.issubdtype(image.dtype, np.integer):
        return image + shift.astype(image.dtype)
    if image.dtype == np.uint8:
        levels = np.arange(256, dtype=np.uint8)[:, np.newaxis]
        return looked_up(image, np.clip(_shifted(levels, shift), 0, 255).astype(np.uint8))
    limits = np.iinfo(image.dtype)
    return np.clip(_shifted(image, shift), limits.min, limits.max).astype(image.dtype)


def _shifted(values: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Integers (..., C) plus a number for each channel, rounded."""
    return np.rint(values + shift.astype(np.float32))
