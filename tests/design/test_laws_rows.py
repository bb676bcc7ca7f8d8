"""Laws of rows: what never falls is drawn as rejection would, lines and knots are where they should be."""

from itertools import combinations, pairwise, product

import numpy as np
import pytest

from mmchan.channels import InputError, piecewise_linear_widths
from mmchan.design.spaces import (
    Choice,
    Linear,
    LogUniform,
    PerStage,
    PiecewiseLinear,
    Uniform,
    rexnet,
    sample,
)
from mmchan.design.spaces.laws import constant
from mmchan.design.spaces.monotone import RisingDraws
from mmchan.design.spaces.rows import FixedRow, RisingPerStage, _knots
from tests.design.closed_forms import (
    DEPTH,
    LEAST_P,
    equal,
    independent_log_uniform,
    p_value,
    rising_marginals,
    same_law,
)

DRAWS = 50_000
PAIRS = list(combinations(range(4), 2))


def enumerated(law, length):
    """Every sequence that never falls, with the share that rejection gives it."""
    sequences = product(law, repeat=length)
    masses = {one: np.prod([law[value] for value in one]) for one in sequences if list(one) == sorted(one)}
    total = sum(masses.values())
    return {one: mass / total for one, mass in masses.items()}, total


def rising_rows(law, stages, *, networks=DRAWS, seed=0):
    """Rows of a law that never fall, (N, stages)."""
    stages = np.broadcast_to(stages, networks)
    rows = RisingPerStage(law)
    uniforms = np.random.default_rng(seed).random((rows.uniforms(int(stages.max())), networks))
    return rows.rows(uniforms, stages).T


def coded(rows):
    """Every row as one number."""
    return rows @ 32.0 ** np.arange(rows.shape[1])


def test_of_four_depths_eight_percent_never_fall_and_three_quarters_of_these_have_ties():
    law, total = enumerated(DEPTH, 4)
    ties = sum(share for one, share in law.items() if len(set(one)) < 4)
    assert (round(total, 4), round(ties, 4)) == (0.0795, 0.7519)
    assert RisingDraws(LogUniform(1, 16).probabilities, 4).probability(4) == pytest.approx(total)
    drawn = rising_rows(LogUniform(1, 16), 4)
    assert (np.diff(drawn) == 0).any(axis=1).mean() == pytest.approx(ties, abs=4 * 0.43 / DRAWS**0.5)


def test_marginal_laws_in_closed_form_are_those_of_all_sequences():
    law, _ = enumerated(DEPTH, 3)
    for at, marginal in enumerate(rising_marginals(DEPTH, 3)):
        summed = {value: sum(share for one, share in law.items() if one[at] == value) for value in DEPTH}
        assert marginal == pytest.approx(summed)


@pytest.mark.parametrize('length', [1, 2, 3, 4])
def test_depths_that_never_fall_pass_chi_square_against_all_sequences(length):
    law, _ = enumerated(DEPTH, length)
    drawn = coded(rising_rows(LogUniform(1, 16), length, seed=length))
    codes = {float(coded(np.array([one]))[0]): share for one, share in law.items()}
    assert p_value(drawn, codes) > LEAST_P


def test_widths_that_never_fall_are_those_of_rejection():
    rng = np.random.default_rng(5)
    widths = independent_log_uniform(8, 1024, 8, rng, (1_000_000, 4))
    kept = widths[(np.diff(widths) >= 0).all(axis=1)]
    assert len(kept) > 50_000
    drawn = rising_rows(LogUniform(8, 1024, 8), 4)
    for stage in range(4):
        assert same_law(drawn[:, stage], kept[:, stage]) > LEAST_P
    for one, other in pairwise(range(4)):  # how neighbours hang together
        assert same_law(drawn[:, other] - drawn[:, one], kept[:, other] - kept[:, one]) > LEAST_P


def test_sorted_draws_fail_the_test_that_exact_ones_pass():
    law, _ = enumerated(DEPTH, 4)
    codes = {float(coded(np.array([one]))[0]): share for one, share in law.items()}
    drawn = LogUniform(1, 16).draw(np.random.default_rng(0), (DRAWS, 4))
    assert p_value(coded(np.sort(drawn)), codes) < 1e-100


def test_rows_of_different_lengths_never_fall_and_end():
    stages = np.random.default_rng(1).integers(1, 6, DRAWS)
    drawn = rising_rows(LogUniform(1, 16), stages)
    assert (np.count_nonzero(~np.isnan(drawn), axis=1) == stages).all()
    assert not (np.diff(drawn) < 0).any()
    two, _ = enumerated(DEPTH, 2)
    codes = {float(coded(np.array([one]))[0]): share for one, share in two.items()}
    assert p_value(coded(drawn[stages == 2, :2]), codes) > LEAST_P


def test_last_value_of_a_law_is_not_passed_by_rounding():
    draws = RisingDraws(np.array([0.5, 0.5 - 1e-18, 1e-18]), 3)
    uniforms = np.full((3, 4), [0, 1e-300, 0.5, np.nextafter(1, 0)])
    indices = draws.indices(uniforms, np.full(4, 3))
    assert ((indices >= 0) & (indices < 3)).all()
    assert not (np.diff(indices, axis=0) < 0).any()


def test_falling_values_cannot_be_drawn_so_that_they_rise():
    with pytest.raises(InputError, match='values of a law must rise where the rows drawn from it shall not'):
        PerStage(Choice((4, 2, 1))).rising(4)


def test_shared_value_is_drawn_once():
    law = PerStage(Choice((1, 2, 4)), shared=True)
    assert law.uniforms(4) == 1
    rows = law.rows(np.array([[0.1, 0.5, 0.9]]), np.array([4, 2, 4]))
    assert np.array_equal(rows.T, [[1, 1, 1, 1], [2, 2, np.nan, np.nan], [4, 4, 4, 4]], equal_nan=True)


