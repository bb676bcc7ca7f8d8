"""The EDF of a population of which only a random part was trained to the end, without bias.

All N networks are trained for a fraction of the budget, n of them, drawn AT RANDOM, to the end. Whoever drops
the networks that begin badly censors the distribution; here the early errors only help to predict.

From the early error of a network follows a prediction g(e) of whether its final error will be below e. Then

    F(e) = mean of g(e) over all N  +  mean of (1[final error < e] - g(e)) over the n

is right on average however bad the predictions are: what they get wrong is the same in both means and
cancels. How bad they are decides only the width of the band: predictions that explain a share R of the
variance leave (1 - R) / n + R / N of it, and useless ones 1 / n, as if nothing had been trained besides.

A correlation of 0.9 explains R = 0.56 of a curve (of a mean it would be 0.81). Where a quarter of the
networks goes on from a quarter of the budget, the gain over a plain EDF of the same compute begins at
R = 0.57: ``worth`` tells on which side one is.

The prediction is learnt from the n networks themselves. So that no network is predicted by what was learnt
from it, they are split into folds, and each fold is predicted by what the others taught (cross-fitting); the
rest of the population by the mean of all folds' predictions. With that the estimate stays exactly unbiased.

Source: the difference estimator: arXiv:2301.09633 (prediction-powered inference), cross-fitted as in
arXiv:2309.16598 (cross-prediction). The band: Gaussian multipliers as in V. Chernozhukov, D. Chetverikov and
K. Kato, Gaussian approximations and multiplier bootstrap, The Annals of Statistics 41 (2013).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.bands import Band
from mmchan.design.statistics.inputs import Seed, as_long, numbers, open_share
from mmchan.errors import InputError, require, require_integer

FOLDS = 5
LEAST_TRAINED = 20  # to the end: sixteen of them teach, four are predicted
MOST_STEPS = 400  # of the curve: finer ones cost time and change nothing that can be seen


@dataclass(frozen=True, eq=False)
class CheapEdf:
    """The estimated distribution function of final errors.

    Attributes:
        errors: Where it is known, ascending, (K,).
        shares: Share of networks of the space whose final error is strictly below each, (K,). Unbiased, and
            therefore not always rising nor always within [0, 1].
        half_width: Distance of the band from it, before the band is narrowed by what must rise.
        band: Limits that hold the space's whole curve with the confidence.
        explained: Share of the variance that the predictions explain, on average over the errors.
        trained: Number of networks trained to the end, and of all.
        worth: Number of networks trained to the end whose plain EDF has an equally narrow DKW band.
    """

    errors: np.ndarray
    shares: np.ndarray
    half_width: float
    band: Band
    explained: float
    trained: tuple[int, int]
    worth: float

    @property
    def curve(self) -> np.ndarray:
        """The shares in rising order and within [0, 1], (K,): for drawings, and no further from the truth.

        Source: V. Chernozhukov, I. Fernandez-Val and A. Galichon, Improving point and interval estimators of
        monotone functions by rearrangement, Biometrika 96 (2009).
        """
        return np.clip(np.sort(self.shares), 0, 1)


def cheap_edf(
    early: ArrayLike,
    final: ArrayLike,
    *,
    at: ArrayLike | None = None,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: Seed = 0,
) -> CheapEdf:
    """The EDF of final errors from many early errors and a random part of the final ones.

    Args:
        early: Errors after a fraction of the budget, (N,); or (N, covariates) with further numbers that are
            known of every network, such as the logarithm of its parameters.
        final: Errors at the end, (N,), NaN for each network that was not trained that far. WHICH were must
            have been drawn at random, in no way by their early errors.
        at: Errors where the curve is wanted, ascending, (K,); by default where it steps.
        confidence: With which the band holds the whole curve.
        resamples: Gaussian multipliers for the width of the band.
        seed: Of the folds and of the multipliers.

    Raises:
        InputError: For fewer than twenty networks trained to the end, or numbers that are none.

    Source: this module's head.

    >>> errors = np.random.default_rng(0).gamma(9, 1, 400)
    >>> found = cheap_edf(errors + 5, np.where(np.arange(400) < 100, errors, np.nan))
    >>> found.trained, round(float(found.band(9)[0]), 2), round(float(found.band(9)[1]), 2)
    ((100, 400), 0.49, 0.63)
    """
    known, final = _covariates(early), _final(final)
    as_long(final, 'final', known, 'early')
    require_integer(resamples, 'resamples', least=100)
    rng = np.random.default_rng(seed)
    trained = np.flatnonzero(~np.isnan(final))
    errors, predicted = _cross_fitted(known, final, rng.permutation(trained), _ascending(at))
    below = final[trained, None] < errors
    parts = _parts(predicted, below, trained)
    shares = sum(part.mean(axis=0) for part in parts)
    half_width = _half_width(parts, open_share(confidence, 'confidence'), resamples, rng)
    return CheapEdf(
        errors=errors,
        shares=shares,
        half_width=half_width,
        band=_rising_band(errors, shares, half_width, confidence),
        explained=_explained(predicted[trained], below),
        trained=(len(trained), len(final)),
        worth=float(np.log(2 / (1 - confidence)) / (2 * half_width**2)),
    )


def _covariates(early: ArrayLike) -> np.ndarray:
    """What is known of all networks: a constant, each number, and the normal score of its rank.

    A line through both follows a relation that is straight as well as one that is only monotone, or straight
    but for what diverged.
    """
    from scipy.stats import norm, rankdata

    columns = np.asarray(early).T
    columns = [numbers(one, 'early') for one in ([columns] if columns.ndim == 1 else columns)]
    scores = [norm.ppf((rankdata(one) - 0.5) / len(one)) for one in columns]
    return np.column_stack([np.ones(len(columns[0])), *columns, *scores])


def _ascending(at: ArrayLike | None) -> np.ndarray | None:
    return None if at is None else np.unique(numbers(at, 'at'))


def _final(final: ArrayLike) -> np.ndarray:
    try:
        array = np.asarray(final, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f'final must be numbers, NaN where there is none, got {final!r:.80}') from None
    require(array.ndim == 1, 'final', 'one error per network, (N,)', f'shape {array.shape}')
    require(not np.isinf(array).any(), 'final', 'finite, or NaN where there is none', 'inf')
    trained = int(np.sum(~np.isnan(array)))
    require(trained >= LEAST_TRAINED, 'final', f'known of at least {LEAST_TRAINED} networks', trained)
    return array


def _cross_fitted(
    known: np.ndarray, final: np.ndarray, shuffled: np.ndarray, at: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Errors, (K,), and predicted probabilities of a final error below them, (N, K).

    No network is predicted by a model that learnt from it.
    """
    folds = np.array_split(shuffled, FOLDS)
    models = [_Model.learnt(known, final, np.setdiff1d(shuffled, fold)) for fold in folds]
    if at is None:
        at = _steps(np.concatenate([final[shuffled], *(model.centres(known) for model in models)]))
    each = [model.below(known, at) for model in models]
    predicted = np.average(each, axis=0, weights=[len(fold) for fold in folds])
    for fold, own in zip(folds, each, strict=True):
        predicted[fold] = own[fold]
    return at, predicted


