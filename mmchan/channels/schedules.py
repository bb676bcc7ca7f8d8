"""Width schedules: a few numbers become the integer widths of a network's layers.

A width is the number of output channels of a block or stage. Every function is pure Python in
float64: RegNet's quantisation in float32 gives other widths on about one in ten thousand draws.
"""

import itertools
import math
from collections.abc import Sequence

from mmchan.errors import require, require_integer


def make_divisible(value: float, divisor: int = 8, *, min_ratio: float = 0.9) -> int:
    """The multiple of ``divisor`` nearest to ``value`` (half up) that keeps ``min_ratio`` of it.

    Args:
        value: A positive number of channels, possibly fractional.
        divisor: The result is a multiple of it, and at least it.
        min_ratio: In [0, 1]; where rounding down loses more, the next multiple is taken.

    Source: the MobileNet reference code, which EfficientNet, ReXNet-lite and torchvision follow.

    >>> make_divisible(37), make_divisible(11)
    (40, 16)
    """
    require_integer(divisor, 'divisor')
    require(value > 0, 'value', '> 0', value)
    require(0 <= min_ratio <= 1, 'min_ratio', 'within [0, 1]', min_ratio)
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < min_ratio * value else rounded


def round_width(value: float, divisor: int = 1) -> int:
    """Round a width to an integer, half to even, then to a multiple of ``divisor`` (0.9 floor)."""
    return make_divisible(max(1, round(value)), divisor)


def linear_widths(
    first: float,
    total_growth: float,
    num_blocks: int,
    *,
    scale: float = 1.0,
    divisor: int = 1,
    steps: int | None = None,
) -> tuple[int, ...]:
    """Widths that grow by the same number of channels at every block.

    Args:
        first: Width of the first block before scaling, > 0.
        total_growth: Channels added over ``steps`` blocks before scaling, >= 0.
        num_blocks: Number of blocks, >= 1.
        scale: Width multiplier, > 0. Below 1 it leaves the first block as it is.
        divisor: Every width is a multiple of it (1: exact widths).
        steps: Number of blocks over which ``total_growth`` is reached; num_blocks by default.

    Source: arXiv:2007.00992, section 4; summed block by block as the authors do, because the closed
    form differs by rounding (at scale 0.6, for one).

    >>> linear_widths(16, 180, 16)[:5]
    (16, 27, 38, 50, 61)
    """
    require(first > 0, 'first', '> 0', first)
    require(total_growth >= 0, 'total_growth', '>= 0', total_growth)
    require_integer(num_blocks, 'num_blocks')
    require(scale > 0, 'scale', '> 0', scale)
    require_integer(divisor, 'divisor')
    growth = total_growth / (num_blocks if steps is None else max(steps, 1))
    width = first / scale if scale < 1 else first
    widths = []
    for _ in range(num_blocks):
        widths.append(round_width(width * scale, divisor))
        width += growth
    return tuple(widths)


def quantized_linear_widths(
    w0: int, wa: float, wm: float, depth: int, *, divisor: int = 8
) -> tuple[int, ...]:
    """Widths per block of a line, quantised to powers of ``wm`` so that blocks fall into stages.

    Args:
        w0: Width of the first block, a positive multiple of ``divisor``.
        wa: Slope of the line in channels per block, >= 0.
        wm: Width multiplier from one stage to the next, > 1.
        depth: Number of blocks, >= 1.
        divisor: Every width is a multiple of it.

    Source: arXiv:2003.13678, section 3.3, equations 2-4; rounding as in pycls (half to even).

    >>> quantized_linear_widths(24, 36.44, 2.49, 13)
    (24, 56, 152, 152, 152, 152, 368, 368, 368, 368, 368, 368, 368)
    """
    require_integer(divisor, 'divisor')
    require_integer(w0, 'w0')
    require(w0 % divisor == 0, 'w0', f'a multiple of {divisor}', w0)
    require(wa >= 0, 'wa', '>= 0', wa)
    require(wm > 1, 'wm', '> 1', wm)
    require_integer(depth, 'depth')
    stages = (round(math.log((w0 + wa * block) / w0) / math.log(wm)) for block in range(depth))
    return tuple(round(w0 * wm**stage / divisor) * divisor for stage in stages)


