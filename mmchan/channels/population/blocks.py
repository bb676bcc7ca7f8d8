"""The blocks of :mod:`mmchan.channels.blocks` for a whole population at once.

Arrays are float64 with one column per network, (N,) or (rows, N), where a row is a block or all equal blocks
of a stage; a last axis of 1 stands for all networks. Numbers stay integers and are exact below 2 ** 53.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

POOLED = math.inf  # stride of a map that is one pixel


@dataclass(frozen=True, eq=False)
class Convs:
    """One convolution, or one per row, of every network.

    Attributes:
        in_channels: Input channels.
        out_channels: Output channels.
        kernel_size: Side of the square kernel.
        groups: Number of groups.
        stride: Pixels of the image per pixel of the output in both directions; POOLED behind a global
            pooling.
        bias: Whether they have a bias.
        norm: Whether a normalisation layer follows.
        repeats: How often the network has it; 0 where it does not. It, or the output channels, have all rows.
    """

    in_channels: ArrayLike
    out_channels: ArrayLike
    kernel_size: ArrayLike = 1
    groups: ArrayLike = 1
    stride: ArrayLike = POOLED
    bias: bool = False
    norm: bool = True
    repeats: ArrayLike = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class PopulationPlan:
    """The networks of a population, as a :class:`mmchan.channels.NetPlan` is one network.

    Attributes:
        convs: All convolutions in front of global pooling, and those of squeeze-excitations.
        features: Channels of the last map, (N,).
        hidden: Hidden layers of the classification head, in order.
        valid: Whether the parameters go together, (N,). What stands elsewhere is of no meaning where not.
        aside: Networks that only the plan function can make, (N,): they are counted one by one.
    """

    convs: Sequence[Convs]
    features: np.ndarray
    hidden: Sequence[Convs] = ()
    valid: np.ndarray = field(default_factory=lambda: np.array([True]))
    aside: np.ndarray = field(default_factory=lambda: np.array([False]))

    def classifier(self, num_classes: int) -> Convs:
        """See :meth:`mmchan.channels.NetPlan.classifier`."""
        return Convs(self.features, num_classes, bias=True, norm=False)


def penultimate(in_channels: ArrayLike, width: ArrayLike, *, stride: np.ndarray) -> Convs:
    """See :func:`mmchan.channels.blocks.penultimate`."""
    return Convs(in_channels, width, stride=stride)


def stem(width: ArrayLike, *, stride: np.ndarray) -> Convs:
    """See :func:`mmchan.channels.blocks.stem`."""
    return Convs(3, width, kernel_size=3, stride=stride)


def running_strides(stem_stride: np.ndarray, strides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strides of maps, from those of stages.

    Args:
        stem_stride: Stride of the stem, (N,).
        strides: Stride of each stage, (stages, N).

    Returns:
        Pixels of the image per pixel of each stage's input and output, (stages, N) each.
    """
    behind = stem_stride * np.cumprod(strides, axis=0)
    return behind / strides, behind


def rows_of(depths: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
    """The group of every block and its place in it, from the blocks of each group; (rows,) each.

    >>> rows_of([1, 3])
    (array([0, 1, 1, 1]), array([0, 0, 1, 2]))
    """
    places = [(group, place) for group, depth in enumerate(depths) for place in range(depth)]
    groups, places = zip(*places, strict=True)
    return np.array(groups), np.array(places)


def residual_bottlenecks(
    inputs: np.ndarray,
    widths: np.ndarray,
    bottlenecks: np.ndarray,
    *,
    groups: np.ndarray,
    strides: tuple[np.ndarray, np.ndarray],
    stride_first: np.ndarray,
    repeats: ArrayLike = 1,
) -> Iterator[Convs]:
    """See :func:`mmchan.channels.blocks.residual_bottleneck`.

    Args:
        inputs: Channels of the input, (rows, N) like all others.
        widths: Channels of the output.
        bottlenecks: Channels inside.
        groups: Groups of the 3x3 convolution.
        strides: Pixels of the image per pixel of the input and of the output.
        stride_first: Whether the stride is on the first 1x1 convolution, not on the 3x3, (N,).
        repeats: How many such blocks there are.
    """
    before, behind = strides
    yield Convs(inputs, bottlenecks, stride=np.where(stride_first, behind, before), repeats=repeats)
    yield Convs(bottlenecks, bottlenecks, 3, groups=groups, stride=behind, repeats=repeats)
    yield Convs(bottlenecks, widths, stride=behind, repeats=repeats)
    projected = (inputs != widths) | (before != behind)
    if projected.any():
        yield Convs(inputs, widths, stride=behind, repeats=repeats * projected)


def inverted_bottlenecks(
    inputs: np.ndarray,
    expanded: np.ndarray,
    widths: np.ndarray,
    *,
    strides: tuple[np.ndarray, np.ndarray],
    kernel_size: ArrayLike = 3,
    repeats: ArrayLike = 1,
) -> Iterator[Convs]:
    """See :func:`mmchan.channels.blocks.inverted_bottleneck`.

    Args:
        inputs: Channels of the input, (rows, N) like all others.
        expanded: Channels inside; where they are those of the input there is no expansion.
        widths: Channels of the output.
        strides: Pixels of the image per pixel of the input and of the output.
        kernel_size: Side of the depthwise kernel.
        repeats: How many such blocks there are.
    """
    before, behind = strides
    yield Convs(inputs, expanded, stride=before, repeats=repeats * (expanded != inputs))
    yield Convs(expanded, expanded, kernel_size, groups=expanded, stride=behind, repeats=repeats)
    yield Convs(expanded, widths, stride=behind, repeats=repeats)


def inverted_strides(
    stem_stride: np.ndarray, strides: Sequence[int], groups: np.ndarray, places: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Strides of the input and the output of blocks whose groups have a stride at their first block.

    Args:
        stem_stride: Stride of the stem, (N,).
        strides: Stride of each group.
        groups: Group of every row.
        places: Place of every row in its group.

    Returns:
        Pixels of the image per pixel of each row's input and output, (rows, N) each.
    """
    before, behind = running_strides(stem_stride, np.array(strides, dtype=np.float64)[:, None])
    return np.where(places[:, None] == 0, before[groups], behind[groups]), behind[groups]


def behind_stem(first: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Channels of every block's input, from those of the stem, (N,), and of the outputs; (rows, N)."""
    columns = np.broadcast_shapes(first.shape, widths.shape[1:])
    inputs = np.empty((len(widths), *columns))
    inputs[0], inputs[1:] = first, widths[:-1]
    return inputs


def expanded_channels(inputs: np.ndarray, ratio: float, groups: np.ndarray) -> np.ndarray:
    """Channels inside of inverted bottlenecks, of which the first group's do not expand; (rows, N)."""
    return inputs * np.where(groups > 0, ratio, 1)[:, None]


def squeeze_excitation(
    channels: np.ndarray, squeezed: np.ndarray, *, norm: bool = False, repeats: ArrayLike = 1
) -> Iterator[Convs]:
    """See :func:`mmchan.channels.plans.squeeze_excitation`."""
    yield Convs(channels, squeezed, bias=True, norm=norm, repeats=repeats)
    yield Convs(squeezed, channels, bias=True, norm=False, repeats=repeats)
