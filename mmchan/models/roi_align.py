"""RoIAlign for CPUs, as the product of a sparse matrix with the pixels of a map.

mmcv's operator (torchvision's too) walks over channel after channel, sample after sample. Here every bin is a
weighted sum of pixels, each with its channels side by side: :func:`torch.nn.functional.embedding_bag`.
"""

from typing import Any, NamedTuple

import scipy.sparse
import torch
from mmcv import ops
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from mmchan.errors import require


class RoIAlign(ops.RoIAlign):
    """mmcv's RoIAlign, with the same arguments; on a CPU many times as fast and the same within rounding.

    It takes maps (N, C, H, W) in any memory format, which mmcv's reads as if they were contiguous, and boxes
    (K, 5): index of the image, x1, y1, x2, y2, px. It gives (K, C, height, width).

    Source: arXiv:1703.06870, section 3.
    """

    def forward(self, input: torch.Tensor, rois: torch.Tensor) -> torch.Tensor:
        """Average what is sampled in every bin of every box."""
        if input.device.type != 'cpu' or self.pool_mode != 'avg' or torch.jit.is_tracing():
            return super().forward(input.contiguous(), rois)
        bins = roi_align(
            input,
            rois,
            self.output_size,
            spatial_scale=self.spatial_scale,
            sampling_ratio=self.sampling_ratio,
            aligned=self.aligned,
        )
        return bins.contiguous()  # as mmcv's: some heads of mmdet ask for a view


def use_quick_roi_align(model: nn.Module) -> None:
    """Put ours in the place of every RoIAlign of mmcv in a model."""
    for parent in list(model.modules()):
        for name, layer in parent.named_children():
            if type(layer) is ops.RoIAlign:
                setattr(parent, name, _like(layer))


def _like(layer: ops.RoIAlign) -> RoIAlign:
    return RoIAlign(
        layer.output_size,
        spatial_scale=layer.spatial_scale,
        sampling_ratio=layer.sampling_ratio,
        pool_mode=layer.pool_mode,
        aligned=layer.aligned,
        use_torchvision=layer.use_torchvision,
    )


def roi_align(
    maps: torch.Tensor,
    rois: torch.Tensor,
    output_size: tuple[int, int],
    *,
    spatial_scale: float = 1.0,
    sampling_ratio: int = 0,
    aligned: bool = True,
) -> torch.Tensor:
    """Average what is sampled bilinearly at a grid of points in every bin of every box.

    Args:
        maps: Feature maps, (N, C, H, W), in any memory format.
        rois: Boxes, (K, 5): index of the image, x1, y1, x2, y2, px of the image.
        output_size: Bins along the height and the width of a box.
        spatial_scale: Size of the maps over that of the images.
        sampling_ratio: Points along each side of a bin; 0 takes one for each pixel of the map that it covers.
        aligned: Whether the middle of the first pixel is at 0.5, not at 0.

    Returns:
        (K, C, height, width), channels_last.

    Raises:
        InputError: For an aligned box that ends before it begins.

    Source: arXiv:1703.06870, section 3; border and arithmetic as in mmcv's operator.
    """
    count, channels, height, width = maps.shape
    with torch.no_grad():
        boxes = rois[:, 1:].to(torch.promote_types(maps.dtype, torch.float32)) * spatial_scale
        grid = _grid(boxes, output_size, sampling_ratio, aligned=aligned)
        matrix = _matrix(grid, rois[:, 0].long(), (height, width))
    pixels = maps.permute(0, 2, 3, 1).reshape(count * height * width, channels)
    bins = _SparseProduct.apply(pixels.to(matrix.weights.dtype), *matrix).to(maps.dtype)
    return bins.view(len(rois), *output_size, channels).permute(0, 3, 1, 2)


class _Grid(NamedTuple):
    """Where maps are sampled: P points, first those of the first bin of the first box.

    Attributes:
        box: Number of the box of a point, (P,).
        y: In pixels of the map, (P,).
        x: As y.
        ends: Where the points of a bin end, after a 0: (bins + 1,).
    """

    box: torch.Tensor
    y: torch.Tensor
    x: torch.Tensor
    ends: torch.Tensor


