"""EfficientNet-lite's parameters become a plan."""

from mmchan.channels.blocks import STEM_STRIDE, in_stages, inverted_bottleneck, penultimate, stem
from mmchan.channels.plans import BlockPlan, NetPlan
from mmchan.channels.schedules import compound_scaling
from mmchan.families.efficientnet.plan import (
    DEPTH_MULT,
    DEPTHS,
    DIVISOR,
    DROPOUT_RATE,
    EXPAND_RATIO,
    KERNELS,
    PADDING,
    PENULTIMATE_WIDTH,
    STEM_WIDTH,
    STRIDES,
    WIDTH_MULT,
    WIDTHS,
    norm_of,
    per_block,
)

PARAMETERS = (WIDTH_MULT, DEPTH_MULT, DIVISOR, DROPOUT_RATE, PADDING, STEM_STRIDE)


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
        padding: 'same', TensorFlow's uneven padding and BN, which the published weights of the authors
            need; or 'symmetric', which timm's own need.
        divisor: Every width is a multiple of it.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.

    Source: arXiv:1905.11946, table 1; the authors' ``efficientnet_lite_builder``.
    """
    widths, depths = compound_scaling(
        WIDTHS, DEPTHS, width_mult=width_mult, depth_mult=depth_mult, divisor=divisor
    )
    depths = (DEPTHS[0], *depths[1:-1], DEPTHS[-1])

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        return inverted_bottleneck(
            in_channels,
            in_channels if group == 0 else in_channels * EXPAND_RATIO,
            width,
            stride=stride,
            expand_activation='relu6',
            kernel_size=KERNELS[group],
            same_padding=padding == 'same',
        )

    return NetPlan(
        'efficientnet_lite',
        stem(STEM_WIDTH, stride=stem_stride, activation='relu6', same_padding=padding == 'same'),
        in_stages(block, (STEM_WIDTH, *per_block(widths, depths)), depths, STRIDES),
        penultimate(widths[-1], PENULTIMATE_WIDTH, activation='relu6'),
        dropout_rate=dropout_rate,
        **norm_of(padding),
    )
