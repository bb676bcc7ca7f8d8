"""Simultaneous bands: golden half-widths, exact laws, coverage in simulations."""

import numpy as np
import pytest
from scipy.stats import beta, kstwo, norm

from mmchan.design.statistics import band, dkw_half_width, edf, normalised_edf
from mmchan.design.statistics.crossing import containment, local_level, order_limits
from mmchan.errors import InputError


@pytest.mark.parametrize(('size', 'golden'), [(30, 0.25), (100, 0.136), (500, 0.061)])
def test_dkw_half_width_is_golden(size, golden):
    assert dkw_half_width(size) == pytest.approx(golden, abs=0.0025)
    low, high = band(np.arange(size))(size / 2)
    assert (high - low) / 2 == pytest.approx(golden, abs=0.0025)


@pytest.mark.parametrize('size', [1, 2, 5, 30, 200])
@pytest.mark.parametrize('distance', [0.1, 0.25, 0.6])
def test_containment_of_a_constant_width_is_the_kolmogorov_law(size, distance):
    ranks = np.arange(1, size + 1)
    limits = np.clip(ranks / size - distance, 0, 1), np.clip((ranks - 1) / size + distance, 0, 1)
    assert containment(*limits) == pytest.approx(kstwo.cdf(distance, size), abs=1e-6)


def test_containment_of_two_is_an_area():
    # smaller one within [0.1, 0.6], greater one within [0.3, 0.9]: of ordered pairs, twice the area
    square = 0.5 * 0.6 - 0.3**2 / 2  # of [0.1, 0.6] x [0.3, 0.9] less what lies below the diagonal
    assert containment(np.array([0.1, 0.3]), np.array([0.6, 0.9])) == pytest.approx(2 * square)


@pytest.mark.parametrize('size', [1, 7, 60])
def test_order_statistics_stay_within_the_beta_limits_as_often_as_stated(size):
    low, high = order_limits(size, local_level(size, 0.9))
    rng = np.random.default_rng(0)
    drawn = np.sort(rng.random((20_000, size)), axis=1)
    assert ((low <= drawn) & (drawn <= high)).all(axis=1).mean() == pytest.approx(0.9, abs=0.007)


def test_beta_band_of_one_network_is_its_quantiles():
    limits = band([5], method='beta', confidence=0.9)
    np.testing.assert_allclose(limits.low, [0, beta.ppf(0.05, 1, 1)])
    np.testing.assert_allclose(limits.high, [beta.ppf(0.95, 1, 1), 1])


def test_beta_band_is_narrower_at_the_ends_and_little_wider_in_the_middle():
    errors = np.arange(500)
    exact, constant = (band(errors, method=method) for method in ('beta', 'kolmogorov'))
    first = exact(1)[1] / constant(1)[1]
    middle = np.subtract(*exact(250)) / np.subtract(*constant(250))
    assert first < 0.33
    assert 1 < middle < 1.25


def test_kolmogorov_band_is_a_little_narrower_than_dkw():
    narrow, wide = (band(np.arange(30), method=method).width for method in ('kolmogorov', 'dkw'))
    assert 0.95 * wide < narrow < wide


def coverage(method, draw, share, *, repeats=400, **keywords):
    """Share of samples whose 90 % band holds the true curve everywhere."""
    found = [
        band(draw(np.random.default_rng([9, one])), method=method, confidence=0.9, **keywords).holds(share)
        for one in range(repeats)
    ]
    return np.mean(found)


@pytest.mark.parametrize('method', ['dkw', 'kolmogorov', 'beta'])
def test_bands_hold_the_truth_as_often_as_stated(method):
    assert coverage(method, lambda rng: rng.standard_normal(40), norm.cdf) == pytest.approx(0.91, abs=0.035)


@pytest.mark.parametrize('method', ['dkw', 'beta'])
def test_ties_make_bands_hold_more_often(method):
    dice = edf(range(6))
    assert coverage(method, lambda rng: rng.integers(0, 6, 40), dice) > 0.9


def test_dkw_band_of_a_normalised_edf_holds_the_mean_over_the_bins():
    # bins with different laws and very different numbers: a band for 60 equal networks would be too narrow
    def draw(rng):
        complexity = np.concatenate((rng.uniform(0, 1, 50), rng.uniform(1, 2, 10)))
        return normalised_edf(rng.standard_normal(60) + (complexity > 1), complexity, edges=[0, 1, 2])

    def share(error):
        return (norm.cdf(error) + norm.cdf(error - 1)) / 2

    held = coverage('dkw', draw, share)
    assert held >= 0.89
    naive = np.mean([
        np.abs(space.steps[1:] - share(space.errors)).max() <= dkw_half_width(60, confidence=0.9)
        for space in (draw(np.random.default_rng([9, one])) for one in range(400))
    ])  # fmt: skip
    assert naive < 0.85


def test_bootstrap_band_holds_the_target_of_importance_weights_and_dkw_may_not():
    # networks from N(0, 1), weighted by the density ratio to N(1, 1): their EDF estimates the latter
    def draw(rng):
        errors = rng.standard_normal(150)
        return edf(errors, weights=np.exp(errors - 0.5))

    def share(error):
        return norm.cdf(error, loc=1)

    held = coverage('bootstrap', draw, share, repeats=200, resamples=300)
    assert held == pytest.approx(0.9, abs=0.06)


def test_bootstrap_is_seeded():
    space = edf(np.arange(20), weights=np.arange(1, 21))
    first, second, other = (band(space, method='bootstrap', seed=seed).width for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_holds_looks_at_both_sides_of_a_step():
    limits = band([0, 1], confidence=0.5)  # half-width 0.589
    assert limits.holds(lambda error: np.where(np.asarray(error) > 0, 1.0, 0.5))
    assert not limits.holds(lambda error: np.where(np.asarray(error) > 0, 1.0, 0.6))
    assert not limits.holds(lambda error: np.where(np.asarray(error) > 1, 0.4, 0.3))


WRONG = {
    'method': (lambda: band([1], method='dwk'), "unknown method of a band 'dwk'; did you mean 'dkw'"),
    'confidence': (lambda: band([1], confidence=95), r'confidence must be within \(0, 1\), got 95'),
    'weighted': (
        lambda: band(edf([1, 2], weights=[1, 2]), method='beta'),
        "method of a band must be 'dkw' or 'bootstrap' for weighted networks, got 'beta'",
    ),
    'normalised': (
        lambda: band(normalised_edf([1, 2], [0, 1], edges=[0, 1]), method='bootstrap'),
        "method of a band must be 'dkw' for a normalised EDF",
    ),
}


@pytest.mark.parametrize('case', WRONG)
def test_method_that_is_not_valid_is_refused(case):
    call, message = WRONG[case]
    with pytest.raises(InputError, match=message):
        call()
