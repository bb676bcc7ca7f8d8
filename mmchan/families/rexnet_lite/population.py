"""ReXNet-lite's parameters become the layers of a population."""

import numpy as np

from mmchan.channels.population.blocks import (
    Convs,
    PopulationPlan,
    behind_stem,
    expanded_channels,
    inverted_bottlenecks,
    inverted_strides,
    penultimate,
    rows_of,
    stem,
)
from mmchan.channels.population.schedules import linear_widths
from mmchan.families.rexnet.plan import EXPAND_RATIO, GROUP_DEPTHS, GROUP_STRIDES, PENULTIMATE_WIDTH
from mmchan.families.rexnet.population import stem_width
from mmchan.families.rexnet_lite.plan import HIDDEN_WIDTH

GROUPS, PLACES = rows_of(GROUP_DEPTHS)  # of every block


def population(
    *,
    width_mult: np.ndarray,
    first_width: np.ndarray,
    total_growth: np.ndarray,
    divisor: np.ndarray,
    stem_stride: np.ndarray,
) -> PopulationPlan:
    """:func:`mmchan.families.rexnet_lite.plan.rexnet_lite` of arrays, (N,).

    Args:
        width_mult: Factor on all widths.
        first_width: Width of the first block.
        total_growth: Channels added from the first to the last block.
        divisor: Every width is a multiple of it.
        stem_stride: Stride of the stem.
    """
    blocks = len(GROUPS)
    widths = linear_widths(
        first_width, total_growth, blocks, scale=width_mult, divisor=divisor, steps=blocks - 1
    )
    end = np.floor(PENULTIMATE_WIDTH * np.maximum(1, width_mult))
    first = stem_width(width_mult, divisor)
    inputs = behind_stem(first, widths)
    expanded = expanded_channels(inputs, EXPAND_RATIO, GROUPS)
    strides = inverted_strides(stem_stride, GROUP_STRIDES, GROUPS, PLACES)
    return PopulationPlan(
        convs=[
            stem(first, stride=stem_stride),
            *inverted_bottlenecks(inputs, expanded, widths, strides=strides),
            penultimate(widths[-1], end, stride=strides[1][-1]),
        ],
        hidden=[Convs(end, HIDDEN_WIDTH, bias=True)],
        features=np.array([HIDDEN_WIDTH]),
    )
