"""RegNet's parameters become a plan. Paper letters (w0, wa, wm) stand only here."""

from collections.abc import Sequence
from itertools import groupby

from mmchan.channels.parameters import AT_LEAST_ONE, NOT_NEGATIVE, POSITIVE, Bounds, Parameter
from mmchan.channels.plans import NetPlan
from mmchan.channels.schedules import quantized_linear_widths
from mmchan.families.anynet.plan import LAYOUT, SE_RATIO, anynet

PARAMETERS = (
    Parameter(
        name='w0',
        kind='integer',
        meaning='width of the first block, a multiple of divisor',
        bounds=AT_LEAST_ONE,
        low=8,
        high=320,
        step=8,
        logarithmic=True,
    ),
    Parameter(
        name='wa',
        kind='number',
        meaning='slope, in channels per block',
        bounds=NOT_NEGATIVE,
        low=0.01,
        high=256,
        step=0.01,
        logarithmic=True,
    ),
    Parameter(
        name='wm',
        kind='number',
        meaning='width multiplier from stage to stage',
        bounds=Bounds(1, open_low=True),
        low=1.5,
        high=3,
        step=0.001,
        logarithmic=True,
    ),
    Parameter(
        name='depth',
        kind='integer',
        meaning='number of blocks',
        bounds=AT_LEAST_ONE,
        low=1,
        high=40,
    ),
    Parameter(
        name='group_width',
        kind='integer',
        meaning='channels per group of the 3x3 convolutions',
        bounds=AT_LEAST_ONE,
        low=1,
        high=264,
        logarithmic=True,
    ),
    Parameter(
        name='bottleneck_ratio',
        kind='number',
        meaning="bottleneck width over width (the paper's b is its reciprocal)",
        default=1.0,
        bounds=POSITIVE,
        low=0.25,
        high=2,
        step=0.25,
    ),
    SE_RATIO,
    Parameter(
        name='rounding',
        kind='choice',
        meaning='how widths are fitted to their groups',
        choices=('pycls', 'torchvision'),
        default='pycls',
    ),
    Parameter(
        name='divisor',
        kind='integer',
        meaning='multiple to which the widths are quantised',
        default=8,
        bounds=AT_LEAST_ONE,
        fixed=True,
    ),
    *LAYOUT,
)


def regnet(
    *,
    w0: int,
    wa: float,
    wm: float,
    depth: int,
    group_width: int,
    bottleneck_ratio: float = 1.0,
    se_ratio: float | None = None,
    divisor: int = 8,
    rounding: str = 'pycls',
    stem_width: int = 32,
    stem_stride: int = 2,
    strides: Sequence[int] | None = None,
    dilations: Sequence[int] | None = None,
    style: str = 'pytorch',
) -> NetPlan:
    """RegNetX and RegNetY: an AnyNet whose widths and depths follow a quantized linear function.

    Args:
        w0: Width of the first block, a multiple of ``divisor``.
        wa: Slope in channels per block, >= 0.
        wm: Width multiplier between stages, > 1.
        depth: Number of blocks.
        group_width: Channels per group of the 3x3 convs; narrower stages use their own width.
        bottleneck_ratio: Bottleneck width over block width, > 0 (the paper's b is its reciprocal).
        se_ratio: Squeeze width over the width of the block's input; None for RegNetX.
        divisor: Multiple to which the widths are quantised.
        rounding: 'pycls' or 'torchvision', see :func:`mmchan.channels.fit_group_width`.
        stem_width: Output channels of the stem.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.
        strides: Stride per stage, 2 by default.
        dilations: Dilation per stage, 1 by default.
        style: Place of the stride, see :func:`mmchan.families.anynet.plan.anynet`.

    Raises:
        InputError: For parameters that do not go together.

    Source: arXiv:2003.13678, section 3.3; arithmetic of pycls.
    """
    block_widths = quantized_linear_widths(w0, wa, wm, depth, divisor=divisor)
    runs = [(width, len(list(run))) for width, run in groupby(block_widths)]
    return anynet(
        widths=[width for width, _ in runs],
        depths=[length for _, length in runs],
        group_widths=[group_width] * len(runs),
        bottleneck_ratios=[bottleneck_ratio] * len(runs),
        se_ratio=se_ratio,
        rounding=rounding,
        stem_width=stem_width,
        stem_stride=stem_stride,
        strides=strides,
        dilations=dilations,
        style=style,
        family='regnet',
    )
