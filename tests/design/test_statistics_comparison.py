"""Two spaces: statistic and p-value against SciPy and enumeration, and the smallest difference."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from mmchan.design.statistics import compare, edf, normalised_edf, smallest_difference
from mmchan.errors import InputError


@pytest.mark.parametrize(('size', 'golden'), [(30, 0.351), (100, 0.192), (500, 0.086)])
def test_smallest_difference_is_golden(size, golden):
    assert smallest_difference(size, size) == pytest.approx(golden, abs=0.0005)
    rng = np.random.default_rng(0)
    result = compare(rng.random(size), rng.random(size))
    assert result.smallest == smallest_difference(size, size)


@pytest.mark.parametrize('size', [30, 100])
def test_smallest_difference_is_where_the_exact_law_begins_to_reject(size):
    # shift one sample against the other by k places: the distance is k / size
    distances = [
        (ks_2samp(np.arange(size), np.arange(size) + k - 0.5).pvalue, k / size) for k in range(3, size)
    ]
    exact = min(distance for p_value, distance in distances if p_value < 0.05)
    assert smallest_difference(size, size) == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize(('first', 'second'), [(30, 30), (25, 60), (400, 300)])
def test_unweighted_comparison_is_scipys(first, second):
    rng = np.random.default_rng(1)
    errors = rng.normal(size=first), rng.normal(0.4, 1, size=second)
    result, expected = compare(*errors), ks_2samp(*errors)
    assert result.method == 'exact'
    assert result.difference == pytest.approx(expected.statistic)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-6)
    assert np.sign(result.signed) == expected.statistic_sign
    spaces = [edf(one) for one in errors]
    just_above = np.nextafter(result.error, np.inf)
    assert spaces[0](just_above) - spaces[1](just_above) == pytest.approx(result.signed)


def test_signed_difference_says_which_space_is_better():
    assert compare([1, 2, 3, 4], [5, 6, 7, 8]).signed == 1
    assert compare([5, 6, 7, 8], [1, 2, 3, 4]).signed == -1


def enumerated(first, second, weights=None):
    """The share of all ways to deal the networks whose distance is as great as the true one."""
    errors = np.concatenate((first, second))
    weights = np.ones(len(errors)) if weights is None else np.asarray(weights, float)

    def distance(mine):
        chosen = np.isin(np.arange(len(errors)), mine)
        below = errors[None] <= np.unique(errors)[:, None]
        shares = [(below * weights)[:, one].sum(axis=1) / weights[one].sum() for one in (chosen, ~chosen)]
        return np.abs(shares[0] - shares[1]).max()

    found = distance(range(len(first)))
    each = [distance(mine) for mine in combinations(range(len(errors)), len(first))]
    return np.mean(np.array(each) >= found - 1e-9), found


def test_tied_comparison_is_a_permutation_test():
    first, second = [1, 1, 2, 2, 3], [2, 3, 3, 4, 4, 4]
    result = compare(first, second, permutations=19_999)
    p_value, distance = enumerated(first, second)
    assert result.method == 'permutation'
    assert result.difference == pytest.approx(distance)
    assert result.p_value == pytest.approx(p_value, abs=0.006)
    assert ks_2samp(first, second, method='exact').pvalue > 1.3 * p_value  # conservative with ties


def test_weighted_comparison_deals_networks_with_their_weights():
    first, second = [1.0, 2.5, 3.0, 4.0], [2.0, 3.5, 5.0, 6.0, 7.0]
    weights = [4, 2, 1, 1, 1, 2, 3, 1, 1]
    spaces = edf(first, weights=weights[:4]), edf(second, weights=weights[4:])
    # weights count within their space: those of either have a mean of 1
    relative = np.concatenate([np.array(one) / np.mean(one) for one in (weights[:4], weights[4:])])
    p_value, distance = enumerated(first, second, relative)
    result = compare(*spaces, permutations=19_999)
    assert result.difference == pytest.approx(distance)
    assert result.p_value == pytest.approx(p_value, abs=0.01)
    assert result.sizes == pytest.approx([one.effective_size for one in spaces])
    assert result.smallest == pytest.approx(smallest_difference(*result.sizes))


def normalised(rng, slope, complexities):
    """A space whose errors fall with complexity, of which it has some more than others."""
    return normalised_edf(
        10 - slope * complexities + rng.normal(size=len(complexities)), complexities, edges=[0, 1, 2, 3]
    )


def test_normalised_comparison_does_not_see_another_mixture_of_complexities():
    p_values = {'plain': [], 'normalised': []}
    for one in range(60):
        rng = np.random.default_rng([3, one])
        # the same law within a bin; the first space has mostly small, the second mostly large networks
        first = normalised(rng, 2, np.repeat([0.5, 1.5, 2.5], [30, 20, 10]))
        second = normalised(rng, 2, np.repeat([0.5, 1.5, 2.5], [10, 20, 30]))
        p_values['plain'].append(compare(first.errors, second.errors).p_value)
        p_values['normalised'].append(compare(first, second, permutations=199).p_value)
    assert np.mean(np.array(p_values['plain']) < 0.05) > 0.8
    assert np.mean(np.array(p_values['normalised']) < 0.05) <= 0.12  # two standard errors above 0.05
    assert np.mean(p_values['normalised']) == pytest.approx(0.5, abs=0.12)


def test_normalised_comparison_sees_better_networks_of_the_same_complexity():
    rng = np.random.default_rng(4)
    complexities = rng.uniform(0, 3, 80)
    result = compare(normalised(rng, 2.8, complexities), normalised(rng, 2, complexities))
    assert result.differ
    assert result.signed > 0
    assert result.method == 'permutation'


def test_permutation_test_is_seeded_and_its_p_value_never_zero():
    spaces = edf([1, 1, 2, 2, 3, 3] * 5), edf([8, 8, 9] * 10)
    results = [compare(*spaces, permutations=99, seed=seed) for seed in (1, 1)]
    assert results[0] == results[1]
    assert results[0].p_value == 1 / 100


def test_text_says_the_difference_the_method_and_what_could_have_been_seen():
    text = str(compare(np.arange(30), np.arange(30) + 5.5))
    assert 'D = 0.200' in text
    assert '(exact)' in text
    assert '30 and 30 networks show differences from 0.351 on at a significance of 0.05' in text


WRONG = {
    'one normalised': (
        lambda: compare(normalised_edf([1], [1], edges=[0, 2]), [1]),
        'EDFs must be both norma',
    ),
    'other bins': (
        lambda: compare(
            normalised_edf([1], [1], edges=[0, 2]), normalised_edf([1, 2], [1, 3], edges=[0, 2, 4])
        ),
        "EDFs must be normalised over the same bins, got '1 and 2 bins'",
    ),
    'permutations': (
        lambda: compare([1], [2], permutations=5),
        'permutations must be an integer >= 99, got 5',
    ),
    'significance': (
        lambda: compare([1], [2], significance=5),
        r'significance must be within \(0, 1\), got 5',
    ),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_comparison_is_refused(case):
    call, message = WRONG[case]
    with pytest.raises(InputError, match=message):
        call()
