"""AnyReXNet's parameters become a plan."""

from collections.abc import Sequence
from dataclasses import replace

from mmchan.channels.blocks import STEM_STRIDE, in_stages, inverted_bottleneck, penultimate, stem
from mmchan.channels.parameters import AT_LEAST_ONE, SHARE, Bounds, Parameter
from mmchan.channels.plans import DEPTHWISE, SPATIAL, BlockPlan, NetPlan, SqueezePlan, squeeze_excitation
from mmchan.errors import require

EXPAND_RATIO, KERNEL_SIZE, DEPTH, STRIDE = 6, 3, 1, 2  # of every group, by default
STEM_WIDTH, PENULTIMATE_WIDTH = 32, 1280
ACTIVATIONS = ('silu', 'relu6', 'relu')

PARAMETERS = (
    Parameter(
        name='widths',
        kind='integer',
        meaning='width of each group of equal blocks',
        bounds=AT_LEAST_ONE,
        low=8,
        high=256,
        logarithmic=True,
        per_stage=True,
    ),
    Parameter(
        name='depths',
        kind='integer',
        meaning='blocks per group, 1 by default',
        default=None,
        bounds=AT_LEAST_ONE,
        low=1,
        high=6,
        per_stage=True,
    ),
    Parameter(
        name='expand_ratios',
        kind='number',
        meaning="width inside over that of the block's input per group, 6 by default",
        default=None,
        bounds=AT_LEAST_ONE,
        low=1,
        high=6,
        per_stage=True,
    ),
    Parameter(
        name='kernel_sizes',
        kind='integer',
        meaning='side of the spatial kernel per group, 3 by default; odd',
        default=None,
        bounds=AT_LEAST_ONE,
        low=3,
        high=7,
        step=2,
        per_stage=True,
    ),
    Parameter(
        name='se_ratio',
        kind='number',
        meaning='squeeze width over the width inside; None without squeeze-excitation',
        default=None,
        bounds=SHARE,
        low=0.05,
        high=1,
        step=0.05,
        optional=True,
    ),
    Parameter(
        name='convolution',
        kind='choice',
        meaning="'depthwise', or 'full' over all channels inside",
        choices=('depthwise', 'full'),
        default='depthwise',
    ),
    Parameter(
        name='activation',
        kind='choice',
        meaning='behind the expansion, the stem and the penultimate convolution',
        choices=ACTIVATIONS,
        default='silu',
    ),
    Parameter(
        name='spatial_activation',
        kind='choice',
        meaning='behind the spatial convolution',
        choices=ACTIVATIONS,
        default='relu6',
    ),
    Parameter(
        name='shortcut',
        kind='choice',
        meaning="'partial' also adds an input to the first channels of a wider output, 'identity' does not",
        choices=('partial', 'identity'),
        default='partial',
        fixed=True,
    ),
    Parameter(
        name='stem_width',
        kind='integer',
        meaning='output channels of the stem',
        default=STEM_WIDTH,
        bounds=AT_LEAST_ONE,
        fixed=True,
    ),
    Parameter(
        name='penultimate_width',
        kind='integer',
        meaning='output channels of the convolution in front of pooling; None without it',
        default=PENULTIMATE_WIDTH,
        bounds=AT_LEAST_ONE,
        optional=True,
        fixed=True,
    ),
    STEM_STRIDE,
    Parameter(
        name='strides',
        kind='integer',
        meaning='stride of the first block of each group, 1 or 2, by default 2',
        default=None,
        bounds=Bounds(1, 2),
        per_stage=True,
        fixed=True,
    ),
)


def anyrexnet(
    *,
    widths: Sequence[int],
    depths: Sequence[int] | None = None,
    expand_ratios: Sequence[float] | None = None,
    kernel_sizes: Sequence[int] | None = None,
    se_ratio: float | None = None,
    convolution: str = 'depthwise',
    activation: str = 'silu',
    spatial_activation: str = 'relu6',
    shortcut: str = 'partial',
    stem_width: int = 32,
    penultimate_width: int | None = 1280,
    stem_stride: int = 2,
    strides: Sequence[int] | None = None,
) -> NetPlan:
    """Groups of inverted bottlenecks, each of one width, with everything free.

    Where every block has a width of its own, it is a group of its own. A group of stride 2 opens a stage.

    Args:
        widths: Width of each group.
        depths: Blocks of each group; 1 by default.
        expand_ratios: Width inside over that of the block's input, >= 1, per group; 6 by default.
        kernel_sizes: Odd side of the spatial kernel per group; 3 by default.
        se_ratio: Squeeze width over the width inside, in (0, 1]; None without squeeze-excitation.
        convolution: Spatial convolution, 'depthwise', or 'full' over all channels.
        activation: Behind the expansion, the stem and the penultimate convolution.
        spatial_activation: Behind the spatial convolution.
        shortcut: 'partial' (ReXNet's: an input is also added to the first channels of a wider output) or
            'identity' (only where widths are equal).
        stem_width: Output channels of the stem.
        penultimate_width: Output channels of the convolution in front of pooling; None without it.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.
        strides: Stride of each group's first block, 1 or 2; 2 by default.

    Raises:
        InputError: For sequences of different lengths, or an even kernel.

    Source: arXiv:2007.00992, sections 3 and 4 (blocks of ReXNet, its search).
    """
    require(len(widths) >= 1, 'widths', 'given for at least one group', widths)
    groups = len(widths)
    depths = _per_group('depths', depths, [DEPTH] * groups)
    ratios = _per_group('expand_ratios', expand_ratios, [EXPAND_RATIO] * groups)
    kernels = _per_group('kernel_sizes', kernel_sizes, [KERNEL_SIZE] * groups)
    strides = _per_group('strides', strides, [STRIDE] * groups)
    require(all(size % 2 for size in kernels), 'kernel_sizes', 'odd', kernels)

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        expanded = round(in_channels * ratios[group])
        made = inverted_bottleneck(
            in_channels,
            expanded,
            width,
            stride=stride,
            expand_activation=activation,
            depthwise_activation=spatial_activation,
            kernel_size=kernels[group],
            squeeze=_squeeze(expanded, se_ratio),
            partial_shortcut=shortcut == 'partial',
        )
        return made if convolution == 'depthwise' else _undivided(made)

    every = [width for width, depth in zip(widths, depths, strict=True) for _ in range(depth)]
    return NetPlan(
        'anyrexnet',
        stem(stem_width, stride=stem_stride, activation=activation),
        in_stages(block, (stem_width, *every), depths, strides),
        penultimate_width and penultimate(every[-1], penultimate_width, activation=activation),
    )


def _per_group(name: str, values: Sequence | None, default: Sequence) -> Sequence:
    """What is given for each group, or the default."""
    values = values or default
    require(len(values) == len(default), name, f'one value for each of the {len(default)} groups', values)
    return values


def _squeeze(expanded: int, se_ratio: float | None) -> SqueezePlan | None:
    """ReXNet's squeeze-excitation; the tolerance is that of its plan."""
    if se_ratio is None:
        return None
    squeezed = max(1, int(expanded * se_ratio + 1e-9))
    return squeeze_excitation(expanded, squeezed, after=DEPTHWISE, norm=True, before_activation=True)


def _undivided(block: BlockPlan) -> BlockPlan:
    """A block whose spatial convolution is over all channels."""
    convs = (replace(one, groups=1, role=SPATIAL) if one.role == DEPTHWISE else one for one in block.convs)
    squeeze = block.squeeze and replace(block.squeeze, after=SPATIAL)
    return replace(block, convs=tuple(convs), squeeze=squeeze)
