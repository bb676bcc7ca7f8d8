"""From an image's pixels to a detector's input, inside a graph."""

import torch
from torch import Tensor, nn

from mmchan.deploy.detection.resizing import Resizing

ONE = 2048  # what OpenCV's weights of two pixels sum up to


def resize(image: Tensor, height: Tensor | int, width: Tensor | int) -> Tensor:
    """An image (1, C, H, W) of uint8 at another size, as ``cv2.resize`` with INTER_LINEAR gives it.

    In whole numbers, as OpenCV does it, so that a runtime cannot round otherwise: columns first, then rows,
    dropping 4, 16 and 2 bits on the way.
    """
    left, right, far, near = _neighbours(image.shape[3], width, rows=False)
    pixels = image.to(torch.int32)
    rows = _dropping(pixels[..., left] * near + pixels[..., right] * far, 16)
    above, below, far, near = _neighbours(image.shape[2], height, rows=True)
    upper = _dropping(rows[:, :, above] * near[:, None], 2**16)
    lower = _dropping(rows[:, :, below] * far[:, None], 2**16)
    return _dropping(upper + lower + 2, 4)


def _dropping(values: Tensor, divisor: int) -> Tensor:
    return torch.div(values, divisor, rounding_mode='trunc')


def _neighbours(
    before: Tensor | int, after: Tensor | int, *, rows: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """For every new pixel of an axis the old ones on both sides, and the weights of the second and first."""
    before, after = (torch.as_tensor(length) for length in (before, after))
    # with an axis of its own: of scalars the exporter makes float32
    ratio = after.reshape(1).double() / before.reshape(1).double()
    scale = torch.ones(1, dtype=torch.float64) / ratio
    places = ((torch.arange(after).double() + 0.5) * scale - 0.5).float()
    first = places.floor()
    share = places - first
    last = before - 1
    start, end = (torch.minimum((first + step).clamp(min=0).long(), last) for step in (0, 1))
    if not rows:  # in the outermost rows OpenCV weights one pixel twice, which rounds otherwise
        share = torch.where(start < end, share, torch.zeros_like(share))
    weights = ((share * ONE).round().to(torch.int32), ((1 - share) * ONE).round().to(torch.int32))
    return start, end, *weights


class Preprocessing(nn.Module):
    """Resizing and normalisation inside a graph.

    Args:
        resizing: Of the test pipeline.
        mean: Of the network's channels in their order, for values within [0, 255].
        std: Likewise.
        swap: Whether the network's order of channels is BGR.
    """

    def __init__(self, resizing: Resizing, mean: Tensor, std: Tensor, *, swap: bool) -> None:
        super().__init__()
        self.resizing = resizing
        self.swap = swap
        self.register_buffer('mean', mean.reshape(1, 3, 1, 1))
        self.register_buffer('std', std.reshape(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """A network's input (1, 3, h, w), and the factors (4,) that lead boxes back to the image.

        Args:
            pixels: (1, H, W, 3) of uint8, RGB.
        """
        image = pixels.permute(0, 3, 1, 2)
        height, width = pixels.shape[1:3]
        new_height, new_width = self._size(height, width)
        if self.resizing.scale:
            image = resize(image, new_height, new_width)
        before, after = (
            torch.stack([torch.as_tensor(side) for side in sides]).float()
            for sides in ((width, height, width, height), (new_width, new_height, new_width, new_height))
        )
        if self.swap:
            image = image.flip(1)
        return (image.float() - self.mean) / self.std, before / after

    def _size(self, height: Tensor, width: Tensor) -> tuple[Tensor | int, Tensor | int]:
        """As :meth:`Resizing.size`, in whole numbers, which no runtime rounds."""
        scale = self.resizing.scale
        if not scale:
            return height, width
        if not self.resizing.keep_ratio:
            return scale[1], scale[0]
        height, width = torch.as_tensor(height), torch.as_tensor(width)
        longer, shorter = torch.maximum(height, width), torch.minimum(height, width)
        by_longer = max(scale) * shorter <= min(scale) * longer
        above = torch.where(by_longer, max(scale), min(scale))
        below = torch.where(by_longer, longer, shorter)
        return tuple(
            torch.div(2 * side * above + below, 2 * below, rounding_mode='floor') for side in (height, width)
        )


class FromPixels(nn.Module):
    """A detector with its preprocessing.

    Args:
        detector: Of :func:`~mmchan.deploy.detection.detectors.traceable`.
        preprocessing: What comes before it.
    """

    def __init__(self, detector: nn.Module, preprocessing: Preprocessing) -> None:
        super().__init__()
        self.detector = detector
        self.preprocessing = preprocessing
        self.outputs = detector.outputs

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """What the detector finds in an image (1, H, W, 3) of uint8 in RGB; boxes in its pixels."""
        image, back = self.preprocessing(pixels)
        boxes, *rest = self.detector(image)
        return boxes * back, *rest
