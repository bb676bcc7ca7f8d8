"""Spaces of the papers: laws, acceptance rates, rules; each network is what its row says."""

import math
import time

import numpy as np
import pytest

from mmchan.channels import InputError, count, find_family, get_plan
from mmchan.design import spaces
from mmchan.design.spaces import Band, LogUniform, WholeStages
from mmchan.design.spaces.draws import Draws, draw_block
from tests.design.closed_forms import (
    DEPTH,
    GROUP,
    LEAST_P,
    RATIO,
    WIDTH,
    log_uniform,
    p_value,
    powers_then_log_uniform,
    rising_marginals,
    uniform,
)

BAND = (360e6, 400e6)
BLOCKS = 10  # of 2,048 draws

REGNETX = {
    'depth': uniform(12, 28),
    'w0': log_uniform(8, 256, 8),
    'wa': log_uniform(8, 256, 0.1),
    'wm': log_uniform(2, 3, 0.001),
    'group_width': powers_then_log_uniform(8, 128, 8),
}
ANYNETX = {'widths': WIDTH, 'depths': DEPTH, 'group_widths': GROUP, 'bottleneck_ratios': RATIO}
MARGINALS = {
    **dict.fromkeys(['anynetx_a', 'anynetx_b', 'anynetx_c'], ANYNETX),
    'anynetx_d': {name: law for name, law in ANYNETX.items() if name != 'widths'},
    'anynetx_e': {name: law for name, law in ANYNETX.items() if name not in ('widths', 'depths')},
    'regnet': {
        'depth': uniform(1, 63),
        'w0': log_uniform(8, 256, 8),
        'wa': log_uniform(8, 256, 0.1),
        'wm': log_uniform(1.5, 3, 0.001),
        'group_width': GROUP,
        'bottleneck_ratio': RATIO,
    },
    'regnetx': REGNETX,
    'regnety': REGNETX,
}
SHARED = {
    'anynetx_a': [],
    'anynetx_b': ['bottleneck_ratios'],
    'anynetx_c': ['bottleneck_ratios', 'group_widths'],
    'anynetx_d': ['bottleneck_ratios', 'group_widths'],
    'anynetx_e': ['bottleneck_ratios', 'group_widths'],
}


def drawn(name, parameter):
    """Draws of one parameter without constraints, (N,) or (N, stages)."""
    space = spaces.get(name)
    return np.concatenate([draw_block(space, 3, block).drawn[parameter] for block in range(BLOCKS)])


@pytest.mark.parametrize(
    ('name', 'parameter'), [(name, parameter) for name, laws in MARGINALS.items() for parameter in laws]
)
def test_marginal_law_passes_chi_square_against_its_closed_form(name, parameter):
    values = drawn(name, parameter)
    stages = values.T if values.ndim == 2 else [values]
    for stage in stages:
        assert p_value(stage, MARGINALS[name][parameter]) > LEAST_P


@pytest.mark.parametrize(('name', 'parameter', 'law', 'stages'), [
    ('anynetx_d', 'widths', WIDTH, 4),
    ('anynetx_e', 'widths', WIDTH, 4),
    ('anynetx_e', 'depths', DEPTH, 4),
    ('rexnet_stagewise', 'widths', log_uniform(8, 256, 1), 3),
])  # fmt: skip
def test_law_of_each_stage_that_does_not_fall_passes_chi_square(name, parameter, law, stages):
    values = drawn(name, parameter)
    for stage, expected in enumerate(rising_marginals(law, stages)):
        assert p_value(values[:, stage], expected) > LEAST_P
    assert p_value(values[:, 0], law) < LEAST_P  # it is not the law of draws that may fall


@pytest.mark.parametrize('name', SHARED)
def test_parameters_are_shared_from_the_space_on_that_says_so(name):
    for parameter in ('bottleneck_ratios', 'group_widths'):
        equal = (np.ptp(drawn(name, parameter), axis=1) == 0).mean()
        assert (equal == 1) == (parameter in SHARED[name])