def _grid(boxes: torch.Tensor, output_size: tuple[int, int], sampling_ratio: int, *, aligned: bool) -> _Grid:
    """Points of boxes (K, 4) in pixels of the map."""
    rows, columns = output_size
    starts, sizes = boxes[:, :2], boxes[:, 2:] - boxes[:, :2]
    if aligned:
        starts = starts - 0.5
        require(not (sizes < 0).any(), 'rois', 'boxes with x1 <= x2 and y1 <= y2', 'others')
    else:
        sizes = sizes.clamp(min=1)
    steps = sizes / sizes.new_tensor((columns, rows))
    samples = torch.full_like(steps, sampling_ratio) if sampling_ratio > 0 else steps.ceil()
    in_bin = samples.prod(1).long().repeat_interleave(rows * columns)
    ends = F.pad(in_bin.cumsum(0), (1, 0))
    bin_of = torch.arange(len(in_bin)).repeat_interleave(in_bin)
    box = bin_of // (rows * columns)
    across = samples[:, 0].long()[box]
    nth = torch.arange(len(bin_of)) - ends[bin_of]
    (start_x, start_y), (step_x, step_y), (sample_x, sample_y) = (
        values[box].unbind(1) for values in (starts, steps, samples)
    )
    y = start_y + bin_of // columns % rows * step_y + (nth // across + 0.5) * step_y / sample_y
    x = start_x + bin_of % columns * step_x + (nth % across + 0.5) * step_x / sample_x
    return _Grid(box, y, x, ends)


class _Matrix(NamedTuple):
    """A sparse matrix in rows of unequal length: torch's embedding_bag and SciPy's CSR take it as it is.

    Attributes:
        weights: What stands in it, row after row.
        columns: Where it stands in its row, int32.
        ends: Where the rows end, after a 0, int32.
    """

    weights: torch.Tensor
    columns: torch.Tensor
    ends: torch.Tensor


def _matrix(grid: _Grid, image_of: torch.Tensor, size: tuple[int, int]) -> _Matrix:
    """The weights of pixels, those of all images in a row, in the mean of a bin."""
    height, width = size
    y, y_weights = _neighbours(grid.y, height)
    x, x_weights = _neighbours(grid.x, width)
    first = image_of[grid.box] * (height * width)
    columns = first[:, None, None] + y[:, :, None] * width + x[:, None, :]
    counts = grid.ends.diff()
    shares = 1 / counts.to(grid.x).repeat_interleave(counts)
    weights = y_weights[:, :, None] * x_weights[:, None, :] * shares[:, None, None]
    return _Matrix(weights.flatten(), columns.flatten().int(), (grid.ends * 4).int())


def _neighbours(at: torch.Tensor, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The two pixels beside points along one axis, and their weights: (P, 2) each.

    Up to a pixel outside a map holds what is at its border, beyond that 0.
    """
    inside = (at >= -1) & (at <= length)
    at = at.clamp(0, length - 1)
    low = at.long().clamp(0, length - 1)  # again: of a box that is not finite
    high = (low + 1).clamp(max=length - 1)
    part = at - low
    weights = torch.stack((1 - part, part), 1) * inside[:, None]
    return torch.stack((low, high), 1), weights


class _SparseProduct(Function):
    """A sparse matrix times a dense one, (columns, C), which alone has a gradient."""

    @staticmethod
    def forward(
        ctx: Any, dense: torch.Tensor, weights: torch.Tensor, columns: torch.Tensor, ends: torch.Tensor
    ) -> torch.Tensor:
        ctx.save_for_backward(weights, columns, ends)
        ctx.width = len(dense)
        return _product(_Matrix(weights, columns, ends), dense)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple:
        matrix = _Matrix(*ctx.saved_tensors)
        return _product(_transposed(matrix, ctx.width), gradient.contiguous()), None, None, None


def _product(matrix: _Matrix, dense: torch.Tensor) -> torch.Tensor:
    return F.embedding_bag(
        matrix.columns,
        dense,
        matrix.ends,
        mode='sum',
        per_sample_weights=matrix.weights,
        include_last_offset=True,
    )


def _transposed(matrix: _Matrix, width: int) -> _Matrix:
    parts = tuple(part.numpy() for part in matrix)
    shape = (len(matrix.ends) - 1, width)
    turned = scipy.sparse.csr_array(parts, shape=shape).tocsc()
    return _Matrix(*map(torch.from_numpy, (turned.data, turned.indices, turned.indptr)))
