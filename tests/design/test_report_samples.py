"""One error per network: repeats, failures, short trainings, and when no distribution may be shown."""

import numpy as np
import pytest

from mmchan.design import spaces
from mmchan.design.reports.distributions import distribution
from mmchan.design.reports.samples import sample_of
from mmchan.design.statistics import cheap_edf
from mmchan.design.sweeps import read_results
from tests.design.sweep_folders import row_of, write_sweep

POPULATION = spaces.sample(spaces.get('regnetx'), seed=0, count=60)
PLAIN = list(POPULATION.rows())
ERRORS = np.linspace(0.1, 0.4, len(PLAIN))


def sample(folder, rows, *, error='minimum', failed='worst', **settings):
    results = read_results(write_sweep(folder, POPULATION, rows=rows, **{'epochs': 2, **settings}))
    return sample_of(results, error=error, failed=failed)


def full(index, *curve, repeat=0, cause=None):
    return row_of(PLAIN[index], index, repeat, list(curve), cause)


def short(index, error):
    return row_of(PLAIN[index], index, 0, [error], budget='short', trial=f'{index}-short')


def test_repeats_are_averaged_and_their_spread_is_shown(tmp_path):
    rows = [full(3, 0.5, 0.2), full(3, 0.5, 0.4, repeat=1), full(1, 0.5, 0.1)]
    found = sample(tmp_path, rows)
    assert found.networks.tolist() == [1, 3]
    assert found.errors == pytest.approx([0.1, 0.3])
    np.testing.assert_allclose(found.spread, [np.nan, np.std([0.2, 0.4], ddof=1)])
    np.testing.assert_allclose(found.curves, [[0.5, 0.1], [0.5, 0.3]])


def test_error_is_the_least_or_that_of_the_last_epoch(tmp_path):
    rows = [full(0, 0.2, 0.3)]
    assert sample(tmp_path, rows).errors.tolist() == [0.2]
    assert sample(tmp_path, rows, error='last').errors.tolist() == [0.3]


def test_failed_trial_counts_as_the_worst_error_or_is_left_out(tmp_path):
    rows = [full(0, 0.5, cause='nan'), full(0, 0.5, 0.2, repeat=1), full(1, 0.5, cause='crash')]
    worst = sample(tmp_path, rows)
    assert (worst.errors.tolist(), worst.failed.tolist()) == ([0.6, 1.0], [1, 1])
    assert worst.trained.tolist() == [True, False]
    out = sample(tmp_path, rows, failed='out')
    assert (out.networks.tolist(), out.errors.tolist(), out.failed.tolist()) == ([0], [0.2], [0])


def test_sweep_trained_to_the_end_has_a_distribution(tmp_path):
    rows = [full(index, 0.9, error) for index, error in enumerate(ERRORS)]
    assert sample(tmp_path, rows).unfit == ''


def test_few_networks_have_none(tmp_path):
    assert (
        'it has 4 networks with an error' in sample(tmp_path, [full(one, 0.9, 0.2) for one in range(4)]).unfit
    )


def test_trainings_that_were_stopped_early_have_none(tmp_path):
    rows = [full(index, *[0.9, error][: 1 + (index > 5)]) for index, error in enumerate(ERRORS)]
    assert '6 of 60 trainings ended before epoch 2: stopping early censors' in sample(tmp_path, rows).unfit


@pytest.mark.parametrize(
    ('settings', 'said'),
    [({'sampler': 'tpe'}, 'were sought by tpe'), ({'given': ['a'] * 60}, 'were given, not drawn')],
)
def test_networks_that_no_law_drew_have_none(tmp_path, settings, said):
    rows = [full(index, 0.9, error) for index, error in enumerate(ERRORS)]
    assert said in sample(tmp_path, rows, **settings).unfit


def cheap(folder, chosen, **settings):
    rows = [short(index, error + 0.1) for index, error in enumerate(ERRORS)]
    rows += [full(index, 0.9, ERRORS[index]) for index in chosen]
    return sample(folder, rows, **settings)


def test_random_part_that_was_trained_to_the_end_has_a_distribution(tmp_path):
    chosen = sorted(np.random.default_rng(0).choice(60, 24, replace=False).tolist())
    found = cheap(tmp_path, chosen, full=0.4, short_epochs=1)
    assert (found.unfit, found.networks.tolist()) == ('', chosen)
    assert found.early == pytest.approx(ERRORS + 0.1)


def test_best_part_that_was_trained_to_the_end_has_none(tmp_path):
    found = cheap(tmp_path, range(24), full=0.4, short_epochs=1)
    assert 'began better than the others: they are no random part' in found.unfit


def test_part_that_the_sweep_did_not_plan_has_none(tmp_path):
    assert 'planned no random part' in cheap(tmp_path, range(0, 60, 2)).unfit


def test_small_part_has_none(tmp_path):
    found = cheap(tmp_path, range(0, 60, 6), full=0.2, short_epochs=1)
    assert '10 networks trained to the end, a distribution takes 20' in found.unfit


def test_distribution_of_a_random_part_is_the_difference_estimator(tmp_path):
    chosen = sorted(np.random.default_rng(0).choice(60, 24, replace=False).tolist())
    found = distribution(cheap(tmp_path, chosen, full=0.4, short_epochs=1), seed=5)
    final = np.full(60, np.nan)
    final[chosen] = ERRORS[chosen]
    expected = cheap_edf(ERRORS + 0.1, final, seed=5)
    assert (found['kind'], found['networks'], found['of']) == ('cheap', 24, 60)
    assert [found[name] for name in ('half_width', 'explained', 'worth')] == pytest.approx(
        [expected.half_width, expected.explained, expected.worth]
    )
    errors = np.array(found['errors'])
    apart = np.flatnonzero(np.diff(errors) > 1e-9)
    low, high = expected.band((errors[apart] + errors[apart + 1]) / 2)
    np.testing.assert_allclose(np.array(found['low'])[apart], low)
    np.testing.assert_allclose(np.array(found['high'])[apart], high)
    assert found['shares'] == sorted(found['shares'])
    # early errors tell the final ones here: the share of all 60 that are below, not only of the 24
    at = np.searchsorted(found['errors'], 0.25, side='right') - 1
    assert found['shares'][at] == pytest.approx(np.mean(ERRORS < 0.25), abs=0.05)
