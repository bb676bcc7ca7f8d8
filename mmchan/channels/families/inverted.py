"""ReXNet, ReXNet-lite and EfficientNet-lite: inverted bottlenecks."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from mmchan.channels.plans import BlockPlan, ConvPlan, NetPlan, squeeze_excitation
from mmchan.channels.schedules import compound_scaling, linear_widths, round_width
from mmchan.errors import require

REXNET_GROUP_DEPTHS = (1, 2, 2, 3, 3, 5)
REXNET_GROUP_STRIDES = (1, 2, 2, 2, 1, 2)
REXNET_PLAIN_GROUPS = 2  # groups of blocks at the start that have no squeeze-excitation
REXNET_DROPOUT_RATE = 0.2
EXPAND_RATIO = 6
STEM_WIDTH, PENULTIMATE_WIDTH = 32, 1280

EFFICIENTNET_WIDTHS = (16, 24, 40, 80, 112, 192, 320)
EFFICIENTNET_DEPTHS = (1, 2, 2, 3, 3, 4, 1)
EFFICIENTNET_STRIDES = (1, 2, 2, 2, 1, 2, 1)
EFFICIENTNET_KERNELS = (3, 3, 5, 3, 5, 5, 3)


def rexnet(
    *,
    width_mult: float = 1.0,
    depth_mult: float = 1.0,
    first_width: int = 16,
    total_growth: float = 180,
    se_ratio: float | None = 1 / 12,
    divisor: int = 1,
    stem_stride: int = 2,
) -> NetPlan:
    """ReXNet: inverted bottlenecks whose width grows linearly with the block index.

    Args:
        width_mult: Factor on all widths, > 0. Below 1 the stem and the first block keep theirs.
        depth_mult: Factor on the blocks of each group, rounded up, > 0.
        first_width: Width of the first block at ``width_mult`` 1.
        total_growth: Channels added from the first to one past the last block, >= 0.
        se_ratio: Squeeze width over expanded width, in (0, 1], from the fourth block on; None without.
        divisor: Every width is a multiple of it; 1 for the authors' networks, 8 or 16 for rexnetr.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.

    Raises:
        InputError: For a value outside its range.

    Source: arXiv:2007.00992, section 4.2 and appendix; arithmetic of the authors' code, and of timm's
    rexnetr where ``divisor`` is above 1.
    """
    require(depth_mult > 0, 'depth_mult', '> 0', depth_mult)
    require(width_mult > 0, 'width_mult', '> 0', width_mult)
    require(se_ratio is None or 0 < se_ratio <= 1, 'se_ratio', 'None or within (0, 1]', se_ratio)
    depths = [math.ceil(depth * depth_mult) for depth in REXNET_GROUP_DEPTHS]
    widths = linear_widths(first_width, total_growth, sum(depths), scale=width_mult, divisor=divisor)
    penultimate = int(PENULTIMATE_WIDTH * width_mult)
    if divisor > 1:
        penultimate = round_width(PENULTIMATE_WIDTH * width_mult, divisor)

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        expanded = in_channels if group == 0 else round_width(in_channels * EXPAND_RATIO, divisor)
        squeeze = None
        if se_ratio is not None and group >= REXNET_PLAIN_GROUPS:
            # the tolerance keeps 276 * (1 / 12) at 23, as in the authors' integer division
            squeezed = round_width(int(expanded * se_ratio + 1e-9), divisor)
            squeeze = squeeze_excitation(expanded, squeezed, norm=True)
        return _inverted_bottleneck(
            in_channels, expanded, width, stride=stride, activation='silu', squeeze=squeeze
        )

    stem = _stem(_stem_width(width_mult, divisor), stem_stride, 'silu')
    return _rexnet_plan('rexnet', block, widths, depths, stem, penultimate)


def rexnet_lite(
    *,
    width_mult: float = 1.0,
    first_width: int = 16,
    total_growth: float = 164,
    divisor: int = 8,
    stem_stride: int = 2,
) -> NetPlan:
    """ReXNet-lite: ReXNet without squeeze-excitation, ReLU6 throughout, widths in multiples of 8.

    Args:
        width_mult: Factor on all widths, > 0. Below 1 the stem and the first block keep theirs.
        first_width: Width of the first block at ``width_mult`` 1.
        total_growth: Channels added from the first to the last block, >= 0.
        divisor: Every width is a multiple of it.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.

    Raises:
        InputError: For a value outside its range.

    Source: the authors' ``rexnetv1_lite.py``.
    """
    require(width_mult > 0, 'width_mult', '> 0', width_mult)
    num_blocks = sum(REXNET_GROUP_DEPTHS)
    widths = linear_widths(
        first_width, total_growth, num_blocks, scale=width_mult, divisor=divisor, steps=num_blocks - 1
    )
    penultimate = int(PENULTIMATE_WIDTH * max(1.0, width_mult))

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        expanded = in_channels if group == 0 else in_channels * EXPAND_RATIO
        return _inverted_bottleneck(in_channels, expanded, width, stride=stride, activation='relu6')

    stem = _stem(_stem_width(width_mult, divisor), stem_stride, 'relu6')
    hidden = ConvPlan(penultimate, 1024, bias=True, activation='relu6')
    return _rexnet_plan('rexnet_lite', block, widths, REXNET_GROUP_DEPTHS, stem, penultimate, head=(hidden,))


def _stem(width: int, stride: int, activation: str, *, same_padding: bool = False) -> ConvPlan:
    require(stride in (1, 2), 'stem_stride', '1 or 2', stride)
    return ConvPlan(3, width, kernel_size=3, stride=stride, activation=activation, same_padding=same_padding)


def _stem_width(width_mult: float, divisor: int) -> int:
    base = STEM_WIDTH / width_mult if width_mult < 1 else STEM_WIDTH
    return round_width(base * width_mult, divisor)


def efficientnet_lite(
    *,
    width_mult: float = 1.0,
    depth_mult: float = 1.0,
    dropout_rate: float = 0.2,
    padding: str = 'same',
    divisor: int = 8,
    stem_stride: int = 2,
) -> NetPlan:
    """EfficientNet-lite: EfficientNet without squeeze-excitation, with ReLU6 and a stem and end of one width.

    Args:
        width_mult: Factor on the widths of all blocks, > 0. Stem and penultimate conv keep theirs.
        depth_mult: Factor on the blocks of each group but the first and last, rounded up, > 0.
        dropout_rate: Dropout in front of the classifier, in [0, 1).
        padding: 'same', TensorFlow's uneven padding, which the published weights of the authors need;
            or 'symmetric'.
        divisor: Every width is a multiple of it.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.

    Raises:
        InputError: For a value outside its range.

    Source: arXiv:1905.11946, table 1; the authors' ``efficientnet_lite_builder``.
    """
    require(padding in ('same', 'symmetric'), 'padding', "'same' or 'symmetric'", padding)
    require(0 <= dropout_rate < 1, 'dropout_rate', 'within [0, 1)', dropout_rate)
    widths, depths = compound_scaling(
        EFFICIENTNET_WIDTHS,
        EFFICIENTNET_DEPTHS,
        width_mult=width_mult,
        depth_mult=depth_mult,
        divisor=divisor,
    )
    depths = (EFFICIENTNET_DEPTHS[0], *depths[1:-1], EFFICIENTNET_DEPTHS[-1])
    same = padding == 'same'

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        return _inverted_bottleneck(
            in_channels,
            in_channels if group == 0 else in_channels * EXPAND_RATIO,
            width,
            stride=stride,
            activation='relu6',
            kernel_size=EFFICIENTNET_KERNELS[group],
            same_padding=same,
            partial_shortcut=False,
        )

    block_widths = [width for width, depth in zip(widths, depths, strict=True) for _ in range(depth)]
    stages = _stages(block, (STEM_WIDTH, *block_widths), depths, EFFICIENTNET_STRIDES)
    stem = _stem(STEM_WIDTH, stem_stride, 'relu6', same_padding=same)
    penultimate = ConvPlan(widths[-1], PENULTIMATE_WIDTH, activation='relu6')
    return NetPlan('efficientnet_lite', stem, stages, penultimate, dropout_rate=dropout_rate)


def _inverted_bottleneck(
    in_channels: int,
    expanded: int,
    width: int,
    *,
    stride: int,
    activation: str,
    squeeze: tuple[ConvPlan, ConvPlan] | None = None,
    kernel_size: int = 3,
    same_padding: bool = False,
    partial_shortcut: bool = True,
) -> BlockPlan:
    expand = (ConvPlan(in_channels, expanded, activation=activation),) if expanded != in_channels else ()
    depthwise = ConvPlan(
        expanded, expanded, kernel_size=kernel_size, stride=stride, groups=expanded, activation='relu6',
        same_padding=same_padding,
    )  # fmt: skip
    shortcut = 'none'
    if stride == 1 and in_channels == width:
        shortcut = 'identity'
    elif stride == 1 and in_channels < width and partial_shortcut:
        shortcut = 'partial'
    convs = (*expand, depthwise, ConvPlan(expanded, width))
    return BlockPlan(convs, squeeze, squeeze_after=len(expand), shortcut=shortcut)


def _stages(
    block: Callable[..., BlockPlan], widths: Sequence[int], depths: Sequence[int], strides: Sequence[int]
) -> tuple[tuple[BlockPlan, ...], ...]:
    """Lay the blocks out: a group of stride 2 opens a stage, a group of stride 1 continues it.

    ``widths`` begins with the stem's and goes on with those of all blocks.
    """
    inputs = pairwise(widths)
    stages: list[list[BlockPlan]] = []
    for group, (depth, stride) in enumerate(zip(depths, strides, strict=True)):
        if group == 0 or stride == 2:
            stages.append([])
        for index in range(depth):
            stages[-1].append(block(*next(inputs), stride=stride if index == 0 else 1, group=group))
    return tuple(map(tuple, stages))


def _rexnet_plan(
    family: str,
    block: Callable[..., BlockPlan],
    widths: Sequence[int],
    depths: Sequence[int],
    stem: ConvPlan,
    penultimate_width: int,
    head: tuple[ConvPlan, ...] = (),
) -> NetPlan:
    stages = _stages(block, (stem.out_channels, *widths), depths, REXNET_GROUP_STRIDES)
    penultimate = ConvPlan(widths[-1], penultimate_width, activation=stem.activation)
    return NetPlan(family, stem, stages, penultimate, head, REXNET_DROPOUT_RATE)
