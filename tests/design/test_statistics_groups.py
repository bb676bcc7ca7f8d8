"""Tenths of a population and widths per block."""

import numpy as np
import pytest

from mmchan.design.statistics import best_median_worst, mean_widths, tenths, widths_per_block
from mmchan.errors import InputError


def test_tenths_of_200_networks_are_twenty_each():
    errors = np.random.default_rng(0).permutation(200) + 1.0
    groups = tenths(errors)
    expected = {'best': (1, 20), 'middle': (91, 110), 'worst': (181, 200)}
    for name, (low, high) in expected.items():
        group = getattr(groups, name)
        assert (group.low, group.high, group.mean) == (low, high, (low + high) / 2)
        np.testing.assert_array_equal(errors[group.members], np.arange(low, high + 1))


def test_tenth_of_few_networks_is_one():
    groups = tenths([5, 3, 4])
    assert [group.members.tolist() for group in (groups.best, groups.middle, groups.worst)] == [[1], [2], [0]]


def test_equal_errors_keep_their_order():
    assert tenths([1] * 30).best.members.tolist() == [0, 1, 2]


def test_best_median_worst_are_places():
    assert best_median_worst([3, 1, 2]) == (1, 2, 0)
    assert best_median_worst([4, 1, 2, 3]) == (1, 2, 0)  # the better of the two in the middle
    assert best_median_worst([7]) == (0, 0, 0)


@pytest.mark.parametrize('given', [
    ([[16, 32], [24]], [[1, 2], [3]]),
    (np.array([[16, 32], [24, np.nan]]), np.array([[1, 2], [3, np.nan]])),
    (np.array([[16, 32], [24, None]], dtype=object), [(1, 2), (3,)]),
], ids=['lists', 'NaN', 'None'])  # fmt: skip
def test_widths_are_repeated_for_the_blocks_of_a_stage(given):
    np.testing.assert_array_equal(widths_per_block(*given), [[16, 32, 32], [24, 24, 24]])


def test_shorter_networks_end_with_nan():
    blocks = widths_per_block([[8, 16], [24]], [[2, 2], [1]])
    np.testing.assert_array_equal(blocks, [[8, 8, 16, 16], [24, np.nan, np.nan, np.nan]])


def test_mean_widths_leave_out_what_is_not_there():
    blocks = widths_per_block([[8, 16], [24], [100]], [[1, 2], [2], [9]])
    np.testing.assert_allclose(mean_widths(blocks, [0, 1]), [16, 20, 16])


WRONG = {
    'share': (lambda: tenths([1, 2, 3], share=0.5), 'share must be at most 1/3, got 0.5'),
    'few': (lambda: tenths([1, 2]), 'errors must be of at least 3 networks, got 2'),
    'depths': (lambda: widths_per_block([[8, 8]], [[1]]), 'depths must be one for every width'),
    'other stages': (lambda: widths_per_block([[8, 8], [8]], [[1], [1, 1]]), 'depths must be one for every'),
    'fraction': (lambda: widths_per_block([[8]], [[1.5]]), 'depths must be integers'),
    'negative': (lambda: widths_per_block([[-8]], [[1]]), r'widths must be > 0 and finite, got \[-8\.0\]'),
    'gap': (lambda: widths_per_block([[np.nan, 8]], [[1, 1]]), 'widths must be without NaN in front of'),
    'words': (
        lambda: widths_per_block([['wide']], [[1]]),
        r"widths must be numbers per network, got \[\['wide",
    ),
    'nothing': (lambda: widths_per_block([], []), r'widths must be of at least one network, got \[\]'),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_groups_are_refused(case):
    call, message = WRONG[case]
    with pytest.raises(InputError, match=message):
        call()