def piecewise_linear_widths(
    knots: Sequence[tuple[int, float]], *, scale: float = 1.0, divisor: int = 1
) -> tuple[int, ...]:
    """Widths per block on straight lines between knots.

    Args:
        knots: Pairs (block index, width). The indices start at 0 and increase strictly, the widths
            do not decrease. The last index is that of the last block.
        scale: Width multiplier, > 0.
        divisor: Every width is a multiple of it (1: exact widths, rounded half to even).

    Source: arXiv:2007.00992, section 4.1 (the piecewise linear parametrisation of the search).

    >>> piecewise_linear_widths([(0, 16), (2, 32), (4, 80)])
    (16, 24, 32, 56, 80)
    """
    require(len(knots) >= 1, 'knots', 'at least one (block index, width) pair', knots)
    require(scale > 0, 'scale', '> 0', scale)
    indices, widths = zip(*knots, strict=True)
    for index in indices:
        require_integer(index, 'knot index', least=0)
    require(indices[0] == 0, 'knots', 'pairs whose first block index is 0', knots)
    steps = list(itertools.pairwise(knots))
    require(all(a[0] < b[0] for a, b in steps), 'knots', 'pairs with strictly increasing block index', knots)
    require(all(a[1] <= b[1] for a, b in steps), 'knots', 'pairs with non-decreasing width', knots)
    require(widths[0] > 0, 'knots', 'pairs with positive width', knots)
    line = [a[1] + (b[1] - a[1]) * step / (b[0] - a[0]) for a, b in steps for step in range(b[0] - a[0])]
    return tuple(round_width(width * scale, divisor) for width in [*line, widths[-1]])


def compound_coefficients(
    phi: float, *, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> tuple[float, float, float]:
    """Multipliers of depth, width and resolution at the compound coefficient ``phi``.

    Source: arXiv:1905.11946 (EfficientNet), equation 3.
    """
    for name, base in (('alpha', alpha), ('beta', beta), ('gamma', gamma)):
        require(base >= 1, name, '>= 1', base)
    require(phi >= 0, 'phi', '>= 0', phi)
    return alpha**phi, beta**phi, gamma**phi


def compound_scaling(
    widths: Sequence[int],
    depths: Sequence[int],
    *,
    width_mult: float = 1.0,
    depth_mult: float = 1.0,
    divisor: int = 8,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Scale stage widths (to multiples of ``divisor``) and stage depths (rounded up).

    Args:
        widths: Width per stage, >= 1.
        depths: Blocks per stage, >= 1, as many as widths.
        width_mult: Factor on the widths, > 0.
        depth_mult: Factor on the depths, > 0.
        divisor: Every scaled width is a multiple of it.

    Returns:
        The scaled widths and depths.

    Source: the EfficientNet reference code (``round_filters``, ``round_repeats``).

    >>> compound_scaling((16, 24, 40), (1, 2, 2), width_mult=1.1, depth_mult=1.2)
    ((16, 24, 48), (2, 3, 3))
    """
    require(width_mult > 0, 'width_mult', '> 0', width_mult)
    require(depth_mult > 0, 'depth_mult', '> 0', depth_mult)
    require(len(widths) == len(depths), 'depths', f'as long as widths ({len(widths)})', depths)
    for width, depth in zip(widths, depths, strict=True):
        require_integer(width, 'widths')
        require_integer(depth, 'depths')
    scaled_widths = tuple(make_divisible(width * width_mult, divisor) for width in widths)
    return scaled_widths, tuple(math.ceil(depth * depth_mult) for depth in depths)


def fit_group_width(
    width: int, group_width: int, bottleneck_ratio: float = 1.0, *, rounding: str = 'pycls'
) -> tuple[int, int, int]:
    """Change a stage's width as little as possible so that its bottleneck divides into groups.

    Args:
        width: Width of the stage, >= 1.
        group_width: Wanted channels per group of the 3x3 conv, >= 1.
        bottleneck_ratio: Bottleneck width over stage width, > 0 (the paper's b is its reciprocal).
        rounding: 'pycls' (nearest multiple, half to even) or 'torchvision' (half up, never below
            0.9 of the value), which differ for three published RegNets.

    Returns:
        The fitted width, bottleneck width and group width.

    Source: pycls ``adjust_block_compatibility``; torchvision ``BlockParams``.

    >>> fit_group_width(400, 16), fit_group_width(80, 120)
    ((400, 400, 16), (80, 80, 80))
    """
    require_integer(width, 'width')
    require_integer(group_width, 'group_width')
    require(bottleneck_ratio > 0, 'bottleneck_ratio', '> 0', bottleneck_ratio)
    require(rounding in ('pycls', 'torchvision'), 'rounding', "'pycls' or 'torchvision'", rounding)
    bottleneck = int(max(1, width * bottleneck_ratio))
    group_width = min(group_width, bottleneck)
    if rounding == 'torchvision':
        return _fitted(make_divisible(bottleneck, group_width), group_width, bottleneck_ratio)
    whole_ratio = int(bottleneck_ratio)
    multiple = math.lcm(group_width, whole_ratio) if bottleneck_ratio > 1 else group_width
    return _fitted(max(multiple, round(bottleneck / multiple) * multiple), group_width, bottleneck_ratio)


def _fitted(bottleneck: int, group_width: int, bottleneck_ratio: float) -> tuple[int, int, int]:
    return int(bottleneck / bottleneck_ratio), bottleneck, group_width
