"""AnyReXNet's parameters become the layers of a population."""

from collections.abc import Iterator

import numpy as np

from mmchan.channels.population.blocks import (
    Convs,
    PopulationPlan,
    running_strides,
    squeeze_excitation,
    stem,
)
from mmchan.channels.population.stages import are_given, filled, last_of, lengths
from mmchan.families.anyrexnet.plan import DEPTH, EXPAND_RATIO, KERNEL_SIZE, STRIDE


def population(
    *,
    widths: np.ndarray,
    depths: np.ndarray,
    expand_ratios: np.ndarray,
    kernel_sizes: np.ndarray,
    se_ratio: np.ndarray,
    convolution: np.ndarray,
    activation: np.ndarray,
    spatial_activation: np.ndarray,
    shortcut: np.ndarray,
    stem_width: np.ndarray,
    penultimate_width: np.ndarray,
    stem_stride: np.ndarray,
    strides: np.ndarray,
) -> PopulationPlan:
    """:func:`mmchan.families.anyrexnet.plan.anyrexnet` of arrays.

    Args:
        widths: (groups, N), NaN behind a network's last group, as all that is per group.
        depths: (groups, N); only NaN for the default, as for all below that are per group.
        expand_ratios: (groups, N).
        kernel_sizes: (groups, N).
        se_ratio: (N,), NaN without squeeze-excitation.
        convolution: Names, (N,).
        activation: Costs nothing.
        spatial_activation: Costs nothing.
        shortcut: Costs nothing.
        stem_width: (N,).
        penultimate_width: (N,), NaN without it.
        stem_stride: (N,).
        strides: (groups, N).
    """
    groups = lengths(widths)
    rows = max(1, int(groups.max()))
    there = np.arange(rows)[:, None] < groups
    width, kernels = filled(widths, rows, default=1), filled(kernel_sizes, rows, default=KERNEL_SIZE)
    ratios = filled(expand_ratios, rows, default=EXPAND_RATIO)
    before, behind = running_strides(stem_stride, filled(strides, rows, default=STRIDE))
    inputs = np.concatenate([np.broadcast_to(stem_width, width[:1].shape), width[:-1]])
    others = (filled(depths, rows, default=DEPTH) - 1) * there
    convs = [stem(stem_width, stride=stem_stride)]
    for channels, entered, repeats in ((inputs, before, there), (width, behind, others)):
        convs += _blocks(
            channels,
            np.rint(channels * ratios),
            width,
            strides=(entered, behind),
            kernels=kernels,
            whole=convolution == 'full',
            se_ratio=se_ratio,
            repeats=repeats,
        )
    last = last_of(width, groups)
    has_end = ~np.isnan(penultimate_width)
    end = np.where(has_end, penultimate_width, last)
    convs.append(Convs(last, end * has_end, stride=last_of(behind, groups)))
    return PopulationPlan(
        convs=convs,
        features=end,
        valid=are_given(groups, (), (depths, expand_ratios, kernel_sizes, strides))
        & ((kernels % 2 == 1) | ~there).all(axis=0),
    )


def _blocks(
    inputs: np.ndarray,
    expanded: np.ndarray,
    widths: np.ndarray,
    *,
    strides: tuple[np.ndarray, np.ndarray],
    kernels: np.ndarray,
    whole: np.ndarray,
    se_ratio: np.ndarray,
    repeats: np.ndarray,
) -> Iterator[Convs]:
    """Equal blocks of every group; see :func:`mmchan.channels.blocks.inverted_bottleneck`."""
    before, behind = strides
    divided = np.where(whole, 1, expanded)
    yield Convs(inputs, expanded, stride=before, repeats=repeats * (expanded != inputs))
    yield Convs(expanded, expanded, kernels, groups=divided, stride=behind, repeats=repeats)
    yield Convs(expanded, widths, stride=behind, repeats=repeats)
    gated = ~np.isnan(se_ratio)
    if gated.any():
        squeezed = np.maximum(1, np.floor(expanded * np.where(gated, se_ratio, 1) + 1e-9))
        yield from squeeze_excitation(expanded, squeezed, norm=True, repeats=repeats * gated)
