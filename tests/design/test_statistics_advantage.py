"""The test of an advantage is SciPy's, its power that of simulated samples, the correction by hand."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, norm

from mmchan.design.statistics import advantage, holm, smallest_advantage
from mmchan.errors import InputError


def test_probability_is_the_share_of_pairs():
    first, second = np.array([0.1, 0.2, 0.2, 0.5]), np.array([0.2, 0.3, 0.6])
    pairs = (first[:, None] < second).sum() + 0.5 * (first[:, None] == second).sum()
    assert advantage(first, second).probability == pytest.approx(pairs / 12)


def test_p_value_is_that_of_the_other_direction_reversed():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=40), rng.normal(0.3, size=50)
    found = advantage(first, second)
    assert found.p_value == mannwhitneyu(second, first, alternative='greater').pvalue
    assert found.sizes == (40, 50)


def test_failed_networks_count_as_the_worst():
    assert advantage([0.1, 0.2], [0.3, np.inf]).probability == 1


@pytest.mark.parametrize(('sizes', 'significance'), [((80, 80), 0.05), ((60, 120), 0.0125)])
def test_smallest_advantage_is_seen_as_often_as_it_says(sizes, significance):
    probability = smallest_advantage(*sizes, significance=significance, power=0.8)
    shift = norm.ppf(probability) * np.sqrt(2)  # of normal laws: P(X < Y) = Phi(shift / sqrt(2))
    rng = np.random.default_rng(1)
    first = rng.normal(size=(4000, sizes[0]))
    second = rng.normal(shift, size=(4000, sizes[1]))
    seen = mannwhitneyu(first, second, alternative='less', axis=1, method='asymptotic').pvalue < significance
    assert seen.mean() == pytest.approx(0.8, abs=0.03)


def test_holm_rejects_in_order_and_never_less_than_before():
    # 0.01 * 4; 0.02 * 3; 0.025 * 2 is less than the one before it; 0.6 * 1
    assert holm([0.02, 0.6, 0.01, 0.025]).tolist() == pytest.approx([0.06, 0.6, 0.04, 0.06])
    assert holm([0.9, 0.8]).tolist() == [1, 1]


def test_power_outside_of_its_range_is_refused():
    with pytest.raises(InputError, match='power'):
        smallest_advantage(10, 10, power=1)
