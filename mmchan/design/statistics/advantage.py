"""Is one space better than another, as was said beforehand, and how small an advantage could show?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.inputs import numbers, open_share


@dataclass(frozen=True)
class Advantage:
    """How often a network of the first space is better than one of the second.

    Attributes:
        probability: That the error of a random network of the first space is below that of one of the second;
            equal errors count half. 0.5 where none is better.
        p_value: One-sided: how probable a probability as high is where neither space is better.
        smallest: The probability that samples of these sizes show with the given power.
        sizes: Networks of the first and of the second space.
    """

    probability: float
    p_value: float
    smallest: float
    sizes: tuple[int, int]


def advantage(
    first: ArrayLike, second: ArrayLike, *, significance: float = 0.05, power: float = 0.8
) -> Advantage:
    """Test whether the first space is better: the rank-sum test of Wilcoxon, Mann and Whitney, one-sided.

    Args:
        first: Errors of the space that is said to be better, (N,).
        second: Errors of the other, (M,).
        significance: Of the test, for ``smallest``.
        power: The probability with which ``smallest`` is seen.

    Source: H. Mann and D. Whitney, On a test of whether one of two random variables is stochastically larger
    than the other, The Annals of Mathematical Statistics 18 (1947), in SciPy.

    >>> found = advantage([1, 2, 3, 4], [3.5, 5, 6, 7])
    >>> found.probability, round(found.p_value, 3)
    (0.9375, 0.029)
    """
    from scipy.stats import mannwhitneyu

    first, second = numbers(first, 'first', infinite=True), numbers(second, 'second', infinite=True)
    found = mannwhitneyu(first, second, alternative='less')
    sizes = len(first), len(second)
    return Advantage(
        probability=1 - float(found.statistic) / (sizes[0] * sizes[1]),
        p_value=float(found.pvalue),
        smallest=smallest_advantage(*sizes, significance=significance, power=power),
        sizes=sizes,
    )


def smallest_advantage(first: int, second: int, *, significance: float = 0.05, power: float = 0.8) -> float:
    """The probability to be better that samples of two sizes show with a given power.

    Args:
        first: Networks of the first sample.
        second: Those of the second.
        significance: Of the one-sided test.
        power: The probability that the test sees it.

    Returns:
        A probability above 0.5; above 1 where so few networks can show nothing.

    Source: G. Noether, Sample size determination for some common nonparametric tests, Journal of the American
    Statistical Association 82 (1987).

    >>> round(smallest_advantage(80, 80), 3)
    0.613
    """
    from scipy.stats import norm

    open_share(significance, 'significance')
    open_share(power, 'power')
    total = first + second
    share = first / total
    needed = norm.isf(significance) + norm.ppf(power)
    return float(0.5 + needed / np.sqrt(12 * share * (1 - share) * total))


def holm(p_values: ArrayLike) -> np.ndarray:
    """P-values of several hypotheses, corrected so that all of them together keep to one significance, (N,).

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6 (1979).

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = numbers(p_values, 'p_values')
    order = np.argsort(p_values, kind='stable')
    factors = np.arange(len(p_values), 0, -1)
    corrected = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1)
    return corrected[np.argsort(order, kind='stable')]