@pytest.mark.parametrize(('parameter', 'rising'), [
    ('widths', {'anynetx_c': False, 'anynetx_d': True, 'anynetx_e': True}),
    ('depths', {'anynetx_c': False, 'anynetx_d': False, 'anynetx_e': True}),
])  # fmt: skip
def test_widths_rise_from_d_on_and_depths_from_e_on(parameter, rising):
    assert {name: bool((np.diff(drawn(name, parameter)) >= 0).all()) for name in rising} == rising


def test_depths_of_e_have_the_ties_of_rejection():
    ties = (np.diff(drawn('anynetx_e', 'depths')) == 0).any(axis=1).mean()
    assert ties == pytest.approx(0.7519, abs=4 * math.sqrt(0.75 * 0.25 / (BLOCKS * 2048)))


# shares of draws within the band, of 300,000 to 400,000 independent draws each; of D and E, of those of
# 12 million draws of C that rise
@pytest.mark.parametrize(('name', 'share', 'draws'), [
    ('anynetx_a', 0.0214, 80_000),
    ('anynetx_b', 0.0210, 80_000),
    ('anynetx_c', 0.0209, 80_000),
    ('anynetx_d', 0.01934, 80_000),
    ('anynetx_e', 0.02186, 80_000),
    ('regnet', 0.0024, 200_000),
    ('regnetx', 0.0041, 200_000),
])  # fmt: skip
def test_band_accepts_the_share_that_rejection_does(name, share, draws):
    found = spaces.explain(spaces.get(name, macs=BAND), draws=draws)
    error = math.sqrt(share * (1 - share) * (1 / found.draws + 1 / 300_000))
    assert found.rate == pytest.approx(share, abs=3.5 * error)


@pytest.mark.parametrize(('space', 'share'), [
    (spaces.regnetx(caps=False), 0.0053),
    (spaces.regnet().with_laws(wa=LogUniform(0.1, 256, 0.1)), 0.0015),
], ids=['no caps', 'any slope'])  # fmt: skip
def test_variants_of_regnet_accept_the_share_that_rejection_does(space, share):
    found = spaces.explain(space.within(macs=BAND), draws=200_000)
    error = math.sqrt(share * (1 / found.draws + 1 / 300_000))
    assert found.rate == pytest.approx(share, abs=3.5 * error)


def powers_and_widths(w0, wa, wm, depth):
    """What pycls counts: powers of wm up to the last, and different widths after rounding."""
    powers = [round(math.log((w0 + wa * block) / w0) / math.log(wm)) for block in range(depth)]
    return max(powers) + 1, len({round(w0 * wm**power / 8) for power in powers})


def test_rule_of_pycls_is_kept_by_all_draws():
    draws = draw_block(spaces.get('regnet'), 0, 0)
    rows = list(zip(*(draws.drawn[name].tolist() for name in ('w0', 'wa', 'wm', 'depth')), strict=True))
    expected = [powers_and_widths(w0, wa, wm, int(depth)) == (4, 4) for w0, wa, wm, depth in rows]
    assert WholeStages().passes(draws).tolist() == expected
    assert 0.05 < np.mean(expected) < 0.5


# w0, wa, wm, depth; what pycls counts of powers and of different widths
@pytest.mark.parametrize(('network', 'counted'), [
    ((24, 36.44, 2.49, 13), (4, 4)),  # RegNetX-200MF
    ((40, 38, 2, 7), (4, 4)),
    ((16, 49, 2, 3), (4, 3)),  # skips a power
    ((16, 29, 1.75, 6), (5, 4)),
    ((8, 1, 1.25, 8), (4, 2)),  # rounds two powers to one width, twice
    ((32, 33, 2, 18), (5, 5)),
    ((32, 44, 2.5, 5), (3, 3)),
    ((24, 27, 2.25, 10), (4, 4)),  # its last logarithm is 2.998
], ids=str)  # fmt: skip
def test_skipped_and_merged_stages_are_refused_as_pycls_does(network, counted):
    assert powers_and_widths(*network) == counted
    names = ('w0', 'wa', 'wm', 'depth')
    draws = Draws(spaces.get('regnet'), {
        name: np.array([float(value)]) for name, value in zip(names, network, strict=True)
    })  # fmt: skip
    assert WholeStages().passes(draws).tolist() == [counted == (4, 4)]


