"""Laws: their tables are the closed forms, their draws have them, on every machine the same."""

import decimal
import math

import numpy as np
import pytest
from scipy import stats

from mmchan.channels import InputError
from mmchan.design.spaces import Choice, LogNormal, LogUniform, Normal, Powers, PowersThenLogUniform, Uniform
from mmchan.design.spaces.laws import _table
from tests.design.closed_forms import (
    LEAST_P,
    equal,
    independent_log_uniform,
    log_uniform,
    p_value,
    powers_then_log_uniform,
    same_law,
    uniform,
)

DRAWS = 100_000
LAWS = [
    (LogUniform(8, 1024, 8), log_uniform(8, 1024, 8)),
    (LogUniform(1, 16), log_uniform(1, 16, 1)),
    (LogUniform(0.1, 256, 0.1), log_uniform(0.1, 256, 0.1)),
    (LogUniform(2, 3, 0.001), log_uniform(2, 3, 0.001)),
    (Uniform(12, 28), uniform(12, 28)),
    (Uniform(-1, 1, 0.25), uniform(-1, 1, 0.25)),
    (Powers(1, 32), equal(1, 2, 4, 8, 16, 32)),
    (Powers(0.25, 30, 3), equal(0.25, 0.75, 2.25, 6.75, 20.25)),
    (PowersThenLogUniform(1, 32, 8), powers_then_log_uniform(1, 32, 8)),
    (PowersThenLogUniform(8, 128, 8), log_uniform(8, 128, 8)),
    (Choice((1, 0.5, 0.25)), equal(1, 0.5, 0.25)),
    (Choice((3, 6), weights=(1, 3)), {3: 0.25, 6: 0.75}),
]
ids = [str(law) for law, _ in LAWS]


@pytest.mark.parametrize(('law', 'expected'), LAWS, ids=ids)
def test_table_is_the_closed_form(law, expected):
    values = dict(zip(law.values.round(9).tolist(), law.probabilities.tolist(), strict=True))
    assert values == pytest.approx({round(value, 9): share for value, share in expected.items()}, abs=1e-12)


@pytest.mark.parametrize(('law', 'expected'), LAWS, ids=ids)
def test_draws_pass_chi_square_against_the_closed_form(law, expected):
    assert p_value(law.draw(np.random.default_rng(1), DRAWS), expected) > LEAST_P


def test_chi_square_sees_a_law_that_is_not_quite_the_right_one():
    drawn = LogUniform(1, 16).draw(np.random.default_rng(1), DRAWS)
    nearly = log_uniform(1, 16, 1)
    nearly[1], nearly[2] = nearly[1] - 0.01, nearly[2] + 0.01
    assert p_value(drawn, nearly) < LEAST_P


def test_widths_and_depths_have_the_published_shares():
    widths, depths = LogUniform(8, 1024, 8), LogUniform(1, 16)
    shares = [1 / 8, *(math.log2(k / (k - 1)) / 8 for k in range(2, 129))]
    assert widths.probabilities == pytest.approx(shares)
    assert depths.probabilities == pytest.approx([1 / 5, *(math.log2(k / (k - 1)) / 5 for k in range(2, 17))])


def test_draws_are_those_of_rounded_exponentials():
    rng = np.random.default_rng(2)
    theirs = independent_log_uniform(8, 1024, 8, rng, (DRAWS,))
    assert same_law(LogUniform(8, 1024, 8).draw(rng, DRAWS), theirs) > LEAST_P


@pytest.mark.parametrize(('law', 'scale'), [(Normal(0, 20), float), (LogNormal(2, 200), math.log)])
def test_normal_laws_are_scipys_truncated_ones(law, scale):
    low, high = scale(law.low), scale(law.high)
    middle, sigma = (low + high) / 2, (high - low) / 6
    normal = stats.truncnorm(-3, 3, loc=middle, scale=sigma)
    edges = [low, *(scale(value + 0.5) for value in law.values[:-1]), high]
    assert law.probabilities == pytest.approx(np.diff(normal.cdf(edges)), abs=1e-12)
    expected = dict(zip(law.values.tolist(), law.probabilities.tolist(), strict=True))
    assert p_value(law.draw(np.random.default_rng(3), DRAWS), expected) > LEAST_P


@pytest.mark.parametrize('law', [law for law, _ in LAWS], ids=ids)
def test_ends_of_the_uniform_numbers_are_the_ends_of_the_law(law):
    below_one = np.nextafter(1, 0)
    assert law.at(np.array([0, below_one])).tolist() == [law.values[0], law.values[-1]]
    assert law.probabilities.sum() == pytest.approx(1)


def test_value_changes_where_the_running_sum_is_reached():
    law = Choice((10, 20, 30), weights=(1, 2, 1))
    assert law.at(np.array([0, 0.2499, 0.25, 0.7499, 0.75])).tolist() == [10, 10, 20, 20, 30]


def test_values_are_the_decimals_that_people_write():
    assert LogUniform(0.1, 256, 0.1).values[[0, 2, 6]].tolist() == [0.1, 0.3, 0.7]
    assert set(LogUniform(2, 3, 0.001).values.tolist()) == {round(2 + k / 1000, 3) for k in range(1001)}


def test_table_does_not_depend_on_the_decimal_context():
    law = LogUniform(8, 1016, 8)
    with decimal.localcontext(decimal.Context(prec=5)):
        coarse = _table.__wrapped__(law)
    assert coarse.cumulative.tolist() == _table(law).cumulative.tolist()


def test_names_and_none_may_be_drawn():
    assert Choice(('relu', 'silu')).at(np.array([0.1, 0.6])).tolist() == ['relu', 'silu']
    drawn = Choice((None, 0.25)).at(np.array([0.1, 0.6]))
    assert np.isnan(drawn[0])
    assert drawn[1] == 0.25


@pytest.mark.parametrize(('made', 'said'), [
    (lambda: LogUniform(0, 8), 'low of LogUniform must be > 0, got 0'),
    (lambda: Uniform(8, 1), r'low of Uniform must be <= high \(1\), got 8'),
    (lambda: Uniform(1, 8, 0), 'quantum of Uniform must be > 0, got 0'),
    (lambda: Uniform(0, 1, 1e-9), 'quantum of Uniform must be such that there are at most 100000 values'),
    (lambda: LogUniform('8', 1024), "low of LogUniform must be a finite number, got '8'"),
    (lambda: Uniform(0, math.inf), 'high of Uniform must be a finite number, got inf'),
    (lambda: Powers(1, 8, base=1), 'base of Powers must be > 1, got 1'),
    (lambda: Choice(()), r'options of Choice must be given, got \(\)'),
    (lambda: Choice((1, 1)), r'options of Choice must be different, got \(1, 1\)'),
    (lambda: Choice('relu'), "options of Choice must be a sequence, got 'relu'"),
    (lambda: Choice((1, 2), weights=(1, 0)), 'weights of Choice must be one number > 0 for each of the 2'),
])  # fmt: skip
def test_wrong_laws_are_refused(made, said):
    with pytest.raises(InputError, match=said):
        made()
