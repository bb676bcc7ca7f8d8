"""The preprocessing as a part of the network: bytes in RGB in, whatever runs it.

Resizing is two multiplications by matrices that follow from the image's size, hence the same in every
runtime. Their entries are those of Pillow, which smooths before it shrinks, or of OpenCV, which does not.
"""

import torch
from torch import nn

from mmchan.deploy.metadata import Metadata
from mmchan.errors import InputError

LARGEST_BYTE = 255
# library and kind -> reach in pixels of the unscaled filter, and the cubic's parameter
_FILTERS = {
    ('pillow', 'bilinear'): (1, None),
    ('pillow', 'bicubic'): (2, -0.5),
    ('cv2', 'bilinear'): (1, None),
    ('cv2', 'bicubic'): (2, -0.75),
}


class WithPreprocessing(nn.Module):
    """A network behind its preprocessing: from (N, H, W, 3) of uint8, RGB, to its outputs.

    Args:
        network: From (N, 3, H, W) to outputs.
        metadata: Of the network, see :class:`mmchan.deploy.metadata.Metadata`.

    Raises:
        InputError: For a way to resize that is not among those above, and for outputs of no fixed size.
    """

    def __init__(self, network: nn.Module, metadata: Metadata) -> None:
        super().__init__()
        check_inside(metadata)
        self.network = network
        self.metadata = metadata
        for name in ('mean', 'std'):
            values = torch.tensor(getattr(metadata, name), dtype=torch.float32)
            self.register_buffer(name, values[:, None, None])

    def forward(self, images: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        x = images.permute(0, 3, 1, 2).float()
        said = self.metadata
        if said.resize or said.crop or said.square:
            x = resample(x, said)
        if said.colour == 'bgr':
            x = x.flip(1)
        return self.network((x - self.mean) / self.std)


def check_inside(metadata: Metadata) -> None:
    """Raise InputError for a preprocessing that cannot be a part of the graph."""
    kind = (metadata.library, metadata.interpolation)
    if metadata.resize and kind not in _FILTERS:
        known = ', '.join(' '.join(one) for one in _FILTERS)
        raise InputError(
            f'resizing by {" ".join(kind)} cannot be inside the graph ({known} can): export with '
            '--no-preprocessing'
        )
    if (len(metadata.resize) == 1 or metadata.square) and not (metadata.crop or len(metadata.resize) == 2):
        raise InputError(
            'resizing the shorter edge without a crop gives images of any size, which cannot be inside the '
            'graph: export with --no-preprocessing'
        )


def resample(x: torch.Tensor, metadata: Metadata) -> torch.Tensor:
    """Square, resize and crop: from bytes (N, 3, H, W) to bytes of the crop's size, both as floats."""
    taps = [torch.arange(length, dtype=torch.float32, device=x.device) for length in x.shape[2:]]
    short = torch.minimum(taps[0][-1], taps[1][-1]) + 1
    vertical, horizontal = (axis_weights(one, short, metadata, axis) for axis, one in enumerate(taps))
    x = x @ horizontal.T
    if metadata.library == 'pillow':  # it stores bytes between the two directions
        x = to_bytes(x)
    return to_bytes(vertical @ x)


def to_bytes(x: torch.Tensor) -> torch.Tensor:
    """Rounded to whole numbers within [0, 255]."""
    return (x + 0.5).floor().clamp(0, LARGEST_BYTE)


def axis_weights(taps: torch.Tensor, short: torch.Tensor, metadata: Metadata, axis: int) -> torch.Tensor:
    """What every pixel of the output takes of every pixel of the input, along one axis.

    Args:
        taps: 0, 1, … of the input's pixels, (L,).
        short: Length of the image's shorter edge.
        metadata: Of the network.
        axis: 0 for the height, 1 for the width.

    Returns:
        (out, L), every row of which sums to 1.
    """
    length = taps[-1] + 1
    begin = torch.zeros_like(length)
    if metadata.square:
        side = metadata.square * short
        begin, length = ((length - side) / 2).round().clamp(min=0), side.floor()
    resized = _resized_length(length, short, metadata.resize, axis)
    size = metadata.crop[axis] if metadata.crop else metadata.resize[axis]
    first = ((resized - size) / 2).round().clamp(min=0) if metadata.crop else 0
    steps = torch.arange(size, dtype=torch.float32, device=taps.device) + first
    scale = length / resized
    centres = (steps + 0.5) * scale - 0.5
    weigh = _pillow_weights if metadata.library == 'pillow' else _cv2_weights
    kind = _FILTERS.get((metadata.library, metadata.interpolation), (1, None))
    return weigh(taps - begin, centres[:, None], length, scale, kind)


def _resized_length(
    length: torch.Tensor, short: torch.Tensor, resize: tuple[int, ...], axis: int
) -> torch.Tensor:
    if len(resize) == 1:
        return (resize[0] * length / short).floor()
    return torch.full_like(length, resize[axis]) if resize else length


Kind = tuple[int, float | None]


def _pillow_weights(
    taps: torch.Tensor, centres: torch.Tensor, length: torch.Tensor, scale: torch.Tensor, kind: Kind
) -> torch.Tensor:
    """The filter, widened where the image shrinks, of the pixels that are there.

    Source: precompute_coeffs in Pillow's Resample.c.
    """
    weights = _filter((taps - centres) / scale.clamp(min=1), kind)
    weights = weights * ((taps >= 0) & (taps < length))
    return weights / weights.sum(1, keepdim=True)


def _cv2_weights(
    taps: torch.Tensor, centres: torch.Tensor, length: torch.Tensor, scale: torch.Tensor, kind: Kind
) -> torch.Tensor:
    """The filter as it is; pixels beyond the border are like those on it.

    Source: OpenCV's resize with INTER_LINEAR and INTER_CUBIC.
    """
    weights = _filter(taps - centres, kind) * ((taps >= 0) & (taps < length))
    before = sum(_filter(centres + step, kind) for step in range(1, kind[0] + 1))
    behind = sum(_filter(length - 1 + step - centres, kind) for step in range(1, kind[0] + 1))
    return weights + before * (taps == 0) + behind * (taps == length - 1)


def _filter(distance: torch.Tensor, kind: Kind) -> torch.Tensor:
    """The triangle, or the cubic of a parameter, at distances in pixels."""
    x, parameter = distance.abs(), kind[1]
    if parameter is None:
        return (1 - x).clamp(min=0)
    near = ((parameter + 2) * x - (parameter + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * parameter - 4 * parameter
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
