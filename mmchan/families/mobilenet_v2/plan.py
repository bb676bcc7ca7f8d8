"""MobileNetV2's parameters become a plan, with its own widths or with widths that grow by the block."""

from mmchan.channels import parameters
from mmchan.channels.blocks import STEM_STRIDE, in_stages, inverted_bottleneck, penultimate, stem
from mmchan.channels.parameters import NOT_NEGATIVE, Parameter
from mmchan.channels.plans import BlockPlan, NetPlan
from mmchan.channels.schedules import linear_widths, make_divisible

WIDTHS = (16, 24, 32, 64, 96, 160, 320)
DEPTHS = (1, 2, 3, 4, 3, 3, 1)
STRIDES = (1, 2, 2, 2, 1, 2, 1)
EXPAND_RATIO = 6
DROPOUT_RATE = 0.2
STEM_WIDTH, PENULTIMATE_WIDTH = 32, 1280

PARAMETERS = (
    parameters.width_mult(high=2, step=0.05),
    Parameter(
        name='total_growth',
        kind='number',
        meaning='channels added from the first block to the last; None for the widths of the paper',
        default=None,
        bounds=NOT_NEGATIVE,
        low=0,
        high=400,
        optional=True,
    ),
    parameters.divisor(8),
    STEM_STRIDE,
)


def mobilenet_v2(
    *,
    width_mult: float = 1.0,
    total_growth: float | None = None,
    divisor: int = 8,
    stem_stride: int = 2,
) -> NetPlan:
    """MobileNetV2: inverted bottlenecks, ReLU6, no squeeze-excitation.

    Args:
        width_mult: Factor on all widths, > 0. Below 1 the penultimate convolution keeps its width.
        total_growth: Channels that the widths grow by from the first block to the last, >= 0, by the
            same number at every block, as ReXNet's do, and with ReXNet's shortcuts to the first channels;
            None for the widths of the paper, which double from stage to stage.
        divisor: Every width is a multiple of it.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.

    Source: arXiv:1801.04381, table 2; torchvision. Linear widths: arXiv:2007.00992, section 4.
    """
    first = make_divisible(STEM_WIDTH * width_mult, divisor)
    widths = _block_widths(width_mult, total_growth, divisor)
    end = make_divisible(PENULTIMATE_WIDTH * max(1.0, width_mult), divisor)

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        expanded = in_channels if group == 0 else in_channels * EXPAND_RATIO
        return inverted_bottleneck(
            in_channels,
            expanded,
            width,
            stride=stride,
            expand_activation='relu6',
            partial_shortcut=total_growth is not None,  # as in ReXNet: no two widths are the same
        )

    return NetPlan(
        'mobilenet_v2',
        stem(first, stride=stem_stride, activation='relu6'),
        in_stages(block, (first, *widths), DEPTHS, STRIDES),
        penultimate(widths[-1], end, activation='relu6'),
        dropout_rate=DROPOUT_RATE,
    )


def _block_widths(width_mult: float, total_growth: float | None, divisor: int) -> tuple[int, ...]:
    if total_growth is None:
        scaled = (make_divisible(width * width_mult, divisor) for width in WIDTHS)
        return tuple(width for width, depth in zip(scaled, DEPTHS, strict=True) for _ in range(depth))
    blocks = sum(DEPTHS)
    return linear_widths(WIDTHS[0], total_growth, blocks, scale=width_mult, divisor=divisor, steps=blocks - 1)
