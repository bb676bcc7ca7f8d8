"""What drawings made of photographs have in common: their pixels, titles that fit, masks over objects."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

SMALL = 64  # px; the pixels of a smaller image are shown as squares


def show_image(axes: Axes, pixels: np.ndarray) -> None:
    """Draw an image (H, W, 3)."""
    axes.imshow(pixels, interpolation='nearest' if max(pixels.shape[:2]) < SMALL else 'bicubic')


def show_mask(axes: Axes, mask: np.ndarray, colour: str, *, opacity: float) -> None:
    """Draw an object's mask (H, W), of bool or of 0 and 1, over an image."""
    overlay = np.zeros((*mask.shape, 4))
    overlay[..., :3] = to_rgb(colour)
    overlay[..., 3] = opacity * mask
    axes.imshow(overlay, interpolation='nearest')


def shortened(text: str, longest: int) -> str:
    """A text of at most so many characters.

    >>> shortened('a class of a long name', 10)
    'a class o…'
    """
    return text if len(text) <= longest else f'{text[: longest - 1]}…'
