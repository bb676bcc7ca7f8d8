"""AnyNet's parameters become a plan."""

from collections.abc import Sequence

from mmchan.channels.blocks import STEM_STRIDE, residual_bottleneck, stem
from mmchan.channels.parameters import AT_LEAST_ONE, POSITIVE, SHARE, Parameter
from mmchan.channels.plans import BlockPlan, NetPlan
from mmchan.channels.schedules import fit_group_width
from mmchan.errors import InputError, require

MOST_STAGES = 6

SE_RATIO = Parameter(
    name='se_ratio',
    kind='number',
    meaning="squeeze width over the width of the block's input; None without squeeze-excitation",
    default=None,
    bounds=SHARE,
    low=0.05,
    high=1,
    step=0.05,
    optional=True,
)
# where things stand, not how wide they are
LAYOUT = (
    Parameter(
        name='stem_width',
        kind='integer',
        meaning='output channels of the stem',
        default=32,
        bounds=AT_LEAST_ONE,
        fixed=True,
    ),
    STEM_STRIDE,
    Parameter(
        name='strides',
        kind='integer',
        meaning='stride per stage, 2 by default',
        default=None,
        bounds=AT_LEAST_ONE,
        per_stage=True,
        fixed=True,
    ),
    Parameter(
        name='dilations',
        kind='integer',
        meaning='dilation of the 3x3 convolutions per stage, 1 by default',
        default=None,
        bounds=AT_LEAST_ONE,
        per_stage=True,
        fixed=True,
    ),
    Parameter(
        name='style',
        kind='choice',
        meaning="place of the stride: 'pytorch' on the 3x3 convolution, 'caffe' on the first 1x1",
        choices=('pytorch', 'caffe'),
        default='pytorch',
        fixed=True,
    ),
)

PARAMETERS = (
    Parameter(
        name='widths',
        kind='integer',
        meaning='width per stage, for 1 to 6 stages',
        bounds=AT_LEAST_ONE,
        low=8,
        high=1024,
        step=8,
        logarithmic=True,
        per_stage=True,
    ),
    Parameter(
        name='depths',
        kind='integer',
        meaning='blocks per stage',
        bounds=AT_LEAST_ONE,
        low=1,
        high=16,
        logarithmic=True,
        per_stage=True,
    ),
    Parameter(
        name='group_widths',
        kind='integer',
        meaning='channels per group of the 3x3 convolutions, per stage',
        bounds=AT_LEAST_ONE,
        low=1,
        high=32,
        logarithmic=True,
        per_stage=True,
    ),
    Parameter(
        name='bottleneck_ratios',
        kind='number',
        meaning='bottleneck width over width per stage, 1 by default',
        default=None,
        bounds=POSITIVE,
        low=0.25,
        high=1,
        step=0.25,
        per_stage=True,
    ),
    SE_RATIO,
    Parameter(
        name='rounding',
        kind='choice',
        meaning="how widths are fitted to their groups: 'none' demands that they divide",
        choices=('none', 'pycls', 'torchvision'),
        default='none',
    ),
    *LAYOUT,
)


def anynet(
    *,
    widths: Sequence[int],
    depths: Sequence[int],
    group_widths: Sequence[int],
    bottleneck_ratios: Sequence[float] | None = None,
    se_ratio: float | None = None,
    rounding: str = 'none',
    stem_width: int = 32,
    stem_stride: int = 2,
    strides: Sequence[int] | None = None,
    dilations: Sequence[int] | None = None,
    style: str = 'pytorch',
    family: str = 'anynet',
) -> NetPlan:
    """A network of residual bottleneck stages with everything free.

    Args:
        widths: Block width per stage, 1 to 6 stages.
        depths: Blocks per stage.
        group_widths: Channels per group of the 3x3 convs, dividing the stage's bottleneck width.
        bottleneck_ratios: Bottleneck width over block width per stage; 1 by default.
        se_ratio: Squeeze width over the width of the block's input, in (0, 1]; None without.
        rounding: 'pycls' or 'torchvision' fits widths and groups to each other, see
            :func:`mmchan.channels.fit_group_width`; 'none' demands that they fit.
        stem_width: Output channels of the 3x3 stem.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.
        strides: Stride per stage, 2 by default.
        dilations: Dilation of the 3x3 convs per stage, 1 by default.
        style: 'pytorch' puts the stride on the 3x3 conv, 'caffe' on the first 1x1 conv.
        family: Name that the plan carries.

    Raises:
        InputError: For sequences of different lengths or a group width that does not divide.

    Source: arXiv:2003.13678, section 3.2 (AnyNetX); blocks of pycls.
    """
    num_stages = len(widths)
    require(1 <= num_stages <= MOST_STAGES, 'widths', f'given for 1 to {MOST_STAGES} stages', widths)
    per_stage = {
        'depths': depths,
        'group_widths': group_widths,
        'bottleneck_ratios': bottleneck_ratios or [1.0] * num_stages,
        'strides': strides or [2] * num_stages,
        'dilations': dilations or [1] * num_stages,
    }
    for name, values in per_stage.items():
        require(len(values) == num_stages, name, f'one value for each of the {num_stages} stages', values)
    stages, in_channels = [], stem_width
    for stage in zip(widths, *per_stage.values(), strict=True):
        blocks = _stage(in_channels, *stage, se_ratio=se_ratio, rounding=rounding, style=style)
        stages.append(blocks)
        in_channels = blocks[-1].out_channels
    return NetPlan(family, stem(stem_width, stride=stem_stride, activation='relu'), tuple(stages))


def _stage(
    in_channels: int,
    width: int,
    depth: int,
    group_width: int,
    ratio: float,
    stride: int,
    dilation: int,
    *,
    se_ratio: float | None,
    rounding: str,
    style: str,
) -> tuple[BlockPlan, ...]:
    width, bottleneck, group_width = _fitted(width, ratio, group_width, rounding)

    def block(channels: int, *, stride: int) -> BlockPlan:
        return residual_bottleneck(
            channels,
            width,
            bottleneck,
            groups=bottleneck // group_width,
            stride=stride,
            stride_first=style == 'caffe',
            dilation=dilation,
            squeezed=None if se_ratio is None else max(1, round(se_ratio * channels)),
        )

    first = block(in_channels, stride=stride)
    return (first, *[block(width, stride=1)] * (depth - 1))  # all others are the same


def _fitted(width: int, ratio: float, group_width: int, rounding: str) -> tuple[int, int, int]:
    """Width, bottleneck width and group width of a stage."""
    if rounding != 'none':
        return fit_group_width(width, group_width, ratio, rounding=rounding)
    bottleneck = round(width * ratio)
    if bottleneck < 1 or bottleneck % group_width:
        near = fit_group_width(width, group_width, ratio)[0]
        raise InputError(
            f'group_widths must divide the bottleneck width {bottleneck} (width {width} x ratio {ratio:g}), '
            f'got {group_width}; the nearest width that it divides is {near}'
        )
    return width, bottleneck, group_width
