"""Blocks that families share, and how they are laid out in stages."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from mmchan.channels.parameters import Parameter
from mmchan.channels.plans import (
    DEPTHWISE,
    EXPAND,
    PENULTIMATE,
    PROJECT,
    REDUCE,
    SHORTCUT,
    SPATIAL,
    STEM,
    BlockPlan,
    ConvPlan,
    SqueezePlan,
    squeeze_excitation,
)

STEM_STRIDE = Parameter(
    name='stem_stride',
    kind='choice',
    meaning='stride of the stem; 1 for small images, such as those of 32 pixels',
    choices=(1, 2),
    default=2,
    fixed=True,
)


def stem(width: int, *, stride: int, activation: str, same_padding: bool = False) -> ConvPlan:
    """A 3x3 convolution on images of three channels."""
    return ConvPlan(
        3, width, kernel_size=3, stride=stride, activation=activation, same_padding=same_padding, role=STEM
    )


def penultimate(in_channels: int, width: int, *, activation: str) -> ConvPlan:
    """A 1x1 convolution between the last block and global pooling."""
    return ConvPlan(in_channels, width, activation=activation, role=PENULTIMATE)


def inverted_bottleneck(
    in_channels: int,
    expanded: int,
    width: int,
    *,
    stride: int,
    expand_activation: str,
    depthwise_activation: str | None = None,
    kernel_size: int = 3,
    same_padding: bool = False,
    squeeze: SqueezePlan | None = None,
    partial_shortcut: bool = False,
) -> BlockPlan:
    """1x1 expansion, depthwise convolution, linear 1x1 projection; the input is added where it can be.

    Args:
        in_channels: Channels of the input.
        expanded: Channels inside; where they are those of the input there is no expansion.
        width: Channels of the output.
        stride: Stride of the depthwise convolution.
        expand_activation: Activation of the expansion.
        depthwise_activation: Activation of the depthwise convolution; None takes the expansion's.
        kernel_size: Side of the depthwise kernel.
        same_padding: Pad as TensorFlow does.
        squeeze: Squeeze-excitation of the depthwise convolution's output.
        partial_shortcut: Also add the input to the first channels of a wider output.

    Source: arXiv:1801.04381 (MobileNetV2); the partial shortcut is arXiv:2007.00992's (ReXNet).
    """
    convs = [
        ConvPlan(in_channels, expanded, activation=expand_activation, role=EXPAND),
        ConvPlan(
            expanded,
            expanded,
            kernel_size=kernel_size,
            stride=stride,
            groups=expanded,
            activation=depthwise_activation or expand_activation,
            same_padding=same_padding,
            role=DEPTHWISE,
        ),
        ConvPlan(expanded, width, role=PROJECT),
    ]
    shortcut = 'none'
    if stride == 1 and in_channels == width:
        shortcut = 'identity'
    elif stride == 1 and in_channels < width and partial_shortcut:
        shortcut = 'partial'
    return BlockPlan(tuple(convs if expanded != in_channels else convs[1:]), squeeze, shortcut)


def residual_bottleneck(
    in_channels: int,
    width: int,
    bottleneck: int,
    *,
    groups: int,
    stride: int = 1,
    stride_first: bool = False,
    dilation: int = 1,
    squeezed: int | None = None,
) -> BlockPlan:
    """1x1, grouped 3x3, 1x1, added to the input or, where the shape changes, to its projection.

    Args:
        in_channels: Channels of the input.
        width: Channels of the output.
        bottleneck: Channels inside.
        groups: Groups of the 3x3 convolution.
        stride: Stride of the block.
        stride_first: Put the stride on the first 1x1 convolution, not on the 3x3.
        dilation: Dilation of the 3x3 convolution.
        squeezed: Channels of a squeeze-excitation of the 3x3 convolution's output; None without.

    Source: arXiv:2003.13678, section 3.1 and figure 4.
    """
    first, middle = (stride, 1) if stride_first else (1, stride)
    convs = (
        ConvPlan(in_channels, bottleneck, stride=first, activation='relu', role=REDUCE),
        ConvPlan(
            bottleneck,
            bottleneck,
            kernel_size=3,
            stride=middle,
            groups=groups,
            dilation=dilation,
            activation='relu',
            role=SPATIAL,
        ),
        ConvPlan(bottleneck, width, role=EXPAND),
    )
    squeeze = None if squeezed is None else squeeze_excitation(bottleneck, squeezed, after=SPATIAL)
    if in_channels == width and stride == 1:
        return BlockPlan(convs, squeeze, 'identity', activation='relu')
    projection = ConvPlan(in_channels, width, stride=stride, role=SHORTCUT)
    return BlockPlan(convs, squeeze, 'projection', projection, activation='relu')


def in_stages(
    block: Callable[..., BlockPlan], widths: Sequence[int], depths: Iterable[int], strides: Iterable[int]
) -> tuple[tuple[BlockPlan, ...], ...]:
    """Lay groups of blocks out: a group of stride 2 opens a stage, a group of stride 1 continues it.

    Args:
        block: Makes a block from its input and output width and its keywords ``stride`` and ``group``,
            the index of its group.
        widths: The stem's width, then those of all blocks.
        depths: Blocks per group.
        strides: Stride of each group's first block.
    """
    inputs = pairwise(widths)
    stages: list[list[BlockPlan]] = []
    for group, (depth, stride) in enumerate(zip(depths, strides, strict=True)):
        if group == 0 or stride == 2:
            stages.append([])
        for index in range(depth):
            stages[-1].append(block(*next(inputs), stride=stride if index == 0 else 1, group=group))
    return tuple(map(tuple, stages))
