"""AnyNet's parameters become the layers of a population."""

from collections.abc import Iterable

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
    num_stages = _lengths(widths)
    rows = int(np.clip(num_stages.max(), 1, MOST_STAGES))
    there = np.arange(rows)[:, None] < num_stages
    width, bottleneck, groups = _fitted(
        _stages(widths, rows, default=1),
        _stages(bottleneck_ratios, rows, default=1),
        _stages(group_widths, rows, default=1),
        rounding,
    )
    fits = (width >= 1) & (bottleneck >= 1) & (groups == np.rint(groups))
    before, behind = running_strides(stem_stride, _stages(strides, rows, default=2))
    inputs = np.concatenate([np.broadcast_to(stem_width, width[:1].shape), width[:-1]])
    others = np.maximum(_stages(depths, rows, default=1) - 1, 0) * there
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
    given = _are_given(num_stages, (depths, group_widths), (bottleneck_ratios, strides, dilations))
    return PopulationPlan(
        convs=convs, features=_last(width, num_stages), valid=given & (fits | ~there).all(axis=0)
    )


def _are_given(
    num_stages: np.ndarray, required: Iterable[np.ndarray], optional: Iterable[np.ndarray]
) -> np.ndarray:
    """Whether all that is per stage is given for all stages, (N,), and what is optional for all or none."""
    given = [(num_stages >= 1) & (num_stages <= MOST_STAGES)]
    given += [_lengths(values) == num_stages for values in required]
    given += [(lengths == num_stages) | (lengths == 0) for lengths in map(_lengths, optional)]
    return np.logical_and.reduce(np.broadcast_arrays(*given))


def _lengths(values: np.ndarray) -> np.ndarray:
    """Number of stages that parameters are given for, (N,)."""
    return np.count_nonzero(~np.isnan(values), axis=0)


def _stages(values: np.ndarray, rows: int, *, default: float) -> np.ndarray:
    """A parameter of the first ``rows`` stages, with its default where it is not given."""
    missing = rows - len(values)
    if missing > 0:
        values = np.concatenate([values, np.full((missing, values.shape[1]), np.nan)])
    return np.where(np.isnan(values[:rows]), default, values[:rows])


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


def _last(width: np.ndarray, num_stages: np.ndarray) -> np.ndarray:
    """Width of the last stage, (N,)."""
    index = np.clip(num_stages, 1, len(width)) - 1
    return np.take_along_axis(width, index[None], axis=0)[0]
