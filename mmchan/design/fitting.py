"""How near a network's widths are to a quantised line: the fitting error of the RegNet paper.

With the depth fixed, w0, wa and wm of the line are searched that predict the widths per block best. The paper
gives neither the base of its logarithm nor its grid. Here the error is the mean over the blocks of
``|ln(predicted / width)|``, w0 is a multiple of the divisor, wm of 0.001 (the quanta with which pycls draws
them) and wa any number: between two slopes at which a block changes its stage nothing changes, so that all of
them are tried.

The smallest error on that grid is found for certain: every (w0, interval of wm) has a lower bound, and what
cannot beat the best network found is left out (branch and bound). Therefore a RegNet of the grid fits to 0.
Compare widths BEFORE they are fitted to groups: RegNetX-400MF's line has 24 and 400 where the network has 32
and 384.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from mmchan.channels.schedules import quantized_linear_widths
from mmchan.design.statistics.groups import padded, rows
from mmchan.errors import require, require_integer

GRID = 1000  # values of wm per unit
CELLS = (150, 50, 10, 1)  # of the grid's values at a time, from the widest intervals of wm to single ones
TRIED = 4  # most promising intervals of a network whose middle is tried, for something to beat
CHUNK = 128  # networks at a time


@dataclass(frozen=True, eq=False)
class LineFits:
    """The quantised lines that fit networks best.

    Attributes:
        errors: Mean over a network's blocks of ``|ln(predicted / width)|``, (N,).
        w0: Width of the first block, (N,).
        wa: Slope in channels per block, (N,); one of many that give the same widths.
        wm: Width multiplier from stage to stage, (N,).
        widths: Predicted widths per block, (N, blocks), NaN behind a network's last.
    """

    errors: np.ndarray
    w0: np.ndarray
    wa: np.ndarray
    wm: np.ndarray
    widths: np.ndarray


def fit_quantized_lines(
    widths: ArrayLike | Sequence[ArrayLike],
    *,
    w0: tuple[int, int] = (8, 320),
    wa: float = 256,
    wm: tuple[float, float] = (1.5, 3),
    divisor: int = 8,
) -> LineFits:
    """Fit a quantised line to the widths per block of each network.

    Args:
        widths: Per block, before they are fitted to groups, (N, blocks), NaN behind a network's last; or a
            sequence per network. :func:`mmchan.design.statistics.widths_per_block` makes them of stages.
        w0: Least and greatest width of the line's first block. The paper's space ends at 256, yet its
            RegNetX-32GF has 320.
        wa: Greatest slope, in channels per block; the least is 0.
        wm: Least and greatest width multiplier, > 1.
        divisor: Multiple to which the line's widths are rounded.

    Returns:
        For each network the line with the smallest error, of equal ones that with the smallest w0 and wm.

    Raises:
        InputError: For widths that are not positive, or a range without a value.

    Source: arXiv:2003.13678, section 3.3 (the fitting error); the line as in
    :func:`mmchan.channels.quantized_linear_widths`.

    >>> fits = fit_quantized_lines([[24, 56, 152, 152, 152, 152, 368, 368], [32, 32, 48, 100]])
    >>> fits.errors.round(3).tolist()
    [0.0, 0.112]
    """
    blocks = rows(widths, 'widths')
    grid = _Grid.of(w0, wa, wm, divisor)
    depths = np.sum(~np.isnan(blocks), axis=1)
    order = np.argsort(depths, kind='stable')  # networks of like depth together: shorter arrays
    found = np.empty((3, len(blocks)))
    for start in range(0, len(blocks), CHUNK):
        chunk = order[start : start + CHUNK]
        found[:, chunk] = _Search(np.log(blocks[chunk, : depths[chunk[-1]]]), grid).best()
    return _fits(blocks, depths, found, divisor)


def _fits(blocks: np.ndarray, depths: np.ndarray, found: np.ndarray, divisor: int) -> LineFits:
    """The fits, with the widths and errors that the scalar function gives for them."""
    numbers = zip(*found.tolist(), depths.tolist(), strict=True)
    lines = [
        quantized_linear_widths(int(w0), wa, wm, depth, divisor=divisor) for w0, wa, wm, depth in numbers
    ]
    predicted = padded(np.concatenate(lines), depths)
    return LineFits(np.nanmean(np.abs(np.log(predicted / blocks)), axis=1), *found, predicted)


@dataclass(frozen=True, eq=False)
class _Grid:
    """What is searched.

    Attributes:
        w0: Widths of the first block, (W,).
        wa: Greatest slope.
        wm: Multipliers, (M,).
        divisor: Multiple to which widths are rounded.
    """

    w0: np.ndarray
    wa: float
    wm: np.ndarray
    divisor: int

    @classmethod
    def of(cls, w0: tuple[int, int], wa: float, wm: tuple[float, float], divisor: int) -> '_Grid':
        require_integer(divisor, 'divisor')
        require(wa >= 0, 'wa', '>= 0', wa)
        require(1 < wm[0] <= wm[1], 'wm', 'two numbers > 1, the first at most the second', wm)
        first = np.arange(max(1, -(-w0[0] // divisor)), w0[1] // divisor + 1) * float(divisor)
        require(len(first) > 0, 'w0', f'a range with a positive multiple of {divisor}', w0)
        multipliers = np.arange(np.ceil(wm[0] * GRID - 1e-9), np.floor(wm[1] * GRID + 1e-9) + 1) / GRID
        require(len(multipliers) > 0, 'wm', f'a range with a multiple of {1 / GRID}', wm)
        return cls(first, float(wa), multipliers, divisor)

    def levels(self, w0: np.ndarray, wm: float, count: int) -> np.ndarray:
        """Logarithms of the widths that lines with these w0 can have, (count, P)."""
        return np.log(np.rint(w0 * wm ** np.arange(count)[:, None] / self.divisor) * self.divisor)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Candidates: a network, its w0 and an interval of wm, as places in the grid, (C,) each."""

    network: np.ndarray
    w0: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def take(self, chosen: np.ndarray) -> '_Cells':
        """Some of them."""
        return _Cells(self.network[chosen], self.w0[chosen], self.low[chosen], self.high[chosen])

    def split(self, size: int) -> '_Cells':
        """Their intervals in pieces of at most ``size`` values."""
        pieces = -(-(self.high - self.low + 1) // size)
        parent = np.repeat(np.arange(len(self.low)), pieces)
        piece = np.arange(len(parent)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        low = self.low[parent] + piece * size
        return _Cells(
            self.network[parent], self.w0[parent], low, np.minimum(low + size - 1, self.high[parent])
        )


class _Search:
    """Branch and bound over the grid for networks, given as the logarithms of their widths (N, blocks)."""

    def __init__(self, logs: np.ndarray, grid: _Grid) -> None:
        self.logs = logs
        self.grid = grid
        self.depths = np.sum(~np.isnan(logs), axis=1)

    def best(self) -> np.ndarray:
        """w0, wa and wm of the best line of each network, (3, N)."""
        cells = self._everything()
        beaten = np.full(len(self.logs), np.inf)
        for size in CELLS:
            cells = cells.split(size)
            least = self._least(cells)
            if size > 1:
                beaten = np.minimum(beaten, self._tried(cells, least))
                cells = cells.take(least <= beaten[cells.network] + 1e-9)
        order = np.lexsort((cells.low, cells.w0, least.round(12), cells.network))
        winners = cells.take(order[np.unique(cells.network[order], return_index=True)[1]])
        w0, wm = self.grid.w0[winners.w0], self.grid.wm[winners.low]
        return np.stack((w0, list(map(self._slope, self.logs, w0, wm)), wm))

    def _everything(self) -> _Cells:
        network, w0 = np.indices((len(self.logs), len(self.grid.w0))).reshape(2, -1)
        return _Cells(network, w0, np.zeros_like(w0), np.full_like(w0, len(self.grid.wm) - 1))

    def _tried(self, cells: _Cells, least: np.ndarray) -> np.ndarray:
        """An error that each network reaches: in the middle of its most promising intervals, (N,)."""
        order = np.lexsort((least, cells.network))
        rank = np.arange(len(order)) - np.searchsorted(cells.network[order], cells.network[order])
        chosen = cells.take(order[rank < TRIED])
        middle = (chosen.low + chosen.high) // 2
        best = np.full(len(self.logs), np.inf)
        np.minimum.at(best, chosen.network, self._least(replace(chosen, low=middle, high=middle)))
        return best

    def _least(self, cells: _Cells) -> np.ndarray:
        """A lower bound of each candidate's errors; the smallest error itself where it is about one wm."""
        least = np.empty(len(cells.low))
        order = np.lexsort((cells.w0, cells.high, cells.low))
        changes = (np.diff(cells.low[order]) != 0) | (np.diff(cells.high[order]) != 0)
        for same in np.split(order, np.flatnonzero(changes) + 1):
            low, high = self.grid.wm[cells.low[same[0]]], self.grid.wm[cells.high[same[0]]]
            logs = self.logs[cells.network[same]]
            least[same] = _least_sums(logs, self.grid, self.grid.w0[cells.w0[same]], (low, high))
        return least / self.depths[cells.network]

    def _slope(self, logs: np.ndarray, w0: float, wm: float) -> float:
        """The slope with which a line of this w0 and wm fits a network best."""
        steepest = self.grid.wa / w0
        turns = _Turns.of(len(logs), (wm, wm), steepest)
        gaps = _gaps(logs[None], self.grid, np.array([w0]), (wm, wm), turns.powers + 1)[..., 0]
        changes = np.diff(gaps, axis=1)[turns.block, turns.power]
        sums = gaps[:, 0].sum() + np.concatenate(([0.0], np.cumsum(changes)))
        sums[1:][~turns.apart] = np.inf  # the next change comes at once
        place = int(np.argmin(sums))
        ends = np.concatenate(([0.0], turns.slopes, [steepest]))
        return float(w0 * (ends[place] + ends[place + 1]) / 2)


def _gaps(logs: np.ndarray, grid: _Grid, w0: np.ndarray, wm: tuple[float, float], levels: int) -> np.ndarray:
    """How far each level is from each block's width at the nearest wm of an interval, (blocks, levels, P)."""
    low, high = (grid.levels(w0, one, levels) for one in wm)
    wanted = np.ascontiguousarray(logs.T)[:, None]
    gaps = np.maximum(low - wanted, wanted - high)
    return np.fmax(gaps, 0, out=gaps)  # 0 also for NaN, where no block is


def _least_sums(logs: np.ndarray, grid: _Grid, w0: np.ndarray, wm: tuple[float, float]) -> np.ndarray:
    """Turn lines up from a slope of 0, sum what each change of a block's power adds, keep the least, (P,).

    At a slope a, relative to w0, block j changes from the power s of wm to s + 1 where a = (wm^(s + 1/2) - 1)
    / j. For an interval of wm that is an interval of slopes, in which the block may have the better of both.

    Args:
        logs: Logarithms of widths, (P, blocks).
        grid: What is searched.
        w0: Of each, ascending, (P,): those that may be the steepest stand in front.
        wm: First and last value of the interval.
    """
    steepest = grid.wa / w0
    turns = _Turns.of(logs.shape[1], wm, steepest[0])
    gaps = _gaps(logs, grid, w0, wm, turns.powers + 1)
    changes = np.diff(gaps, axis=1)
    if wm[0] != wm[1]:
        changes = np.concatenate((np.minimum(changes, 0), np.maximum(changes, 0)))
    total = gaps[:, 0].sum(axis=0)
    least = total.copy()
    active = len(w0) - np.searchsorted(steepest[::-1], turns.slopes, side='left')
    for block, power, count, apart in turns.rows(active):
        total[:count] += changes[block, power, :count]
        if apart:
            np.minimum(least[:count], total[:count], out=least[:count])
    return least


@dataclass(frozen=True, eq=False)
class _Turns:
    """The slopes, relative to w0, at which blocks change their power, ascending.

    Attributes:
        slopes: (E,).
        block: Which block changes, (E,); for an interval of wm, as many further on where its change ends.
        power: Which power of wm it leaves, (E,).
        powers: Number of powers that a block can leave.
        apart: Whether the next slope is a greater one, (E,).
    """

    slopes: np.ndarray
    block: np.ndarray
    power: np.ndarray
    powers: int
    apart: np.ndarray

    @classmethod
    def of(cls, blocks: int, wm: tuple[float, float], steepest: float) -> '_Turns':
        powers = int(np.log1p(steepest * (blocks - 1)) / np.log(wm[0]) + 0.5)
        halves = np.arange(powers) + 0.5
        with np.errstate(divide='ignore'):  # the first block never changes
            later = 1 / np.arange(blocks)[:, None]
        slopes = np.concatenate([(one**halves - 1) * later for one in dict.fromkeys(wm)])
        order = np.argsort(slopes, axis=None, kind='stable')
        order = order[slopes.ravel()[order] <= steepest]
        block, power = np.unravel_index(order, slopes.shape)
        found = slopes[block, power]
        apart = np.diff(found, append=np.inf) > 1e-9 * (1 + found)
        return cls(found, block, power, powers, apart if wm[0] == wm[1] else np.ones_like(apart))

    def rows(self, active: np.ndarray) -> Iterator[tuple[int, int, int, bool]]:
        """Block, power, number of active lines and apart, change by change."""
        columns = (self.block, self.power, active, self.apart)
        return zip(*(column.tolist() for column in columns), strict=True)
