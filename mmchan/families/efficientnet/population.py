"""EfficientNet's parameters become the layers of a population, and so do EfficientNet-lite's."""

from collections.abc import Iterator

import numpy as np

from mmchan.channels.population.blocks import (
    Convs,
    PopulationPlan,
    behind_stem,
    expanded_channels,
    inverted_bottlenecks,
    inverted_strides,
    penultimate,
    squeeze_excitation,
    stem,
)
from mmchan.channels.population.schedules import column, compound_scaling, make_divisible
from mmchan.families.efficientnet.plan import (
    DEPTHS,
    EXPAND_RATIO,
    KERNELS,
    PENULTIMATE_WIDTH,
    STEM_WIDTH,
    STRIDES,
    WIDTHS,
)

# two rows per group of blocks: its first block, and all others, which are equal
GROUPS = np.tile(np.arange(len(DEPTHS)), 2)
PLACES = np.repeat([0, 1], len(DEPTHS))


def population(
    *,
    width_mult: np.ndarray,
    depth_mult: np.ndarray,
    se_ratio: np.ndarray,
    divisor: np.ndarray,
    dropout_rate: np.ndarray,
    padding: np.ndarray,
    stem_stride: np.ndarray,
) -> PopulationPlan:
    """:func:`mmchan.families.efficientnet.plan.efficientnet` of arrays, (N,).

    Args:
        width_mult: Factor on all widths.
        depth_mult: Factor on the blocks of each group.
        se_ratio: Squeeze width over the width of the block's input; NaN without squeeze-excitation.
        divisor: Every width is a multiple of it.
        dropout_rate: Costs nothing.
        padding: Costs nothing.
        stem_stride: Stride of the stem.
    """
    widths, depths = compound_scaling(
        WIDTHS, DEPTHS, width_mult=width_mult, depth_mult=depth_mult, divisor=divisor
    )
    return grouped(
        widths,
        depths,
        first=make_divisible(STEM_WIDTH * width_mult, divisor),
        end=make_divisible(PENULTIMATE_WIDTH * width_mult, divisor),
        stem_stride=stem_stride,
        se_ratio=se_ratio,
    )


def grouped(
    widths: np.ndarray,
    depths: np.ndarray,
    *,
    first: np.ndarray,
    end: np.ndarray,
    stem_stride: np.ndarray,
    se_ratio: np.ndarray,
) -> PopulationPlan:
    """Groups of inverted bottlenecks of one width each.

    Args:
        widths: Width of each group, (groups, N).
        depths: Blocks of each group, (groups, N).
        first: Width of the stem, (N,).
        end: Width of the penultimate convolution, (N,).
        stem_stride: Stride of the stem, (N,).
        se_ratio: Squeeze width over the width of the block's input, (N,); NaN without.
    """
    inputs = np.concatenate(np.broadcast_arrays(behind_stem(first, widths), widths))
    expanded = expanded_channels(inputs, EXPAND_RATIO, GROUPS)
    strides = inverted_strides(stem_stride, STRIDES, GROUPS, PLACES)
    repeats = np.concatenate([np.ones_like(depths), depths - 1])
    blocks = inverted_bottlenecks(
        inputs,
        expanded,
        widths[GROUPS],
        strides=strides,
        kernel_size=column(KERNELS)[GROUPS],
        repeats=repeats,
    )
    return PopulationPlan(
        convs=[
            stem(first, stride=stem_stride),
            *blocks,
            *_squeezes(inputs, expanded, se_ratio, repeats),
            penultimate(widths[-1], end, stride=strides[1][-1]),
        ],
        features=end,
    )


def _squeezes(
    inputs: np.ndarray, expanded: np.ndarray, se_ratio: np.ndarray, repeats: np.ndarray
) -> Iterator[Convs]:
    has = ~np.isnan(se_ratio)
    if has.any():
        squeezed = np.maximum(1, np.floor(inputs * np.where(has, se_ratio, 1)))
        yield from squeeze_excitation(expanded, squeezed, repeats=repeats * has)
