"""ReXNet's parameters become the layers of a population."""

import numpy as np

from mmchan.channels.population.blocks import (
    PopulationPlan,
    behind_stem,
    expanded_channels,
    inverted_bottlenecks,
    inverted_strides,
    penultimate,
    rows_of,
    squeeze_excitation,
    stem,
)
from mmchan.channels.population.schedules import column, linear_widths, round_width, running_sums
from mmchan.families.rexnet.plan import (
    EXPAND_RATIO,
    GROUP_DEPTHS,
    GROUP_STRIDES,
    PENULTIMATE_WIDTH,
    PLAIN_GROUPS,
    STEM_WIDTH,
)

MOST_DEPTH_MULT = 16  # deeper networks are too rare to lay out all others with as many rows as they have


def population(
    *,
    width_mult: np.ndarray,
    depth_mult: np.ndarray,
    first_width: np.ndarray,
    total_growth: np.ndarray,
    se_ratio: np.ndarray,
    divisor: np.ndarray,
    stem_stride: np.ndarray,
) -> PopulationPlan:
    """:func:`mmchan.families.rexnet.plan.rexnet` of arrays, (N,).

    Args:
        width_mult: Factor on all widths.
        depth_mult: Factor on the blocks of each group.
        first_width: Width of the first block.
        total_growth: Channels added from the first to one past the last block.
        se_ratio: Squeeze width over expanded width; NaN without squeeze-excitation.
        divisor: Every width is a multiple of it.
        stem_stride: Stride of the stem.
    """
    depths = np.ceil(column(GROUP_DEPTHS) * np.minimum(depth_mult, MOST_DEPTH_MULT)).astype(np.intp)
    ends = running_sums(depths)
    line = linear_widths(first_width, total_growth, ends[-1], scale=width_mult, divisor=divisor)
    first = stem_width(width_mult, divisor)
    groups, places = rows_of(depths.max(axis=1))
    there = places[:, None] < depths[groups]
    block = np.minimum(places[:, None] + (ends - depths)[groups], len(line) - 1)
    widths = _of_blocks(line, block)
    inputs = _of_blocks(behind_stem(first, line), block)
    # all are multiples of the divisor already, so that rounding them to it changes nothing
    expanded = expanded_channels(inputs, EXPAND_RATIO, groups)
    strides = inverted_strides(stem_stride, GROUP_STRIDES, groups, places)
    end = _penultimate_width(width_mult, divisor)
    squeezed = groups >= PLAIN_GROUPS
    last = _of_blocks(line, ends[-1:] - 1)[0]
    return PopulationPlan(
        convs=[
            stem(first, stride=stem_stride),
            *inverted_bottlenecks(inputs, expanded, widths, strides=strides, repeats=there),
            *_squeezes(expanded[squeezed], se_ratio, divisor, there[squeezed]),
            penultimate(last, end, stride=strides[1][-1]),
        ],
        features=end,
        valid=end >= 1,
        aside=depth_mult > MOST_DEPTH_MULT,
    )


def stem_width(width_mult: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    """:func:`mmchan.families.rexnet.plan.stem_width` of arrays, which is a line of one block."""
    return linear_widths(STEM_WIDTH, 0, 1, scale=width_mult, divisor=divisor)[0]


def _of_blocks(line: np.ndarray, block: np.ndarray) -> np.ndarray:
    """What stands at indices of blocks, (rows, N), in a line of all blocks, (blocks, N)."""
    return line[block[:, 0]] if block.shape[1] == 1 else np.take_along_axis(line, block, axis=0)


def _penultimate_width(width_mult: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    width = PENULTIMATE_WIDTH * width_mult
    return np.where(divisor > 1, round_width(width, divisor), np.floor(width))


def _squeezes(expanded: np.ndarray, se_ratio: np.ndarray, divisor: np.ndarray, repeats: np.ndarray) -> list:
    has = ~np.isnan(se_ratio)
    if not has.any():
        return []
    squeezed = round_width(np.floor(expanded * np.where(has, se_ratio, 1) + 1e-9), divisor)
    return list(squeeze_excitation(expanded, squeezed, norm=True, repeats=repeats & has))
