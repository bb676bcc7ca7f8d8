"""The schedules of :mod:`mmchan.channels.schedules` for a whole population at once.

Arrays are float64 with one column per network, (N,) or (rows, N); a last axis of 1 stands for all networks.
Every function gives the integers of its scalar twin. Sums, products, quotients and roundings are the same
in both, bit by bit, because IEEE 754 fixes them. Logarithms and powers are not: NumPy's may differ from
:mod:`math`'s in the last bits, so that whatever is rounded after one is decided here only where it is clear
and left to the scalar twin where it is not. Nothing is checked: :mod:`mmchan.channels.population` does that.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import ArrayLike

from mmchan.channels import schedules

# the last bits are 1e-16 of a value; what is nearer to a rounding's edge than this share of it is unclear
UNCLEAR = 1e-11
MOST_STEPS = 32  # powers of wm along a quantised line; with more of them the scalar twin has to decide


def column(values: Sequence[float]) -> np.ndarray:
    """Numbers that all networks share, as (rows, 1)."""
    return np.array(values, dtype=np.float64)[:, None]


def running_sums(rows: np.ndarray) -> np.ndarray:
    """Sums of each row and all rows before it, (rows, N), added one by one as the scalar twins do."""
    sums = rows.copy()
    for before, row in pairwise(sums):  # np.cumsum walks down the columns, ten times slower
        row += before
    return sums


def make_divisible(value: ArrayLike, divisor: ArrayLike, *, min_ratio: float = 0.9) -> np.ndarray:
    """:func:`mmchan.channels.schedules.make_divisible` of arrays."""
    rounded = np.maximum(divisor, np.floor(np.floor(value + divisor / 2) / divisor) * divisor)
    return rounded + divisor * (rounded < min_ratio * value)


def round_width(value: np.ndarray, divisor: ArrayLike) -> np.ndarray:
    """:func:`mmchan.channels.schedules.round_width` of arrays."""
    return make_divisible(np.maximum(1, np.rint(value)), divisor)


def linear_widths(
    first: ArrayLike,
    total_growth: ArrayLike,
    num_blocks: ArrayLike,
    *,
    scale: np.ndarray,
    divisor: np.ndarray,
    steps: int | None = None,
) -> np.ndarray:
    """:func:`mmchan.channels.schedules.linear_widths` of arrays.

    Returns:
        (blocks, N) for the greatest number of blocks; the widths of a shorter network go on behind its end.
    """
    growth = np.divide(total_growth, num_blocks if steps is None else max(steps, 1))
    begin = np.where(scale < 1, first / scale, first)
    line = np.empty((int(np.max(num_blocks)), *np.broadcast_shapes(growth.shape, begin.shape)))
    line[0], line[1:] = begin, growth
    return round_width(running_sums(line) * scale, divisor)


def compound_scaling(
    widths: Sequence[int],
    depths: Sequence[int],
    *,
    width_mult: np.ndarray,
    depth_mult: np.ndarray,
    divisor: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """:func:`mmchan.channels.schedules.compound_scaling` of arrays: widths and depths, (stages, N) each."""
    return make_divisible(column(widths) * width_mult, divisor), np.ceil(column(depths) * depth_mult)


def fit_group_width(
    width: np.ndarray, group_width: np.ndarray, bottleneck_ratio: np.ndarray, *, torchvision: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """:func:`mmchan.channels.schedules.fit_group_width` of arrays.

    Args:
        width: Widths of stages.
        group_width: Wanted channels per group.
        bottleneck_ratio: Bottleneck width over stage width.
        torchvision: Whether the rounding is 'torchvision', not 'pycls'.

    Returns:
        The fitted width, bottleneck width and group width. A width may be 0: no network has such a stage.
    """
    wanted = np.floor(np.maximum(1, width * bottleneck_ratio))
    group_width = np.minimum(group_width, wanted)
    multiple = _with_whole_ratio(group_width, np.floor(bottleneck_ratio))
    bottleneck = np.maximum(multiple, np.rint(wanted / multiple) * multiple)
    if torchvision.any():
        bottleneck = np.where(torchvision, make_divisible(wanted, group_width), bottleneck)
    return np.floor(bottleneck / bottleneck_ratio), bottleneck, group_width


def _with_whole_ratio(group_width: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """The least common multiple of both where the ratio is 2 or more, else the group width."""
    if not (ratio > 1).any():
        return group_width
    ratio = np.maximum(ratio, 1)
    return group_width * (ratio / np.gcd(group_width.astype(np.int64), ratio.astype(np.int64)))


@np.errstate(divide='ignore', invalid='ignore')  # lines without a slope
def quantized_linear_stages(
    w0: np.ndarray, wa: np.ndarray, wm: np.ndarray, depth: np.ndarray, *, divisor: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """The runs of equal width in :func:`mmchan.channels.schedules.quantized_linear_widths`, of arrays.

    Args:
        w0: Width of the first block, a multiple of ``divisor``, (N,) like all others.
        wa: Slope in channels per block.
        wm: Width multiplier from one stage to the next.
        depth: Number of blocks.
        divisor: Every width is a multiple of it.
        most: Number of runs that are wanted.

    Returns:
        Width and length of the first ``most`` runs, (most, N); both are 0 where there are fewer.
    """
    w0, wa, wm, depth, divisor = np.broadcast_arrays(w0, wa, wm, depth, divisor)
    runs = _Runs(most, len(w0))
    power, root, slope = np.ones_like(w0), np.sqrt(wm), wa / w0
    reached, clear = np.zeros_like(w0), np.ones(w0.shape, dtype=bool)
    for _ in range(MOST_STEPS):
        # a block has this power or a smaller one until the line, relative to w0, meets wm ** (power + 1/2)
        edge = (power * root - 1) / slope
        until = np.minimum(np.ceil(edge), depth)
        width = w0 * power / divisor
        rounded = np.rint(width)
        unsure = UNCLEAR * (power * root / slope + 1)
        clear &= (edge > depth + unsure) | (np.abs(edge - np.rint(edge)) > unsure)
        clear &= (until == reached) | (0.5 - np.abs(width - rounded) > UNCLEAR * (width + 1))
        runs.add(rounded * divisor, until - reached)
        reached, power = until, power * wm
        if (reached == depth).all():
            break
    for network in np.flatnonzero(~(clear & (reached == depth)) & (w0 % divisor == 0)):
        runs.replace(network, _scalar_runs(*(one[network] for one in (w0, wa, wm, depth, divisor))))
    return runs.widths[:most], runs.depths[:most]


def _scalar_runs(w0: float, wa: float, wm: float, depth: float, divisor: float) -> list[tuple[int, int]]:
    numbers = int(w0), float(wa), float(wm), int(depth)
    widths = schedules.quantized_linear_widths(*numbers, divisor=int(divisor))
    return [(width, len(list(run))) for width, run in groupby(widths)]


class _Runs:
    """Runs of equal width, filled from left to right; all behind the last wanted one pile up in one row."""

    def __init__(self, most: int, networks: int) -> None:
        self.most = most
        self.widths = np.zeros((most + 1, networks))
        self.depths = np.zeros((most + 1, networks))
        self._current = np.full(networks, -1)
        self._width = np.zeros(networks)
        self._networks = np.arange(networks)

    def add(self, width: np.ndarray, depth: np.ndarray) -> None:
        """Append blocks: to the last run where it has their width, and no run where there are none."""
        there = depth > 0
        self._current += there & (width != self._width)
        np.minimum(self._current, self.most, out=self._current)
        self._width = np.where(there, width, self._width)
        place = self._current, self._networks
        self.widths[place] = self._width
        self.depths[place] += depth

    def replace(self, network: int, runs: list[tuple[int, int]]) -> None:
        """Put exact runs in the place of those of one network."""
        self.widths[:, network] = self.depths[:, network] = 0
        for place, run in enumerate(runs[: self.most]):
            self.widths[place, network], self.depths[place, network] = run
