"""ReXNet-lite's parameters become a plan."""

from mmchan.channels import parameters
from mmchan.channels.blocks import STEM_STRIDE, in_stages, inverted_bottleneck, penultimate, stem
from mmchan.channels.plans import HIDDEN, BlockPlan, ConvPlan, NetPlan
from mmchan.channels.schedules import linear_widths
from mmchan.families.rexnet.plan import (
    DROPOUT_RATE,
    EXPAND_RATIO,
    FIRST_WIDTH,
    GROUP_DEPTHS,
    GROUP_STRIDES,
    PENULTIMATE_WIDTH,
    WIDTH_MULT,
    stem_width,
)
from mmchan.families.rexnet.plan import total_growth as growth_parameter

HIDDEN_WIDTH = 1024
PARAMETERS = (FIRST_WIDTH, growth_parameter(164), WIDTH_MULT, parameters.divisor(8), STEM_STRIDE)


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

    Source: the authors' ``rexnetv1_lite.py``.
    """
    num_blocks = sum(GROUP_DEPTHS)
    widths = linear_widths(
        first_width, total_growth, num_blocks, scale=width_mult, divisor=divisor, steps=num_blocks - 1
    )
    end = int(PENULTIMATE_WIDTH * max(1.0, width_mult))

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        return inverted_bottleneck(
            in_channels,
            in_channels if group == 0 else in_channels * EXPAND_RATIO,
            width,
            stride=stride,
            expand_activation='relu6',
            partial_shortcut=True,
        )

    first = stem(stem_width(width_mult, divisor), stride=stem_stride, activation='relu6')
    return NetPlan(
        'rexnet_lite',
        first,
        in_stages(block, (first.out_channels, *widths), GROUP_DEPTHS, GROUP_STRIDES),
        penultimate(widths[-1], end, activation='relu6'),
        head=(ConvPlan(end, HIDDEN_WIDTH, bias=True, activation='relu6', role=HIDDEN),),
        dropout_rate=DROPOUT_RATE,
    )
