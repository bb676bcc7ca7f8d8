"""EfficientNet's parameters become a plan."""

from mmchan.channels import parameters
from mmchan.channels.blocks import STEM_STRIDE, in_stages, inverted_bottleneck, penultimate, stem
from mmchan.channels.parameters import DROPOUT, SHARE, Parameter
from mmchan.channels.plans import DEPTHWISE, BlockPlan, NetPlan, squeeze_excitation
from mmchan.channels.schedules import compound_scaling, make_divisible

WIDTHS = (16, 24, 40, 80, 112, 192, 320)
DEPTHS = (1, 2, 2, 3, 3, 4, 1)
STRIDES = (1, 2, 2, 2, 1, 2, 1)
KERNELS = (3, 3, 5, 3, 5, 5, 3)
EXPAND_RATIO = 6
STEM_WIDTH, PENULTIMATE_WIDTH = 32, 1280

WIDTH_MULT = parameters.width_mult(high=2, step=0.1)
DEPTH_MULT = parameters.depth_mult(low=0.4)
DIVISOR = parameters.divisor(8)
DROPOUT_RATE = Parameter(
    name='dropout_rate',
    kind='number',
    meaning='dropout in front of the classifier',
    default=0.2,
    bounds=DROPOUT,
    fixed=True,
)
PADDING = Parameter(
    name='padding',
    kind='choice',
    meaning="'same', TensorFlow's uneven padding and BN, or 'symmetric', torch's",
    choices=('same', 'symmetric'),
    default='same',
    fixed=True,
)
PARAMETERS = (
    WIDTH_MULT,
    DEPTH_MULT,
    Parameter(
        name='se_ratio',
        kind='number',
        meaning="squeeze width over the width of the block's input; None without",
        default=0.25,
        bounds=SHARE,
        low=0.05,
        high=1,
        step=0.05,
        optional=True,
    ),
    DIVISOR,
    DROPOUT_RATE,
    PADDING,
    STEM_STRIDE,
)


def efficientnet(
    *,
    width_mult: float = 1.0,
    depth_mult: float = 1.0,
    se_ratio: float | None = 0.25,
    divisor: int = 8,
    dropout_rate: float = 0.2,
    padding: str = 'same',
    stem_stride: int = 2,
) -> NetPlan:
    """EfficientNet: inverted bottlenecks with squeeze-excitation behind the activation, scaled as a whole.

    Args:
        width_mult: Factor on all widths, > 0.
        depth_mult: Factor on the blocks of each group, rounded up, > 0.
        se_ratio: Squeeze width over the width of the block's input, in (0, 1]; None without.
        divisor: Every width is a multiple of it.
        dropout_rate: Dropout in front of the classifier, in [0, 1).
        padding: 'same', TensorFlow's uneven padding and BN, which the published weights of the authors
            need; or 'symmetric', which timm's own need.
        stem_stride: Stride of the stem, 1 or 2; 1 for small images, such as those of 32 pixels.

    Source: arXiv:1905.11946, table 1; the authors' ``efficientnet_builder``.
    """
    widths, depths = compound_scaling(
        WIDTHS, DEPTHS, width_mult=width_mult, depth_mult=depth_mult, divisor=divisor
    )

    def block(in_channels: int, width: int, *, stride: int, group: int) -> BlockPlan:
        expanded = in_channels if group == 0 else in_channels * EXPAND_RATIO
        squeeze = None
        if se_ratio is not None:
            squeezed = max(1, int(in_channels * se_ratio))
            squeeze = squeeze_excitation(expanded, squeezed, after=DEPTHWISE, activation='silu')
        return inverted_bottleneck(
            in_channels,
            expanded,
            width,
            stride=stride,
            expand_activation='silu',
            kernel_size=KERNELS[group],
            same_padding=padding == 'same',
            squeeze=squeeze,
        )

    first = make_divisible(STEM_WIDTH * width_mult, divisor)
    last = make_divisible(PENULTIMATE_WIDTH * width_mult, divisor)
    return NetPlan(
        'efficientnet',
        stem(first, stride=stem_stride, activation='silu', same_padding=padding == 'same'),
        in_stages(block, (first, *per_block(widths, depths)), depths, STRIDES),
        penultimate(widths[-1], last, activation='silu'),
        dropout_rate=dropout_rate,
        **norm_of(padding),
    )


def per_block(widths: tuple[int, ...], depths: tuple[int, ...]) -> list[int]:
    """The width of every block, from those of the groups."""
    return [width for width, depth in zip(widths, depths, strict=True) for _ in range(depth)]


def norm_of(padding: str) -> dict[str, float]:
    """The batch normalisation that the published weights of a padding were trained with."""
    return {'norm_eps': 1e-3, 'norm_momentum': 0.01} if padding == 'same' else {}
