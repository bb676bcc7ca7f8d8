"""Width schedules against the arithmetic of the papers' code."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmchan.channels import (
    InputError,
    compound_coefficients,
    compound_scaling,
    fit_group_width,
    linear_widths,
    make_divisible,
    piecewise_linear_widths,
    quantized_linear_widths,
    round_width,
)

positive = st.floats(1, 2000, allow_nan=False)


@given(value=positive, divisor=st.integers(1, 64))
def test_make_divisible_gives_a_multiple_that_keeps_nine_tenths(value, divisor):
    width = make_divisible(value, divisor)
    assert width % divisor == 0
    assert width >= 0.9 * value
    assert width < value + 1.5 * divisor


def test_round_width_is_half_to_even():
    assert [round_width(value) for value in (0.5, 1.5, 2.5, 38.5)] == [1, 2, 2, 38]


@given(
    w0=st.integers(1, 32).map(lambda eighth: 8 * eighth),
    wa=st.floats(0, 256, allow_nan=False),
    wm=st.floats(1.1, 3, allow_nan=False),
    depth=st.integers(1, 63),
)
def test_quantized_linear_widths_equal_numpy_float64(w0, wa, wm, depth):
    line = np.arange(depth) * wa + w0
    exponents = np.log(line / w0) / np.log(wm)
    if np.any(np.abs(exponents % 1 - 0.5) < 1e-9):
        return  # the last bit of two logarithms decides
    steps = w0 * np.power(wm, np.round(exponents)) / 8
    if np.any(np.abs(steps % 1 - 0.5) < 1e-9):
        return
    expected = (np.round(steps) * 8).astype(int).tolist()
    assert list(quantized_linear_widths(w0, wa, wm, depth)) == expected


@given(first=st.integers(1, 64), growth=st.floats(0, 600), blocks=st.integers(1, 64), scale=st.floats(0.2, 4))
def test_linear_widths_never_shrink_and_grow_evenly(first, growth, blocks, scale):
    widths = linear_widths(first, growth, blocks, scale=scale)
    steps = np.diff(widths)
    assert len(widths) == blocks
    assert (steps >= 0).all()
    assert steps.size == 0 or steps.max() - steps.min() <= 1 + (widths[0] == 1)


def test_linear_widths_sum_block_by_block_not_in_closed_form():
    closed = tuple(round((16 / 0.6 + index * 180 / 16) * 0.6) for index in range(16))
    assert linear_widths(16, 180, 16, scale=0.6) != closed


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 60)), min_size=1, max_size=5),
    st.integers(1, 64),
)
def test_piecewise_linear_widths_pass_through_their_knots(steps, first):
    knots = [(0, first)]
    for blocks, growth in steps:
        knots.append((knots[-1][0] + blocks, knots[-1][1] + growth))
    widths = piecewise_linear_widths(knots)
    assert len(widths) == knots[-1][0] + 1
    assert [widths[index] for index, _ in knots] == [width for _, width in knots]
    assert list(widths) == sorted(widths)


def test_one_line_is_a_piecewise_linear_schedule_of_two_knots():
    line = linear_widths(16, 180, 16)
    assert piecewise_linear_widths([(0, 16), (15, 16 + 15 * 180 / 16)]) == line


def test_compound_scaling_equals_efficientnet_b3():
    widths, depths = compound_scaling(
        (16, 24, 40, 80, 112, 192, 320), (1, 2, 2, 3, 3, 4, 1), width_mult=1.2, depth_mult=1.4
    )
    assert widths == (24, 32, 48, 96, 136, 232, 384)
    assert depths == (2, 3, 3, 5, 5, 6, 2)


def test_compound_coefficients_at_zero_change_nothing():
    assert compound_coefficients(0) == (1, 1, 1)
    assert compound_coefficients(2)[0] == pytest.approx(1.44)


@given(
    width=st.integers(8, 2048),
    group_width=st.integers(1, 400),
    ratio=st.sampled_from((0.25, 0.5, 1.0, 2.0, 4.0)),
    rounding=st.sampled_from(('pycls', 'torchvision')),
)
def test_fit_group_width_divides_the_bottleneck(width, group_width, ratio, rounding):
    fitted, bottleneck, group = fit_group_width(width, group_width, ratio, rounding=rounding)
    assert bottleneck % group == 0
    assert group <= group_width
    assert fitted == int(bottleneck / ratio)


def test_fit_group_width_is_that_of_pycls_where_the_ratio_is_above_one():
    # v = 8 * 4 = 32, g = 24, m = lcm(24, 4) = 24: 32 -> 24 -> width 6
    assert fit_group_width(8, 24, 4.0) == (6, 24, 24)


BAD_CALLS = {
    'negative width': (lambda: linear_widths(-16, 180, 16), r'first must be > 0, got -16'),
    'negative growth': (lambda: linear_widths(16, -1, 16), 'total_growth must be >= 0, got -1'),
    'zero scale': (lambda: linear_widths(16, 180, 16, scale=0), 'scale must be > 0, got 0'),
    'no blocks': (lambda: linear_widths(16, 180, 0), 'num_blocks must be an integer >= 1, got 0'),
    'odd w0': (lambda: quantized_linear_widths(25, 20, 2, 10), 'w0 must be a multiple of 8, got 25'),
    'negative wa': (lambda: quantized_linear_widths(24, -1, 2, 10), 'wa must be >= 0, got -1'),
    'wm of one': (lambda: quantized_linear_widths(24, 20, 1.0, 10), 'wm must be > 1, got 1.0'),
    'zero depth': (lambda: quantized_linear_widths(24, 20, 2, 0), 'depth must be an integer >= 1, got 0'),
    'nan slope': (lambda: quantized_linear_widths(24, math.nan, 2, 3), 'wa must be >= 0, got nan'),
    'no knots': (lambda: piecewise_linear_widths([]), r'knots must be at least one .* got \[\]'),
    'late knots': (lambda: piecewise_linear_widths([(1, 16)]), 'knots must be pairs whose first block'),
    'equal knots': (lambda: piecewise_linear_widths([(0, 16), (0, 20)]), 'strictly increasing block'),
    'falling knots': (lambda: piecewise_linear_widths([(0, 16), (4, 8)]), 'non-decreasing width'),
    'empty knots': (lambda: piecewise_linear_widths([(0, 0), (4, 8)]), 'positive width'),
    'group of zero': (lambda: fit_group_width(64, 0), 'group_width must be an integer >= 1, got 0'),
    'negative ratio': (lambda: fit_group_width(64, 8, -1), 'bottleneck_ratio must be > 0, got -1'),
    'other rounding': (lambda: fit_group_width(64, 8, rounding='up'), "'pycls' or 'torchvision', got 'up'"),
    'float divisor': (lambda: make_divisible(9, 2.5), 'divisor must be an integer >= 1, got 2.5'),
    'small alpha': (lambda: compound_coefficients(1, alpha=0.5), 'alpha must be >= 1, got 0.5'),
    'short depths': (lambda: compound_scaling((8, 16), (1,)), r'depths must be as long as widths \(2\)'),
}


@pytest.mark.parametrize('case', BAD_CALLS)
def test_bad_argument_is_named_with_rule_and_value(case):
    call, message = BAD_CALLS[case]
    with pytest.raises(InputError, match=message):
        call()