def _steps(errors: np.ndarray) -> np.ndarray:
    """Different errors, ascending; quantiles of them where there are too many."""
    different = np.unique(errors)
    if len(different) <= MOST_STEPS:
        return different
    return different[np.linspace(0, len(different) - 1, MOST_STEPS).round().astype(np.int64)]


@dataclass(frozen=True, eq=False)
class _Model:
    """A line through some networks' final errors and how far they are off it: a law of final errors."""

    slopes: np.ndarray
    residuals: np.ndarray

    @classmethod
    def learnt(cls, known: np.ndarray, final: np.ndarray, teachers: np.ndarray) -> '_Model':
        slopes = np.linalg.lstsq(known[teachers], final[teachers], rcond=None)[0]
        return cls(slopes, np.sort(final[teachers] - known[teachers] @ slopes))

    def centres(self, known: np.ndarray) -> np.ndarray:
        """The final errors on the line, (N,)."""
        return known @ self.slopes

    def below(self, known: np.ndarray, errors: np.ndarray) -> np.ndarray:
        """Probabilities of a final error below each error, (N, K)."""
        gaps = errors - self.centres(known)[:, None]
        return np.searchsorted(self.residuals, gaps, side='left') / len(self.residuals)


def _parts(predicted: np.ndarray, below: np.ndarray, trained: np.ndarray) -> list[np.ndarray]:
    """Rows of independent networks whose means, one per part, add up to the estimate."""
    share = len(trained) / len(predicted)
    rest = np.delete(predicted, trained, axis=0)
    parts = [share * predicted[trained] + (below - predicted[trained])]
    return [*parts, (1 - share) * rest] if len(rest) else parts


def _half_width(
    parts: list[np.ndarray], confidence: float, resamples: int, rng: np.random.Generator
) -> float:
    """What the greatest deviation of the estimate stays below with the confidence.

    The multipliers see the deviation behind each step of the estimate, and its greatest value may stand in
    front of one. A quarter of a step is added: without it bands of 95 % hold in 93 to 95 % of all cases, with
    it in 95 to 97 % (benchmarks/coverage.py).
    """
    deviations = np.concatenate(
        [(part - part.mean(axis=0)) / np.sqrt(len(part) * max(1, len(part) - 1)) for part in parts]
    )
    greatest = np.abs(rng.standard_normal((resamples, len(deviations))) @ deviations).max(axis=1)
    return float(np.quantile(greatest, confidence, method='higher')) + 0.25 / len(parts[0])


def _rising_band(errors: np.ndarray, shares: np.ndarray, half_width: float, confidence: float) -> Band:
    """The band, narrowed by what no true curve does: fall, or leave [0, 1]; between two steps the wider."""
    low = np.maximum.accumulate(np.clip(shares - half_width, 0, 1))
    high = np.minimum.accumulate(np.clip(shares + half_width, 0, 1)[::-1])[::-1]
    return Band(errors, np.append(0.0, low), np.append(high, 1.0), confidence, 'difference estimator')


def _explained(predicted: np.ndarray, below: np.ndarray) -> float:
    """Share of the variance of being below an error that the predictions take away, at least 0."""
    left = np.mean((below - predicted).var(axis=0))
    return float(max(0.0, 1 - left / max(np.mean(below.var(axis=0)), 1e-12)))