def test_caps_are_those_of_the_paper():
    found = spaces.sample(spaces.get('regnetx', macs=(200e6, 4e9)), count=50)
    gigas = found.macs / 1e9
    assert (found.parameters / 1e6 < 3 + 5.5 * gigas).all()
    assert (found.activations / 1e6 < 6.5 * np.sqrt(gigas)).all()
    without = spaces.sample(spaces.regnetx(caps=False).within(macs=(200e6, 4e9)), count=50)
    assert (without.activations / 1e6 > 6.5 * np.sqrt(without.macs / 1e9)).any()


@pytest.mark.parametrize('name', spaces.names())
def test_network_is_what_its_row_says(name):
    band = (60e6, 90e6) if name.startswith('rexnet') else BAND
    space = spaces.get(name, macs=band)
    found = spaces.sample(space, seed=1, count=12)
    for index, row in enumerate(found.rows()):
        plan = get_plan(row['arch'])
        cost = count(plan, space.resolution, num_classes=space.num_classes)
        assert (cost.macs, cost.parameters, cost.activations) == (
            row['macs'],
            row['parameters'],
            row['activations'],
        )
        assert band[0] <= cost.macs <= band[1]
        assert (tuple(row['widths']), tuple(row['depths'])) == (plan.stage_widths, plan.stage_depths)
        spatial = [stage[-1].spatial for stage in plan.stages]
        assert row['bottleneck_widths'] == [conv.out_channels for conv in spatial]
        assert row['group_widths'] == [conv.out_channels // conv.groups for conv in spatial]
        assert plan == found.plan(index)


def test_regnets_have_four_stages_and_groups_that_fit():
    found = spaces.sample(spaces.get('regnety', macs=BAND), count=60)
    assert (np.count_nonzero(found.depths, axis=1) == 4).all()
    assert (found.bottleneck_widths % found.group_widths == 0).all()
    assert all(block.squeeze for block in found.plan(0).blocks)


def test_five_stages_may_be_asked_for():
    found = spaces.sample(spaces.anynetx('e', stages=5).within(macs=BAND), count=20)
    assert (np.count_nonzero(found.depths, axis=1) == 5).all()


@pytest.mark.parametrize(('name', 'most'), [('anynetx_a', 1), ('anynetx_e', 3), ('regnetx', 3)])
def test_500_networks_take_no_longer_than_they_may(name, most):
    space = spaces.get(name, macs=BAND)
    begin = time.process_time()
    assert len(spaces.sample(space, seed=7, count=500)) == 500
    assert time.process_time() - begin < most


def test_resolution_and_classes_of_the_cost_may_be_chosen():
    space = spaces.get('regnetx', macs=(20e6, 30e6), resolution=64, num_classes=10)
    found = spaces.sample(space, count=3)
    cost = [count(found.plan(index), 64, num_classes=10).macs for index in range(3)]
    assert cost == found.macs.tolist()


@pytest.mark.parametrize('family', ['rexnet', 'efficientnet', 'anynet', 'anyrexnet'])
def test_usual_space_of_a_family_has_all_its_parameters(family):
    space = spaces.usual(family)
    found = spaces.sample(space, count=8)
    assert set(space.laws) == {one.name for one in find_family(family).design}
    assert len(set(found.ids)) == 8


def test_unknown_space_suggests_the_nearest():
    with pytest.raises(InputError, match="unknown space 'anynet_e'; did you mean 'anynetx_e'"):
        spaces.get('anynet_e')
    with pytest.raises(InputError, match='unknown space'):
        spaces.anynetx('f')


def test_names_may_be_written_otherwise():
    assert spaces.get('AnyNetX-E').name == 'anynetx_e'


def test_band_the_wrong_way_round_is_refused():
    with pytest.raises(InputError, match='band of macs must have low <= high, got 4'):
        spaces.get('regnetx', macs=(400e6, 360e6))
    with pytest.raises(InputError, match='band of macs must be given low, high or both'):
        Band('macs')