@pytest.mark.parametrize(
    ('given', 'law'),
    [
        (Linear(-32, 24, 34), Linear(constant(-32), constant(24), constant(34))),
        (PiecewiseLinear(8, knots=(0, 3), floor=4), PiecewiseLinear(constant(8), (0, 3), constant(4))),
        (PerStage(8), PerStage(constant(8))),
        (RisingPerStage(8), RisingPerStage(constant(8))),
    ],
)
def test_number_is_the_law_of_itself(given, law):
    assert given == law


def test_what_is_no_law_is_refused():
    with pytest.raises(InputError, match="floor of Linear must be a law or a number, got 'low'"):
        Linear(Uniform(1, 8), 2, floor='low')


def test_line_grows_evenly_above_its_floor():
    # the best network of 13 blocks in ReXNet's search: max(34, 24 i - 56) for i from 1
    law = Linear(first=constant(-32), growth=constant(24), floor=constant(34))
    rows = law.rows(np.zeros((3, 1)), np.array([13]))
    best = [34, 34, 34, 40, 64, 88, 112, 136, 160, 184, 208, 232, 256]
    assert rows[:, 0].tolist() == best


def piecewise(law, stages, *, networks, seed=0):
    stages = np.broadcast_to(stages, networks)
    uniforms = np.random.default_rng(seed).random((law.uniforms(int(stages.max())), networks))
    return law.rows(uniforms, stages).T


def test_line_between_two_knots_is_straight():
    rows = piecewise(PiecewiseLinear(LogUniform(8, 256), knots=constant(2)), 9, networks=200)
    for row in rows:
        assert tuple(row) == piecewise_linear_widths([(0, row[0]), (8, row[-1])])


def test_as_many_knots_as_blocks_are_values_that_never_fall():
    rows = piecewise(PiecewiseLinear(LogUniform(1, 16), knots=constant(4)), 4, networks=DRAWS)
    law, _ = enumerated(DEPTH, 4)
    codes = {float(coded(np.array([one]))[0]): share for one, share in law.items()}
    assert p_value(coded(rows), codes) > LEAST_P


def test_all_places_of_a_knot_are_as_likely():
    rows = piecewise(PiecewiseLinear(Choice((0, 900)), knots=constant(3)), 7, networks=DRAWS)
    rows = rows[(rows[:, 0] == 1) & (rows[:, -1] == 900)]  # 0 900 900 or 0 0 900: a bend where the knot is
    straight = np.abs(np.diff(rows, n=2)).max(axis=1) < 3  # the floor of 1 bends a little
    bends = 1 + np.abs(np.diff(rows, n=2)).argmax(axis=1)
    assert not straight.any()
    assert p_value(bends, dict.fromkeys(range(1, 6), 1 / 5)) > LEAST_P


def test_all_subsets_of_blocks_are_knots_as_often():
    rng = np.random.default_rng(6)
    is_knot = _knots(rng.random((6, DRAWS)), np.full(DRAWS, 4), np.full(DRAWS, 6))
    assert is_knot[[0, -1]].all()
    subsets = coded(is_knot[1:-1].T)
    codes = [float(coded(np.array([[block in pair for block in range(4)]]))[0]) for pair in PAIRS]
    assert p_value(subsets, equal(*codes)) > LEAST_P


def test_piecewise_rows_end_with_their_networks():
    stages = np.random.default_rng(4).integers(1, 8, 500)
    law = PiecewiseLinear(LogUniform(8, 256), knots=Uniform(2, 7), floor=constant(16))
    rows = piecewise(law, stages, networks=500)
    assert (np.count_nonzero(~np.isnan(rows), axis=1) == stages).all()
    assert np.nanmin(rows) >= 16
    assert not (np.diff(rows) < 0).any()


def test_fixed_row_is_cut_to_the_stages():
    rows = FixedRow((1, 2, 2)).rows(np.zeros((0, 2)), np.array([3, 2]))
    assert np.array_equal(rows.T, [[1, 2, 2], [1, 2, np.nan]], equal_nan=True)
    with pytest.raises(InputError, match='row must be of 4 values'):
        FixedRow((1, 2, 2)).rows(np.zeros((0, 1)), np.array([4]))


def test_given_knots_are_the_only_bends():
    value, floor = LogUniform(8, 256), LogUniform(8, 48)
    law = PiecewiseLinear(value, knots=(0, 3, 8), floor=floor)
    space = rexnet('piecewise', blocks=9).with_laws(widths=law)
    widths = sample(space, count=200).arguments['widths']
    bends = np.abs(np.diff(widths, n=2, axis=1))  # around block 1, 2, ..., 7; rounding bends by 1 at most
    above = widths[:, 0] > widths.min()  # the floor bends too, where it is reached
    assert (np.diff(widths, axis=1) >= 0).all()
    free = bends[above][:, [0, 1, 3, 4, 5, 6]]
    assert np.median(free.max(axis=1)) <= 2
    assert bends[above][:, 2].max() > 20


@pytest.mark.parametrize('knots', [(1, 8), (0, 8, 3), (0, 2.5, 8), ()])
def test_knots_that_are_no_rising_indices_are_refused(knots):
    with pytest.raises(InputError, match='rising indices from 0'):
        PiecewiseLinear(LogUniform(8, 256), knots=knots)


def test_knots_must_end_with_the_last_block():
    law = PiecewiseLinear(LogUniform(8, 256), knots=(0, 3, 7))
    with pytest.raises(InputError, match='last knot must be the last index, 8'):
        sample(rexnet('piecewise', blocks=9).with_laws(widths=law), count=2)
