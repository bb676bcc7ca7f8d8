"""The rank of random layers and blocks: the linear diagonal, the orders of the figure, seeds."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from mmchan.design.ranks import FIGURE, KINDS, NONLINEARITIES, Analysis, Settings, analyse
from mmchan.errors import InputError

SMALL = Settings(networks=6, widths=(20, 40), ratios=(0.1, 0.3, 0.7), seed=1)
RECTIFIERS, SMOOTH = ('relu6', 'relu', 'leaky_relu'), ('elu', 'softplus', 'silu')


@pytest.fixture(scope='module')
def found():
    return analyse(SMALL, workers=1)


def row(found, name, what='rank_ratio'):
    """(kinds, ratios) of a nonlinearity."""
    return getattr(found, what)[:, SMALL.nonlinearities.index(name)]


def test_linear_networks_lie_on_the_diagonal(found):
    np.testing.assert_allclose(found.actual_ratios, [SMALL.ratios] * len(KINDS), atol=1e-12)
    np.testing.assert_allclose(row(found, 'linear'), found.actual_ratios, atol=1e-12)
    np.testing.assert_allclose(row(found, 'linear', 'rank_error'), 0, atol=1e-7)


def test_linear_networks_lie_on_the_diagonal_on_maps_too():
    settings = replace(SMALL, networks=3, widths=(20, 20), map_size=2, nonlinearities=('linear',), inputs=1.5)
    found = analyse(settings, workers=1)
    np.testing.assert_allclose(found.rank_ratio[:, 0], found.actual_ratios, atol=1e-12)


@pytest.mark.parametrize('low', RECTIFIERS)
@pytest.mark.parametrize('high', SMOOTH)
def test_smooth_nonlinearities_rank_above_rectifiers(found, low, high):
    assert (row(found, high) >= row(found, low)).all()
    assert (row(found, high)[:, 0] > row(found, low)[:, 0]).any()


def test_nonlinearities_rank_above_the_linear_case(found):
    for name in NONLINEARITIES:
        assert (row(found, name) >= found.actual_ratios - 1e-12).all()


def test_rank_grows_with_the_ratio_in_blocks(found):
    blocks = [place for place, kind in enumerate(KINDS) if 'bottleneck' in kind]
    assert (np.diff(found.rank_ratio[blocks], axis=2) > 0).all()


def test_depthwise_blocks_rank_below_full_ones_with_rectifiers(found):
    full, depthwise = (row(found, 'relu6')[list(KINDS).index(kind)] for kind in list(KINDS)[2:])
    assert (depthwise[:2] < full[:2]).all()


def test_smooth_measures_agree_about_the_bounds(found):
    assert ((found.nuclear_ratio > 0) & (found.nuclear_ratio <= 1)).all()
    assert (found.stable_rank <= found.effective_rank + 1e-12).all()
    assert (found.effective_rank <= 1).all()
    assert (np.diff(found.cdf, axis=3) >= 0).all()
    assert (found.cdf[..., -1] == 1).all()


def test_the_number_of_workers_changes_nothing(found):
    assert analyse(SMALL, workers=3).as_dict() == found.as_dict()


def test_another_seed_draws_other_networks(found):
    other = analyse(replace(SMALL, kinds=('1x1',), ratios=(0.1,), seed=2), workers=1)
    assert not np.array_equal(other.stable_rank[0, :, 0], found.stable_rank[0, :, 0])


def test_a_point_does_not_depend_on_what_else_is_asked(found):
    alone = analyse(replace(SMALL, kinds=('bottleneck',), nonlinearities=('silu',), ratios=(0.3,)), workers=1)
    assert alone.rank_ratio.item() == row(found, 'silu')[2, 1]


def test_ratios_that_give_no_whole_channels_are_told():
    settings = replace(SMALL, kinds=('1x1',), ratios=(0.01, 0.33), nonlinearities=('linear',))
    found = analyse(settings, workers=1)
    assert found.actual_ratios[0, 0] >= 1 / 40
    np.testing.assert_allclose(found.rank_ratio[:, 0], found.actual_ratios, atol=1e-12)


def test_an_analysis_survives_json(found):
    again = Analysis.from_dict(json.loads(json.dumps(found.as_dict())))
    assert again.settings == found.settings
    assert again.as_dict() == found.as_dict()


def test_batches_are_handed_through_watch():
    seen = []

    def watch(batches):
        for batch in batches:
            seen.append(batch)
            yield batch

    analyse(replace(SMALL, kinds=('1x1',), ratios=(0.5,)), workers=1, watch=watch)
    assert 1 <= len(seen) <= 6


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'kinds': ('5x5',)}, "unknown kinds '5x5'; "),
        ({'kinds': ()}, 'kinds must be some of 1x1'),
        ({'nonlinearities': ('relu7',)}, "unknown nonlinearities 'relu7'; did you mean 'relu"),
        ({'ratios': (0.0,)}, r'ratios must be numbers within \(0, 1\]'),
        ({'networks': 0}, 'networks must be an integer >= 1'),
        ({'widths': (21, 29)}, 'widths must be .* with a multiple of 10 between them'),
        ({'expansions': (3, 2)}, 'expansions must be'),
        ({'inputs': 1.0}, 'inputs must be > 1'),
        ({'weights': 'norml'}, "did you mean 'normal'"),
        ({'norm': 'group'}, "unknown norm 'group'"),
        ({'tolerance': 1.5}, 'tolerance must be within'),
        ({'seed': -1}, 'seed must be an integer >= 0'),
    ],
)
def test_settings_outside_their_range_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        replace(SMALL, **change)


def test_figure_is_of_known_layers_and_rises_from_rectifiers_to_smooth():
    for kind, by_ratio in FIGURE.items():
        assert kind in KINDS
        for values in by_ratio.values():
            assert set(values) < set(NONLINEARITIES)
            assert values['relu6'] < values['silu'] <= 1


def test_the_room_is_imported_without_torch():
    code = "import sys, mmchan.design.ranks; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, '-c', code], check=False).returncode == 0
