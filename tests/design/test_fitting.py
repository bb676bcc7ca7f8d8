"""Quantised lines fitted to widths: RegNets fit exactly, anything else as well as an exhaustive search."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from mmchan.channels import find_family, quantized_linear_widths
from mmchan.design import fitting
from mmchan.design.fitting import fit_quantized_lines
from mmchan.design.statistics import widths_per_block
from mmchan.errors import InputError


def regnets(count, seed, *, deepest):
    """Parameters as the paper's space has them, on pycls' grid, and their widths per block."""
    rng = np.random.default_rng(seed)
    w0 = 8 * rng.integers(1, 33, count)
    wa = np.exp(rng.uniform(np.log(0.1), np.log(256), count)).round(1)
    wm, depth = rng.uniform(1.5, 3, count).round(3), rng.integers(1, deepest + 1, count)
    rows = zip(w0.tolist(), wa.tolist(), wm.tolist(), depth.tolist(), strict=True)
    return [quantized_linear_widths(*row) for row in rows]


def anynets(count, seed):
    """Widths per block of stages with random widths and depths, in no order."""
    rng = np.random.default_rng(seed)
    widths = 8 * np.exp2(rng.uniform(0, 7, (count, 4))).astype(int)
    return widths_per_block(widths, np.exp2(rng.uniform(0, 4, (count, 4))).astype(int))


def error_of(widths, line):
    return np.mean([abs(np.log(one / other)) for one, other in zip(line, widths, strict=True)])


@pytest.mark.parametrize(
    ('count', 'deepest'), [(5, 28), pytest.param(80, 63, marks=pytest.mark.slow)], ids=['few', 'many']
)
def test_every_regnet_fits_to_zero(count, deepest):
    nets = regnets(count, 0, deepest=deepest)
    fits = fit_quantized_lines(nets)
    assert fits.errors.tolist() == [0] * count
    for found, widths in zip(fits.widths, nets, strict=True):
        assert found[: len(widths)].tolist() == list(widths)
        assert np.isnan(found[len(widths) :]).all()


def test_published_regnets_fit_to_zero_before_they_are_fitted_to_groups():
    variants = [one.arguments for one in find_family('regnet').variants]
    widths = [
        quantized_linear_widths(*(one[name] for name in ('w0', 'wa', 'wm', 'depth'))) for one in variants
    ]
    assert fit_quantized_lines(widths).errors.tolist() == [0] * len(variants)


def test_regnet_that_was_fitted_to_groups_does_not_fit_to_zero():
    golden = json.loads((Path(__file__).parents[1] / 'golden' / 'regnet.json').read_text())
    (small,) = (one for one in golden if one['name'] == 'RegNetX-400MF')
    blocks = widths_per_block([small['stage_widths']], [small['stage_depths']])
    assert blocks[0, 0] == 32  # the line begins at 24
    assert fit_quantized_lines(blocks).errors[0] > 0.005


def test_fit_is_that_of_an_exhaustive_search():
    grid = {'w0': range(8, 41, 8), 'wa': np.arange(0, 64.01, 0.5), 'wm': np.arange(1800, 1861, 12) / 1000}
    nets = [[8, 8, 40, 24, 64], [16, 96, 96, 32], [48, 40, 8, 8], [24, 24, 80], [40]]
    fits = fit_quantized_lines(nets, w0=(8, 40), wa=64, wm=(1.8, 1.86))
    for widths, error in zip(nets, fits.errors, strict=True):
        tried = (quantized_linear_widths(*one, len(widths)) for one in product(*grid.values()))
        least = min(error_of(widths, line) for line in tried)
        assert error <= least + 1e-12
        assert error >= least - 0.05  # steps of 0.5 in wa and 0.012 in wm are nearly as good


def test_bounds_leave_out_nothing(monkeypatch):
    nets = anynets(3, 1)
    quick = fit_quantized_lines(nets, w0=(8, 80), wm=(2, 2.4))
    monkeypatch.setattr(fitting, 'CELLS', (1,))
    every = fit_quantized_lines(nets, w0=(8, 80), wm=(2, 2.4))
    np.testing.assert_array_equal(quick.errors, every.errors)
    np.testing.assert_array_equal(quick.wm, every.wm)
    np.testing.assert_array_equal(quick.widths, every.widths)


def test_blocks_that_change_at_the_same_slope_change_together():
    # with wm 4 the second block leaves 8 and the eighth leaves 32 at the slope 8, neither without the other
    fits = fit_quantized_lines([[8, 32, 32, 32, 32, 32, 32, 32]], w0=(8, 8), wm=(4, 4))
    assert fits.errors[0] == pytest.approx(np.log(4) / 8)


def test_line_without_a_slope_has_one_width():
    fits = fit_quantized_lines([[40, 80], [41]], wa=0)
    assert fits.wa.tolist() == [0, 0]
    np.testing.assert_allclose(fits.errors, [np.log(2) / 2, np.log(41 / 40)])


def test_error_and_widths_are_those_of_the_parameters():
    nets = anynets(5, 2)
    fits = fit_quantized_lines(nets, wm=(2, 3))
    for place, widths in enumerate(nets):
        there = widths[~np.isnan(widths)]
        numbers = int(fits.w0[place]), float(fits.wa[place]), float(fits.wm[place]), len(there)
        line = quantized_linear_widths(*numbers)
        assert fits.errors[place] == pytest.approx(error_of(there, line))
        assert fits.widths[place, : len(there)].tolist() == list(line)
    assert (fits.errors > 0).all()
    assert (fits.wa <= 256).all()


def test_fit_does_not_depend_on_the_other_networks(monkeypatch):
    nets = [list(one[~np.isnan(one)]) for one in anynets(4, 3)]
    together = fit_quantized_lines(nets, wm=(2.4, 3))
    monkeypatch.setattr(fitting, 'CHUNK', 2)
    apart = fit_quantized_lines(nets[::-1], wm=(2.4, 3))
    for name in ('errors', 'w0', 'wm'):
        np.testing.assert_array_equal(getattr(together, name), getattr(apart, name)[::-1])


def test_other_divisor_fits_other_widths():
    widths = quantized_linear_widths(10, 12.5, 2, 9, divisor=5)
    assert fit_quantized_lines([widths], divisor=5, w0=(5, 50)).errors[0] == 0
    assert fit_quantized_lines([widths], w0=(8, 48)).errors[0] > 0


WRONG = {
    'w0': ({'w0': (9, 15)}, r'w0 must be a range with a positive multiple of 8, got \(9, 15\)'),
    'wm': ({'wm': (1, 2)}, r'wm must be two numbers > 1, the first at most the second, got \(1, 2\)'),
    'narrow': ({'wm': (1.5001, 1.5002)}, 'wm must be a range with a multiple of 0.001'),
    'wa': ({'wa': -1}, 'wa must be >= 0, got -1'),
    'divisor': ({'divisor': 0}, 'divisor must be an integer >= 1, got 0'),
    'widths': ({'widths': [[8, 0]]}, r'widths must be > 0 and finite, got \[0\.0\]'),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_arguments_are_named_with_rule_and_value(case):
    changed, message = WRONG[case]
    given = {'widths': [[8, 16]], **changed}
    with pytest.raises(InputError, match=message):
        fit_quantized_lines(given.pop('widths'), **given)
