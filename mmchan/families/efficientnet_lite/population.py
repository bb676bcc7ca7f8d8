"""EfficientNet-lite's parameters become the layers of a population."""

import numpy as np

from mmchan.channels.population.blocks import PopulationPlan
from mmchan.channels.population.schedules import compound_scaling
from mmchan.families.efficientnet.plan import DEPTHS, PENULTIMATE_WIDTH, STEM_WIDTH, WIDTHS
from mmchan.families.efficientnet.population import grouped


def population(
    *,
    width_mult: np.ndarray,
    depth_mult: np.ndarray,
    divisor: np.ndarray,
    dropout_rate: np.ndarray,
    padding: np.ndarray,
    stem_stride: np.ndarray,
) -> PopulationPlan:
    """:func:`mmchan.families.efficientnet_lite.plan.efficientnet_lite` of arrays, (N,).

    Args:
        width_mult: Factor on the widths of all blocks.
        depth_mult: Factor on the blocks of each group but the first and last.
        divisor: Every width is a multiple of it.
        dropout_rate: Costs nothing.
        padding: Costs nothing.
        stem_stride: Stride of the stem.
    """
    widths, depths = compound_scaling(
        WIDTHS, DEPTHS, width_mult=width_mult, depth_mult=depth_mult, divisor=divisor
    )
    depths[0], depths[-1] = DEPTHS[0], DEPTHS[-1]
    return grouped(
        widths,
        depths,
        first=np.array([STEM_WIDTH]),
        end=np.array([PENULTIMATE_WIDTH]),
        stem_stride=stem_stride,
        se_ratio=np.array([np.nan]),
    )
