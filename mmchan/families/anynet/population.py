"""AnyNet's parameters become the layers of a population."""

import numpy as np

from mmchan.channels.population.blocks import (
    Convs,
    PopulationPlan,
    residual_bottlenecks,
    running_strides,
    squeeze_excitation,
    stem,
)
from mmchan.channels.population.schedules import fit_group_width
from mmchan.channels.population.stages import are_given, filled, last_of, lengths
from mmchan.families.anynet.plan import MOST_STAGES


def population(
    *,
    widths: np.ndarray,
    depths: np.ndarray,
    group_widths: np.ndarray,
    bottleneck_ratios: np.ndarray,
    se_ratio: np.ndarray,
    rounding: np.ndarray,
    stem_width: np.ndarray,
    stem_stride: np.ndarray,
    strides: np.ndarray,
    dilations: np.ndarray,
    style: np.ndarray,
) -> PopulationPlan:
    """:func:`mmchan.families.anynet.plan.anynet` of arrays.

    Args:
        widths: (stages, N), NaN behind a network's last stage, as all that is per stage.
        depths: (stages, N).
        group_widths: (stages, N).
        bottleneck_ratios: (stages, N); only NaN for the default, as for strides and dilations.
        se_ratio: (N,), NaN without squeeze-excitation.
        rounding: Names, (N,).
        stem_width: (N,).
        stem_stride: (N,).
        strides: (stages, N).
        dilations: (stages, N); they cost nothing.
        style: Names, (N,).
    """
    num_stages = lengths(widths)
    rows = int(np.clip(num_stages.max(), 1, MOST_STAGES))
    there = np.arange(rows)[:, None] < num_stages
    width, bottleneck, groups = _fitted(
        filled(widths, rows, default=1),
        filled(bottleneck_ratios, rows, default=1),
        filled(group_widths, rows, default=1),
        rounding,
    )
    fits = (width >= 1) & (bottleneck >= 1) & (groups == np.rint(groups))
    before, behind = running_strides(stem_stride, filled(strides, rows, default=2))
    inputs = np.concatenate([np.broadcast_to(stem_width, width[:1].shape), width[:-1]])
    others = np.maximum(filled(depths, rows, default=1) - 1, 0) * there
    convs = [stem(stem_width, stride=stem_stride)]
    for channels, entered, repeats in ((inputs, before, there), (width, behind, others)):
        convs += residual_bottlenecks(
            channels,
            width,
            bottleneck,
            groups=groups,
            strides=(entered, behind),
            stride_first=style == 'caffe',
            repeats=repeats,
        )
        convs += _squeezes(channels, bottleneck, se_ratio, repeats)
    given = are_given(num_stages, (depths, group_widths), (bottleneck_ratios, strides, dilations))
    given &= num_stages <= MOST_STAGES
    return PopulationPlan(
        convs=convs, features=last_of(width, num_stages), valid=given & (fits | ~there).all(axis=0)
    )


def _fitted(
    width: np.ndarray, ratio: np.ndarray, group_width: np.ndarray, rounding: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Width, bottleneck width and number of groups of stages, a fraction where it does not divide."""
    fitted = fit_group_width(width, group_width, ratio, torchvision=rounding == 'torchvision')
    given = width, np.rint(width * ratio), group_width
    pairs = zip(given, fitted, strict=True)
    width, bottleneck, group_width = (np.where(rounding == 'none', *pair) for pair in pairs)
    return width, bottleneck, bottleneck / group_width


def _squeezes(
    inputs: np.ndarray, bottleneck: np.ndarray, se_ratio: np.ndarray, repeats: np.ndarray
) -> list[Convs]:
    squeezed = ~np.isnan(se_ratio)
    if not squeezed.any():
        return []
    width = np.maximum(1, np.rint(np.where(squeezed, se_ratio, 1) * inputs))
    return list(squeeze_excitation(bottleneck, width, repeats=repeats * squeezed))
