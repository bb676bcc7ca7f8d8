"""ReXNet's parameters become a plan."""

import math

from mmchan.channels import parameters
from mmchan.channels.blocks import STEM_STRIDE, in_stages, inverted_bottleneck, penultimate, stem
from mmchan.channels.parameters import AT_LEAST_ONE, NOT_NEGATIVE, SHARE, Parameter
from mmchan.channels.plans import DEPTHWISE, BlockPlan, NetPlan, squeeze_excitation
from mmchan.channels.schedules import linear_widths, round_width

GROUP_DEPTHS = (1, 2, 2, 3, 3, 5)
GROUP_STRIDES = (1, 2, 2, 2, 1, 2)
PLAIN_GROUPS = 2  # groups of blocks at the start that have no squeeze-excitation
DROPOUT_RATE = 0.2
EXPAND_RATIO = 6
STEM_WIDTH, PENULTIMATE_WIDTH = 32, 1280

WIDTH_MULT = parameters.width_mult(high=3, step=0.05)
DEPTH_MULT = parameters.depth_mult(low=0.2)
FIRST_WIDTH = Parameter(
    name='first_width',
    kind='integer',
    meaning='width of the first block',
    default=16,
    bounds=AT_LEAST_ONE,
    low=4,
    high=64,
)


def total_growth(default: float) -> Parameter:
    """The parameter for the channels that are added from the first block to the last."""
    return Parameter(
        name='total_growth',
        kind='number',
        meaning='channels added over all blocks',
        default=default,
        bounds=NOT_NEGATIVE,
        low=0,
        high=400,
    )


PARAMETERS = (
    FIRST_WIDTH,
    total_growth(180),
    WIDTH_MULT,
    DEPTH_MULT,
    Parameter(
        name='se_ratio',
        kind='number',
        meaning='squeeze width over expanded width, from the fourth block on; None without',
        default=1 / 12,
        bounds=SHARE,
        low=0.05,
        high=1,
        step=0.05,
        optional=True,
    ),
    parameters.divisor(1),
    STEM_STRIDE,
)


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

    Source: arXiv:2007.00992, section 4.2 and appendix; arithmetic of the authors' code, and of timm's
    rexnetr where ``divisor`` is above 1.
    """
    depths = [math.ceil(depth * depth_mult) for depth in GROUP_DEPTHS]
    widths = linear_widths(first_width, total_growth, sum(depths), scale=width_mult, divisor=divisor)
    end = int(PENULTIMATE_WIDTH * width_mult)
    if divisor > 1:
        end = round_width(PENULTIMATE_WIDTH * width_mult, divisor)

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        expanded = in_channels if group == 0 else round_width(in_channels * EXPAND_RATIO, divisor)
        squeeze = None
        if se_ratio is not None and group >= PLAIN_GROUPS:
            # the tolerance keeps 276 * (1 / 12) at 23, as in the authors' integer division
            squeezed = round_width(int(expanded * se_ratio + 1e-9), divisor)
            squeeze = squeeze_excitation(
                expanded, squeezed, after=DEPTHWISE, norm=True, before_activation=True
            )
        return inverted_bottleneck(
            in_channels,
            expanded,
            width,
            stride=stride,
            expand_activation='silu',
            depthwise_activation='relu6',
            squeeze=squeeze,
            partial_shortcut=True,
        )

    first = stem(stem_width(width_mult, divisor), stride=stem_stride, activation='silu')
    return NetPlan(
        'rexnet',
        first,
        in_stages(block, (first.out_channels, *widths), depths, GROUP_STRIDES),
        penultimate(widths[-1], end, activation='silu'),
        dropout_rate=DROPOUT_RATE,
    )


def stem_width(width_mult: float, divisor: int) -> int:
    """Width of the stem, which a multiplier below 1 leaves alone."""
    base = STEM_WIDTH / width_mult if width_mult < 1 else STEM_WIDTH
    return round_width(base * width_mult, divisor)
