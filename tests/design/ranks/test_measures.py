"""Ranks and spectra of matrices whose values are known, against NumPy's."""

import numpy as np
import pytest

from mmchan.design.ranks import THRESHOLDS, default_tolerance, measure
from mmchan.errors import InputError


def measured(matrix, tolerance=1e-12):
    return measure(np.linalg.svd(matrix, compute_uv=False)[None], len(matrix), tolerance=tolerance)


def test_equal_singular_values_use_all_channels():
    found = measured(3.0 * np.eye(5))
    assert found.rank_ratio == 1
    assert found.nuclear_norm == pytest.approx(15)
    assert found.nuclear_ratio == pytest.approx(1)
    assert found.stable_rank == pytest.approx(5)
    assert found.effective_rank == pytest.approx(5)


def test_one_direction_has_rank_one():
    found = measured(np.outer(np.arange(1.0, 5), np.ones(7)))
    assert found.rank_ratio == 1 / 4
    assert found.nuclear_ratio == pytest.approx(1 / 2)
    assert found.stable_rank == pytest.approx(1)
    assert found.effective_rank == pytest.approx(1)


def test_known_values_by_hand():
    found = measure([[4.0, 2.0, 2.0, 0.0]], 8, tolerance=0.1)
    assert found.rank_ratio == 3 / 8
    assert found.nuclear_norm == 8
    assert found.nuclear_ratio == pytest.approx(8 / np.sqrt(8 * 24))
    assert found.stable_rank == 24 / 16
    assert found.effective_rank == pytest.approx(np.exp(0.5 * np.log(2) + 0.5 * np.log(4)))


def test_a_matrix_of_zeros_has_no_rank():
    found = measure(np.zeros((1, 4)), 4, tolerance=0)
    numbers = (found.rank_ratio, found.nuclear_norm, found.nuclear_ratio, found.stable_rank)
    assert [number.item() for number in (*numbers, found.effective_rank)] == [0] * 5


def test_rank_is_numpys_at_the_same_tolerance():
    rng = np.random.default_rng(0)
    for rank in (1, 5, 12):
        matrix = rng.standard_normal((12, rank)) @ rng.standard_normal((rank, 40))
        matrix += 1e-9 * rng.standard_normal(matrix.shape)  # below float32's precision
        tolerance = default_tolerance(12, 40)
        largest = np.linalg.norm(matrix, 2)
        expected = np.linalg.matrix_rank(matrix, tol=tolerance * largest)
        assert expected == rank
        assert measured(matrix, tolerance).rank_ratio == rank / 12


def test_default_tolerance_is_that_of_float32():
    assert default_tolerance(12, 40) == 40 * np.finfo(np.float32).eps


def test_cdf_counts_the_missing_values_as_zeros():
    found = measure([[1.0, 1e-4]], 4, tolerance=0)
    at = {float(f'{threshold:.3g}'): share for threshold, share in zip(THRESHOLDS, found.cdf[0], strict=True)}
    assert (at[1e-8], at[1e-3], at[1.0]) == (0.5, 0.75, 1.0)
    assert (np.diff(found.cdf[0]) >= 0).all()


@pytest.mark.parametrize(
    ('values', 'channels', 'tolerance', 'message'),
    [
        ([1.0, 2.0], 2, 0.0, 'singular_values must be of shape'),
        ([[1.0, -2.0]], 2, 0.0, 'singular_values must be >= 0'),
        ([[1.0, np.nan]], 2, 0.0, 'singular_values must be >= 0 and not NaN'),
        ([[1.0, 2.0]], 1, 0.0, 'channels must be >= 2'),
        ([[1.0, 2.0]], 2, 1.0, 'tolerance must be within'),
    ],
)
def test_what_is_no_spectrum_is_refused(values, channels, tolerance, message):
    with pytest.raises(InputError, match=message):
        measure(values, channels, tolerance=tolerance)
