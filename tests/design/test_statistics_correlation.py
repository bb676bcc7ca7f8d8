"""Rank correlations: values of SciPy, p-values of all permutations, intervals that cover."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from mmchan.design.statistics import correlation
from mmchan.errors import InputError

SCIPY = {'spearman': spearmanr, 'kendall': kendalltau}


@pytest.mark.parametrize('kind', SCIPY)
@pytest.mark.parametrize('decimals', [0, 9], ids=['tied', 'different'])
def test_value_is_scipys(kind, decimals):
    first, second = np.random.default_rng(0).normal(size=(2, 60)).round(decimals)
    assert correlation(first, second, kind=kind).value == pytest.approx(SCIPY[kind](first, second).statistic)


@pytest.mark.parametrize(
    ('kind', 'second'), [('spearman', [2, 1, 4, 6, 3, 5]), ('kendall', [2, 1, 2, 3, 4, 3])]
)
def test_p_value_is_that_of_all_permutations(kind, second):
    first = np.array([1, 2, 3, 3, 5, 6])
    found = correlation(first, second, kind=kind, permutations=19_999)
    each = [abs(SCIPY[kind](first, one).statistic) for one in permutations(second)]
    expected = np.mean(np.array(each) >= abs(found.value) - 1e-9)
    assert found.method == 'permutation'
    assert found.p_value == pytest.approx(expected, abs=0.008)


def test_p_value_of_kendall_without_ties_is_exact():
    first, second = np.random.default_rng(1).normal(size=(2, 20))
    found = correlation(first, second, kind='kendall')
    assert found.method == 'exact'
    assert found.p_value == pytest.approx(kendalltau(first, second, method='exact').pvalue)


@pytest.mark.parametrize('kind', SCIPY)
def test_p_value_of_many_networks_is_asymptotic(kind):
    first, second = np.random.default_rng(2).normal(size=(2, 600)).round(1)
    found = correlation(first, second, kind=kind)
    assert found.method == 'asymptotic'
    assert found.p_value == pytest.approx(SCIPY[kind](first, second).pvalue)


@pytest.mark.parametrize(('kind', 'truth'), [
    ('spearman', 6 / np.pi * np.arcsin(0.35)),
    ('kendall', 2 / np.pi * np.arcsin(0.7)),
])  # fmt: skip
def test_interval_covers_the_true_correlation(kind, truth):
    # of two normal numbers with a correlation of 0.7; closed forms by Pearson (1907) and Greiner
    held = 0
    for one in range(200):
        first, second = (
            np.random.default_rng([3, one]).multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], 50).T
        )
        found = correlation(first, second, kind=kind, permutations=99)
        held += found.low <= truth <= found.high
        assert found.low < found.value < found.high
    assert held / 200 == pytest.approx(0.95, abs=0.045)


@pytest.mark.parametrize('kind', SCIPY)
@pytest.mark.parametrize('sign', [1, -1])
def test_interval_of_equal_ranks_has_a_width(kind, sign):
    found = correlation(np.arange(10), sign * np.arange(10), kind=kind)
    ends = sorted([sign * found.low, sign * found.high])
    assert found.value == pytest.approx(sign)
    assert ends[1] == pytest.approx(1)
    assert 0.6 < ends[0] < 0.98


def test_correlation_is_seeded():
    first, second = np.random.default_rng(4).normal(size=(2, 30))
    assert correlation(first, second, seed=5) == correlation(first, second, seed=5)


WRONG = {
    'few': (lambda: correlation([1, 2], [1, 2]), 'first must be of at least 5 networks, got 2'),
    'constant': (lambda: correlation(range(5), [1] * 5), 'second must be different for some networks'),
    'lengths': (lambda: correlation(range(5), range(6)), r'second must be as many as first \(5\), got 6'),
    'kind': (
        lambda: correlation(range(5), range(5), kind='pearson'),
        "unknown kind of rank correlation 'pea",
    ),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_correlation_is_refused(case):
    call, message = WRONG[case]
    with pytest.raises(InputError, match=message):
        call()
