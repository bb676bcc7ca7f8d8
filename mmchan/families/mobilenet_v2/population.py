"""MobileNetV2's parameters become the layers of a population."""

import numpy as np

from mmchan.channels.population.blocks import (
    PopulationPlan,
    behind_stem,
    expanded_channels,
    inverted_bottlenecks,
    inverted_strides,
    penultimate,
    rows_of,
    stem,
)
from mmchan.channels.population.schedules import column, linear_widths, make_divisible
from mmchan.families.mobilenet_v2.plan import (
    DEPTHS,
    EXPAND_RATIO,
    PENULTIMATE_WIDTH,
    STEM_WIDTH,
    STRIDES,
    WIDTHS,
)

GROUPS, PLACES = rows_of(DEPTHS)  # of every block


def population(
    *, width_mult: np.ndarray, total_growth: np.ndarray, divisor: np.ndarray, stem_stride: np.ndarray
) -> PopulationPlan:
    """:func:`mmchan.families.mobilenet_v2.plan.mobilenet_v2` of arrays, (N,).

    Args:
        width_mult: Factor on all widths.
        total_growth: Channels that the widths grow by; NaN for the widths of the paper.
        divisor: Every width is a multiple of it.
        stem_stride: Stride of the stem.
    """
    first = make_divisible(STEM_WIDTH * width_mult, divisor)
    widths = _block_widths(width_mult, total_growth, divisor)
    end = make_divisible(PENULTIMATE_WIDTH * np.maximum(1, width_mult), divisor)
    inputs = behind_stem(first, widths)
    expanded = expanded_channels(inputs, EXPAND_RATIO, GROUPS)
    strides = inverted_strides(stem_stride, STRIDES, GROUPS, PLACES)
    return PopulationPlan(
        convs=[
            stem(first, stride=stem_stride),
            *inverted_bottlenecks(inputs, expanded, widths, strides=strides),
            penultimate(widths[-1], end, stride=strides[1][-1]),
        ],
        features=end,
    )


def _block_widths(width_mult: np.ndarray, total_growth: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    """Width of every block, (blocks, N)."""
    linear = ~np.isnan(total_growth)
    doubling = make_divisible(column(WIDTHS) * width_mult, divisor)[GROUPS]
    if not linear.any():
        return doubling
    blocks = len(GROUPS)
    growth = np.where(linear, total_growth, 0)
    growing = linear_widths(WIDTHS[0], growth, blocks, scale=width_mult, divisor=divisor, steps=blocks - 1)
    return np.where(linear, growing, doubling)
