"""RegNet and AnyNet: stages of residual bottlenecks.

Paper letters (w0, wa, wm) stand only where a paper's parameters come in.
"""

from collections.abc import Sequence
from itertools import groupby

from mmchan.channels.plans import BlockPlan, ConvPlan, NetPlan, squeeze_excitation
from mmchan.channels.schedules import fit_group_width, quantized_linear_widths
from mmchan.errors import InputError, require, require_integer


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
        rounding: 'pycls' or 'torchvision', see :func:`fit_group_width`.
        stem_width: Output channels of the stem.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.
        strides: Stride per stage, 2 by default.
        dilations: Dilation per stage, 1 by default.
        style: Place of the stride, see :func:`anynet`.

    Raises:
        InputError: For a value outside its range.

    Source: arXiv:2003.13678, section 3.3; arithmetic of pycls.
    """
    block_widths = quantized_linear_widths(w0, wa, wm, depth, divisor=divisor)
    runs = [(width, len(list(run))) for width, run in groupby(block_widths)]
    fitted = [fit_group_width(width, group_width, bottleneck_ratio, rounding=rounding) for width, _ in runs]
    return anynet(
        widths=[width for width, _, _ in fitted],
        depths=[length for _, length in runs],
        group_widths=[group for _, _, group in fitted],
        bottleneck_ratios=[bottleneck_ratio] * len(runs),
        se_ratio=se_ratio,
        stem_width=stem_width,
        stem_stride=stem_stride,
        strides=strides,
        dilations=dilations,
        style=style,
        family='regnet',
    )


def anynet(
    *,
    widths: Sequence[int],
    depths: Sequence[int],
    group_widths: Sequence[int],
    bottleneck_ratios: Sequence[float] | None = None,
    se_ratio: float | None = None,
    stem_width: int = 32,
    stem_stride: int = 2,
    strides: Sequence[int] | None = None,
    dilations: Sequence[int] | None = None,
    style: str = 'pytorch',
    family: str = 'anynet',
) -> NetPlan:
    """A network of residual bottleneck stages with everything free: the space that RegNet refines.

    Args:
        widths: Block width per stage, 1 to 6 stages.
        depths: Blocks per stage.
        group_widths: Channels per group of the 3x3 convs, dividing the stage's bottleneck width.
        bottleneck_ratios: Bottleneck width over block width per stage; 1 by default.
        se_ratio: Squeeze width over the width of the block's input, in (0, 1]; None without.
        stem_width: Output channels of the 3x3 stem.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.
        strides: Stride per stage, 2 by default.
        dilations: Dilation of the 3x3 convs per stage, 1 by default.
        style: 'pytorch' puts the stride on the 3x3 conv, 'caffe' on the first 1x1 conv.
        family: Name that the plan carries.

    Raises:
        InputError: For a value outside its range or a group width that does not divide.

    Source: arXiv:2003.13678, section 3.2 (AnyNetX); blocks of pycls.
    """
    num_stages = len(widths)
    require(1 <= num_stages <= 6, 'widths', 'given for 1 to 6 stages', widths)
    ratios = bottleneck_ratios or [1.0] * num_stages
    strides = strides or [2] * num_stages
    dilations = dilations or [1] * num_stages
    per_stage = {
        'depths': depths, 'group_widths': group_widths, 'bottleneck_ratios': ratios,
        'strides': strides, 'dilations': dilations,
    }  # fmt: skip
    for name, values in per_stage.items():
        require(len(values) == num_stages, name, f'one value for each of the {num_stages} stages', values)
    for name, values in {'widths': widths, 'depths': depths, 'group_widths': group_widths}.items():
        for value in values:
            require_integer(value, name)
    require(se_ratio is None or 0 < se_ratio <= 1, 'se_ratio', 'None or within (0, 1]', se_ratio)
    require(style in ('pytorch', 'caffe'), 'style', "'pytorch' or 'caffe'", style)
    require_integer(stem_width, 'stem_width')
    require(stem_stride in (1, 2), 'stem_stride', '1 or 2', stem_stride)
    stages, in_channels = [], stem_width
    settings = zip(widths, depths, group_widths, ratios, strides, dilations, strict=True)
    for width, depth, group_width, ratio, stride, dilation in settings:
        bottleneck = _bottleneck_width(width, ratio, group_width)
        inputs = [in_channels] + [width] * (depth - 1)
        stages.append(tuple(
            _residual_bottleneck(
                channels, width, bottleneck, stride=stride if block == 0 else 1, style=style,
                dilation=dilation, groups=bottleneck // group_width, se_ratio=se_ratio,
            )
            for block, channels in enumerate(inputs)
        ))  # fmt: skip
        in_channels = width
    stem = ConvPlan(3, stem_width, kernel_size=3, stride=stem_stride, activation='relu')
    return NetPlan(family, stem, tuple(stages))


def _bottleneck_width(width: int, ratio: float, group_width: int) -> int:
    require(ratio > 0, 'bottleneck_ratios', '> 0', ratio)
    bottleneck = round(width * ratio)
    if bottleneck < 1 or bottleneck % group_width:
        near = fit_group_width(width, group_width, ratio)[0]
        raise InputError(
            f'group_widths must divide the bottleneck width {bottleneck} (width {width} x ratio {ratio:g}), '
            f'got {group_width}; the nearest width that it divides is {near}'
        )
    return bottleneck


def _residual_bottleneck(
    in_channels: int,
    width: int,
    bottleneck: int,
    *,
    stride: int,
    style: str,
    dilation: int,
    groups: int,
    se_ratio: float | None,
) -> BlockPlan:
    first_stride, middle_stride = (1, stride) if style == 'pytorch' else (stride, 1)
    convs = (
        ConvPlan(in_channels, bottleneck, stride=first_stride, activation='relu'),
        ConvPlan(
            bottleneck, bottleneck, kernel_size=3, stride=middle_stride, groups=groups, dilation=dilation,
            activation='relu',
        ),
        ConvPlan(bottleneck, width),
    )  # fmt: skip
    squeeze = None
    if se_ratio is not None:
        squeeze = squeeze_excitation(bottleneck, max(1, round(se_ratio * in_channels)), norm=False)
    if in_channels == width and stride == 1:
        return BlockPlan(convs, squeeze, shortcut='identity')
    projection = ConvPlan(in_channels, width, stride=stride)
    return BlockPlan(convs, squeeze, shortcut='projection', projection=projection)
