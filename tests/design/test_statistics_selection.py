"""The best of random draws: hand-computed, enumerated, and against a simulated bootstrap."""

from itertools import product

import numpy as np
import pytest

from mmchan.design.statistics import (
    band,
    best_value,
    chances_of_best,
    edf,
    expected_minimum_limits,
    normalised_edf,
    search_efficiency,
)
from mmchan.errors import InputError


def enumerated(errors, draws, weights):
    """Probability of each network to be the first best of all possible draws."""
    shares = np.array(weights) / np.sum(weights)
    chances = np.zeros(len(errors))
    for drawn in product(range(len(errors)), repeat=draws):
        chances[min(drawn, key=lambda one: errors[one])] += np.prod(shares[list(drawn)])
    return chances


@pytest.mark.parametrize('draws', [1, 2, 3, 5])
@pytest.mark.parametrize('errors', [[3, 1, 2, 5, 4], [2, 1, 1, 3, 1], [7, 7, 7, 7, 7]], ids=str)
@pytest.mark.parametrize('weights', [[1] * 5, [1, 4, 2, 3, 0]], ids=str)
def test_chances_are_those_of_all_draws(errors, draws, weights):
    expected = enumerated(errors, draws, weights)
    np.testing.assert_allclose(chances_of_best(errors, draws, weights=weights), expected, atol=1e-12)


def test_chances_follow_the_formula_of_the_rank():
    n, m = 500, 125
    ranks = np.random.default_rng(0).permutation(n) + 1
    expected = ((n - ranks + 1) / n) ** m - ((n - ranks) / n) ** m
    np.testing.assert_allclose(chances_of_best(ranks, m), expected, atol=1e-14)


@pytest.mark.parametrize('networks', [100, 500, 2000])
def test_about_twelve_networks_carry_the_interval(networks):
    found = best_value(np.arange(networks), np.arange(networks))
    assert found.draws == networks // 4
    assert found.carriers in (11, 12)
    assert found.chances[: found.carriers].sum() >= 0.95 > found.chances[: found.carriers - 1].sum()


def test_best_value_of_eight_networks_is_that_of_a_calculation_by_hand():
    # two drawn of eight: rank r wins with probability (17 - 2 r) / 64
    errors, depths = [10, 11, 12, 13, 14, 15, 16, 17], [20, 18, 18, 25, 9, 9, 9, 9]
    found = best_value(errors, depths)
    np.testing.assert_allclose(found.chances, np.array([15, 13, 11, 9, 7, 5, 3, 1]) / 64)
    # 9: 16/64, 18: 24/64, 20: 15/64, 25: 9/64
    assert (found.low, found.median, found.high) == (9, 18, 25)
    found = best_value(errors, depths, confidence=0.5)
    assert (found.low, found.median, found.high) == (9, 18, 20)
    assert found.carriers == 3  # 39 of 64


def test_best_value_is_that_of_a_simulated_bootstrap():
    rng = np.random.default_rng(1)
    values = rng.integers(12, 29, 200).astype(float)
    errors = np.round(40 - 0.2 * values + rng.gamma(4, 1, 200), 1)  # with ties
    found = best_value(errors, values)
    # the paper's: draw a quarter with replacement, keep the first of the smallest error
    drawn = rng.integers(200, size=(20_000, 50))
    winners = drawn[np.arange(20_000), np.argmin(errors[drawn], axis=1)]
    np.testing.assert_allclose(
        np.bincount(winners, minlength=200) / 20_000, found.chances, atol=4 * np.sqrt(0.25 / 20_000)
    )
    low, median, high = np.quantile(values[winners], [0.025, 0.5, 0.975], method='inverted_cdf')
    assert (found.low, found.median, found.high) == (low, median, high)


def test_tied_networks_share_what_they_win():
    chances = chances_of_best([1, 1, 1, 2], 3)
    np.testing.assert_allclose(chances, [*[(1 - 1 / 64) / 3] * 3, 1 / 64])


def test_network_of_no_weight_is_never_drawn():
    found = best_value([1, 2, 3, 4], [9, 8, 7, 6], weights=[0, 1, 1, 1])
    assert found.chances[0] == 0
    assert found.high == 8


