"""The rank of random layers and blocks against their channel dimension ratio."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np

from mmchan.design.ranks.measures import THRESHOLDS, Measures, default_tolerance, measure
from mmchan.design.ranks.settings import KINDS, Settings
from mmchan.design.threads import one_thread
from mmchan.errors import require_integer

CHUNK = 16  # networks that are computed together
SCALARS = ('rank_ratio', 'nuclear_ratio', 'stable_rank', 'effective_rank')
_ARRAYS = ('actual_ratios', 'rank_error', *SCALARS, 'cdf')

Watch = Callable[[Sequence[Future]], Iterator[Future]]


@dataclass(frozen=True)
class Analysis:
    """Means over random networks; arrays are (kinds, nonlinearities, ratios) unless said.

    Attributes:
        settings: What was drawn.
        actual_ratios: Mean of d_in / d_out as they came out in whole channels, (kinds, ratios).
        rank_ratio: Rank over d_out.
        rank_error: Standard error of that mean.
        nuclear_ratio: Nuclear norm over the largest one that the same Frobenius norm allows.
        stable_rank: Stable rank over d_out.
        effective_rank: Entropy rank over d_out.
        cdf: Share of the singular values that are at most THRESHOLDS times the largest,
            (kinds, nonlinearities, ratios, thresholds).
    """

    settings: Settings
    actual_ratios: np.ndarray
    rank_ratio: np.ndarray
    rank_error: np.ndarray
    nuclear_ratio: np.ndarray
    stable_rank: np.ndarray
    effective_rank: np.ndarray
    cdf: np.ndarray

    def as_dict(self) -> dict:
        """Every number as plain values, for JSON."""
        arrays = {name: np.round(getattr(self, name), 6).tolist() for name in _ARRAYS}
        return {'settings': asdict(self.settings), 'thresholds': THRESHOLDS.tolist(), **arrays}

    @classmethod
    def from_dict(cls, content: Mapping[str, object]) -> 'Analysis':
        """The analysis that :meth:`as_dict` gave, also after JSON."""
        given = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in content['settings'].items()
        }
        return cls(Settings(**given), **{name: np.array(content[name]) for name in _ARRAYS})


@dataclass(frozen=True)
class _Batch:
    """Networks of one size: their place in the arrays, what they have in common and their number."""

    kind: int
    ratio: int
    width: int
    in_channels: int
    expansion: int
    count: int
    number: int


def analyse(settings: Settings, *, workers: int | None = None, watch: Watch = iter) -> Analysis:
    """Draw random networks and measure their outputs.

    The result does not depend on the number of workers.

    Args:
        settings: Which networks, and how their rank is counted.
        workers: Threads; None takes as many as torch would, which OMP_NUM_THREADS limits.
        watch: Given the batches that are computed, hands them on one by one: to show progress.

    Raises:
        InputError: For a number of workers below 1.
    """
    import torch

    count = torch.get_num_threads() if workers is None else workers
    require_integer(count, 'workers')
    batches = list(_batches(settings))
    # a thread per batch pays off, threads inside of one do not
    with one_thread(), ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(_measure_batch, settings, batch) for batch in batches]
        try:
            measured = [future.result() for future in watch(futures)]
        finally:  # a batch that fails or Ctrl-C ends the others
            pool.shutdown(wait=False, cancel_futures=True)
    return _collect(settings, batches, measured)


def _batches(settings: Settings) -> Iterator[_Batch]:
    """All networks, those of one size together; the same whatever is computed beside them."""
    for place, kind in enumerate(settings.kinds):
        for ratio_place, ratio in enumerate(settings.ratios):
            for (width, expansion), count in sorted(_sizes(settings, kind, ratio).items()):
                channels = max(1, round(ratio * width))
                for start in range(0, count, CHUNK):
                    taken = min(CHUNK, count - start)
                    yield _Batch(place, ratio_place, width, channels, expansion, taken, start)


def _sizes(settings: Settings, kind: str, ratio: float) -> Counter:
    """How many networks have each width and expansion ratio."""
    rng = np.random.default_rng(_seed(settings, kind, ratio))
    widths = rng.choice(settings.width_choices, settings.networks)
    low, high = settings.expansions
    expansions = rng.integers(low, high + 1, settings.networks)
    if 'bottleneck' not in kind:
        expansions[:] = 1
    return Counter(zip(widths.tolist(), expansions.tolist(), strict=True))


def _seed(settings: Settings, kind: str, ratio: float, *place: int) -> np.random.SeedSequence:
    return np.random.SeedSequence([settings.seed, list(KINDS).index(kind), round(ratio * 1e6), *place])


def _measure_batch(settings: Settings, batch: _Batch) -> list[Measures]:
    """Measures of the networks of a batch with every nonlinearity."""
    from mmchan.design.ranks.networks import Size, outputs, singular_values

    kind = settings.kinds[batch.kind]
    side = settings.map_size_of(kind)
    size = Size(kind, batch.in_channels, batch.width, batch.expansion, side)
    seed = _seed(settings, kind, settings.ratios[batch.ratio], batch.width, batch.expansion, batch.number)
    found = []
    for matrices in outputs(settings, size, batch=batch.count, seed=seed):
        features, columns = matrices.shape[1:]
        tolerance = settings.tolerance
        if tolerance is None:
            tolerance = default_tolerance(features, columns)
        found.append(measure(singular_values(matrices), features, tolerance=tolerance))
    return found


def _collect(settings: Settings, batches: Sequence[_Batch], measured: Sequence[list[Measures]]) -> Analysis:
    """Means over the networks of every kind, nonlinearity and ratio."""
    shape = (len(settings.kinds), len(settings.nonlinearities), len(settings.ratios))
    sums = {name: np.zeros(shape) for name in SCALARS}
    squares, cdf = np.zeros(shape), np.zeros((*shape, len(THRESHOLDS)))
    actual = np.zeros((shape[0], shape[2]))
    for batch, found in zip(batches, measured, strict=True):
        features = batch.width * settings.map_size_of(settings.kinds[batch.kind]) ** 2
        actual[batch.kind, batch.ratio] += batch.count * batch.in_channels / batch.width
        for number, one in enumerate(found):
            cell = batch.kind, number, batch.ratio
            for name in SCALARS:
                scale = features if name in ('stable_rank', 'effective_rank') else 1
                sums[name][cell] += getattr(one, name).sum() / scale
            squares[cell] += (one.rank_ratio**2).sum()
            cdf[cell] += one.cdf.sum(0)
    count = settings.networks
    means = {name: total / count for name, total in sums.items()}
    variance = np.maximum(squares / count - means['rank_ratio'] ** 2, 0) / max(1, count - 1)
    return Analysis(settings, actual / count, rank_error=np.sqrt(variance), cdf=cdf / count, **means)
