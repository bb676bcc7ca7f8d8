"""Empirical distribution functions: strict, weighted, normalised; and the examples of the docstrings."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

from mmchan.design import fitting, statistics
from mmchan.design.statistics import Edf, bin_weights, bins_of, edf, normalised_edf, weighted_quantile
from mmchan.errors import InputError

MODULES = [
    fitting,
    *(
        importlib.import_module(f'{statistics.__name__}.{one.name}')
        for one in pkgutil.iter_modules(statistics.__path__)
    ),
]


@pytest.mark.parametrize('module', MODULES, ids=lambda module: module.__name__)
def test_examples_of_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


def test_edf_counts_strictly_smaller_errors():
    space = edf([30, 20, 40, 20])
    assert space([10, 20, 20.5, 30, 30.5, 40, 41]).tolist() == [0, 0, 0.5, 0.5, 0.75, 0.75, 1]
    assert space(20).shape == ()


def test_edf_is_the_sum_of_the_paper():
    rng = np.random.default_rng(0)
    errors, weights = rng.normal(size=40).round(1), rng.random(40)
    at = np.concatenate((errors, errors + 0.05, [-9, 9]))
    expected = [(weights * (errors < one)).sum() / weights.sum() for one in at]
    np.testing.assert_allclose(edf(errors, weights=weights)(at), expected, atol=1e-12)


def test_diverged_network_is_never_below_an_error():
    space = edf([1, np.inf, 2, np.inf])
    assert space([3, 1e300, np.inf]).tolist() == [0.5, 0.5, 0.5]


def test_effective_size_is_the_number_of_networks_that_count():
    assert edf(range(7)).effective_size == pytest.approx(7)
    assert edf([1, 2, 3, 4], weights=[1, 1, 0, 0]).effective_size == pytest.approx(2)
    assert not edf([1, 2], weights=[3, 3]).is_weighted


def test_bins_hold_their_lower_edge_and_the_last_also_its_upper_one():
    assert bins_of([0, 1, 1.5, 2, 3], [0, 1, 2, 3]).tolist() == [0, 1, 1, 2, 2]


def test_bin_weights_are_those_of_the_notebooks():
    complexity, count = np.random.default_rng(1).uniform(0.02, 0.85, 500), 10
    histogram, edges = np.histogram(complexity, bins=count, range=(0.02, 0.856))
    expected = 1 / histogram[np.digitize(complexity, bins=edges) - 1] / count
    weights = bin_weights(complexity, edges)
    np.testing.assert_allclose(weights, expected)
    assert weights.sum() == pytest.approx(1)


def test_normalised_edf_is_the_mean_of_the_bins_edfs():
    rng = np.random.default_rng(2)
    complexity, errors = rng.uniform(0, 3, 200) ** 1.5, rng.normal(size=200)
    edges = [0, 1, 3, 6]
    space = normalised_edf(errors, complexity, edges=edges)
    at = np.linspace(-3, 3, 50)
    bins = bins_of(complexity, edges)
    expected = np.mean([edf(errors[bins == one])(at) for one in range(3)], axis=0)
    np.testing.assert_allclose(space(at), expected, atol=1e-12)
    np.testing.assert_array_equal(space.errors, np.sort(errors))
    assert space.effective_size == pytest.approx(9 / sum(1 / np.bincount(bins)))


def test_weighted_quantile_is_the_inverse_of_the_distribution_function():
    rng = np.random.default_rng(3)
    values, weights, shares = rng.integers(0, 9, 30), rng.random(30), np.linspace(0.01, 1, 23)
    expected = np.quantile(values, shares, method='inverted_cdf')
    np.testing.assert_array_equal(weighted_quantile(values, shares), expected)
    copies = rng.integers(1, 5, 30)
    repeated = np.quantile(np.repeat(values, copies), shares, method='inverted_cdf')
    np.testing.assert_array_equal(weighted_quantile(values, shares, weights=copies), repeated)
    assert weighted_quantile(values, 0.5, weights=weights) in values


WRONG = {
    'NaN': (lambda: edf([1, np.nan]), r'errors must be without NaN \(.*\), got nan \(network 1\)'),
    'none': (lambda: edf([]), 'errors must be of at least 1 network, got 0'),
    'matrix': (lambda: edf([[1, 2]]), r"errors must be one value per network, \(N,\), got 'shape \(1, 2\)'"),
    'words': (lambda: edf(['low']), r"errors must be numbers, one per network, got \['low'\]"),
    'negative': (
        lambda: edf([1, 2], weights=[1, -1]),
        r'weights must be >= 0, got -1\.0 \(network 1\)',
    ),
    'no weight': (lambda: edf([1], weights=[0]), 'weights must be above 0 for some network'),
    'lengths': (lambda: edf([1, 2], weights=[1]), r'weights must be as many as errors \(2\), got 1'),
    'outside': (lambda: bins_of([1, 9], [0, 5]), r'complexity must be within the edges \[0, 5\]: widen'),
    'edges': (lambda: bins_of([1], [0, 0]), 'edges must be strictly ascending'),
    'empty bin': (
        lambda: bin_weights([1, 9], [0, 2, 4, 6, 10]),
        r'every bin of complexity must hold a network, got none from 2 to 4, 4 to 6 \(2 of 4 bins\): use',
    ),
    'more complexities': (
        lambda: normalised_edf([1], [1, 2], edges=[0, 3]),
        r'complexity must be as many as errors \(1\), got 2',
    ),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_numbers_are_named_with_rule_and_value(case):
    call, message = WRONG[case]
    with pytest.raises(InputError, match=message):
        call()


def test_arguments_are_not_changed():
    errors, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0])
    space = edf(errors, weights=weights)
    assert isinstance(space, Edf)
    assert errors.tolist() == [3, 1, 2]
    assert weights.tolist() == [1, 2, 3]