@pytest.mark.parametrize('weights', [None, [1, 4, 2, 3, 2]], ids=['equal', 'weighted'])
def test_search_is_that_of_all_draws(weights):
    errors = np.array([30.0, 20.0, 25.0, 20.0, 41.0])
    found = search_efficiency(edf(errors, weights=weights), draws=[1, 2, 3, 4])
    shares = np.ones(5) / 5 if weights is None else np.array(weights) / np.sum(weights)
    for place, draws in enumerate(found.draws):
        each = np.array(list(product(range(5), repeat=int(draws))))
        smallest, chances = errors[each].min(axis=1), shares[each].prod(axis=1)
        mean = smallest @ chances
        assert found.expected[place] == pytest.approx(mean)
        assert found.deviation[place] == pytest.approx(np.sqrt((smallest - mean) ** 2 @ chances))
        order = np.argsort(smallest, kind='stable')
        sums = np.cumsum(chances[order])
        for limit, share in ((found.low, 0.025), (found.high, 0.975)):
            assert limit[place] == smallest[order][np.searchsorted(sums, share - 1e-12)]


def test_search_doubles_its_draws_up_to_the_population():
    found = search_efficiency(np.arange(500))
    assert found.draws.tolist() == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert found.expected[0] == pytest.approx(249.5)
    assert (np.diff(found.expected) < 0).all()
    assert (found.low <= found.expected).all()
    assert (found.expected <= found.high).all()


def test_search_of_a_normalised_edf_draws_by_its_weights():
    space = normalised_edf([1.0, 2.0, 3.0], [0, 0, 1], edges=[0, 1, 2])
    found = search_efficiency(space, draws=[1, 2])
    assert found.expected[0] == pytest.approx(0.25 * 1 + 0.25 * 2 + 0.5 * 3)
    assert found.expected[1] == pytest.approx((1 - 0.5625) * 1 + (0.5625 - 0.25) * 2 + 0.25 * 3)


def test_limits_of_the_expected_minimum_hold_it():
    # the smallest of k uniform numbers is 1 / (k + 1) on average
    draws, held = np.array([1, 4, 32, 256]), 0
    for one in range(100):
        errors = np.random.default_rng([5, one]).random(100)
        low, high = expected_minimum_limits(band(errors, method='beta'), draws, limits=(0, 1))
        held += ((low <= 1 / (draws + 1)) & (1 / (draws + 1) <= high)).all()
        assert (low <= search_efficiency(errors, draws=draws).expected).all()
    assert held >= 95


def test_limits_of_the_expected_minimum_are_a_sum_by_hand():
    # half-width 0.5887 with two networks: limits 0, 0, 0.411 and 0.589, 1, 1
    limits = band([0.2, 0.6], confidence=0.5)
    low, high = expected_minimum_limits(limits, [2], limits=(0, 1))
    assert high[0] == pytest.approx(0.6 + 0.5887**2 * 0.4, abs=1e-4)
    assert low[0] == pytest.approx((1 - 0.5887) ** 2 * 0.2, abs=1e-4)


WRONG = {
    'draws': (lambda: chances_of_best([1, 2], 0), r'draws must be integers >= 1, got \[0\]'),
    'part of a draw': (lambda: search_efficiency([1, 2], draws=[1.5]), 'draws must be integers >= 1'),
    'share': (lambda: best_value([1], [1], share=25), r'share must be within \(0, 1\), got 25'),
    'values': (lambda: best_value([1, 2], [1]), r'values must be as many as errors \(2\), got 1'),
    'diverged': (lambda: search_efficiency([1, np.inf]), r'errors must be finite, got inf \(network 1\)'),
    'limits': (
        lambda: expected_minimum_limits(band([1, 2]), [1], limits=(0, 1)),
        r'limits must be around all errors, which are within \(1\.0, 2\.0\), got \(0, 1\)',
    ),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_selection_is_refused(case):
    call, message = WRONG[case]
    with pytest.raises(InputError, match=message):
        call()
