"""RegNet's parameters become the layers of a population."""

from dataclasses import replace

import numpy as np

from mmchan.channels.population.blocks import PopulationPlan
from mmchan.channels.population.schedules import quantized_linear_stages
from mmchan.families.anynet.plan import MOST_STAGES
from mmchan.families.anynet.population import population as anynet


def population(
    *,
    w0: np.ndarray,
    wa: np.ndarray,
    wm: np.ndarray,
    depth: np.ndarray,
    group_width: np.ndarray,
    bottleneck_ratio: np.ndarray,
    se_ratio: np.ndarray,
    rounding: np.ndarray,
    divisor: np.ndarray,
    stem_width: np.ndarray,
    stem_stride: np.ndarray,
    strides: np.ndarray,
    dilations: np.ndarray,
    style: np.ndarray,
) -> PopulationPlan:
    """:func:`mmchan.families.regnet.plan.regnet` of arrays, (N,) unless it is said.

    Args:
        w0: Width of the first block.
        wa: Slope in channels per block.
        wm: Width multiplier between stages.
        depth: Number of blocks.
        group_width: Channels per group.
        bottleneck_ratio: Bottleneck width over width.
        se_ratio: Squeeze width over the width of the block's input; NaN without squeeze-excitation.
        rounding: Names.
        divisor: Multiple to which the widths are quantised.
        stem_width: Output channels of the stem.
        stem_stride: Stride of the stem.
        strides: Per stage, (stages, N), NaN behind the last one; only NaN for the default.
        dilations: Likewise; they cost nothing.
        style: Names.
    """
    # one stage more than there may be, so that AnyNet sees which networks have too many
    widths, depths = quantized_linear_stages(w0, wa, wm, depth, divisor=divisor, most=MOST_STAGES + 1)
    there = depths > 0
    plan = anynet(
        widths=np.where(there, widths, np.nan),
        depths=np.where(there, depths, np.nan),
        group_widths=np.where(there, group_width, np.nan),
        bottleneck_ratios=np.where(there, bottleneck_ratio, np.nan),
        se_ratio=se_ratio,
        rounding=rounding,
        stem_width=stem_width,
        stem_stride=stem_stride,
        strides=strides,
        dilations=dilations,
        style=style,
    )
    return replace(plan, valid=plan.valid & (w0 % divisor == 0))
