"""The numbers of a report under their names, against SciPy, closed forms and counting by hand."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from mmchan.channels import get_plan
from mmchan.design import spaces
from mmchan.design.reports import Choices, distributions, numbers
from mmchan.design.reports.samples import sample_of
from mmchan.design.sweeps import Results, read_results
from mmchan.errors import InputError
from tests.design.sweep_folders import row_of, write_sweep

COUNT = 30
FAILED = 7  # place of the network of the second sweep that fails
RNG = np.random.default_rng(0)
ERRORS = RNG.permutation(np.linspace(0.1, 0.3, COUNT)), RNG.permutation(np.linspace(0.151, 0.35, COUNT))


@pytest.fixture(scope='module')
def sweeps(tmp_path_factory):
    """Two sweeps of RegNetX; the second has a trial that failed."""
    found = []
    for seed, errors in enumerate(ERRORS):
        population = spaces.sample(spaces.get('regnetx'), seed=seed, count=COUNT)
        rows = [row_of(one, place, 0, [0.8, errors[place]]) for place, one in enumerate(population.rows())]
        if seed == 1:
            rows[FAILED] = row_of(list(population.rows())[FAILED], FAILED, 0, [0.8], 'timeout')
        folder = tmp_path_factory.mktemp('sweeps') / f'sweep-{seed}'
        found.append(read_results(write_sweep(folder, population, rows=rows, epochs=2, name=f'space {seed}')))
    return found


@pytest.fixture(scope='module')
def found(sweeps):
    return numbers(sweeps, Choices(complexity='parameters'))


@pytest.fixture(scope='module')
def first(found):
    return found['spaces'][0]


def test_all_are_plain_and_say_what_they_are_about(found):
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    about = ('error', 'complexity', 'failed', 'objective', 'confidence')
    assert [found[name] for name in about] == ['minimum', 'parameters', 'worst', 'accuracy/top1', 0.95]


def test_edf_is_the_share_of_networks_up_to_each_error(first):
    edf = first['edf']
    assert edf['errors'] == sorted(ERRORS[0].tolist())
    assert edf['shares'] == pytest.approx([np.mean(ERRORS[0] <= error) for error in edf['errors']])
    half = np.sqrt(np.log(2 / 0.05) / (2 * COUNT))
    assert edf['half_width'] == pytest.approx(half)
    np.testing.assert_allclose(edf['low'], np.clip(np.subtract(edf['shares'], half), 0, 1))
    np.testing.assert_allclose(edf['high'], np.clip(np.add(edf['shares'], half), 0, 1))


def test_failed_network_counts_as_the_worst(found):
    second = found['spaces'][1]
    assert (second['errors']['worst'], second['failed'], second['judged']) == (1.0, 1, COUNT)
    assert second['causes'] == {'timeout': 1}
    assert [(one['cause'], one['epochs']) for one in second['failures']] == [('timeout', 1)]
    assert 'counts as an error of 100 %' in second['notices'][0]


def test_comparison_is_that_of_scipy(found):
    compared = next(one for one in found['comparisons'] if one['kind'] == 'edf')
    errors = ERRORS[1].copy()
    errors[FAILED] = 1
    expected = stats.ks_2samp(ERRORS[0], errors, method='exact')
    assert compared['difference'] == pytest.approx(expected.statistic)
    assert compared['p_value'] == pytest.approx(expected.pvalue)
    assert compared['smallest'] == pytest.approx(np.sqrt(-np.log(0.025) / 2 * (2 / COUNT)))
    assert (compared['first'], compared['second'], compared['signed'] > 0) == (0, 1, True)


def test_normalised_edf_counts_every_bin_the_same(found, sweeps):
    edges = found['bins']['edges']
    cost = sweeps[0].population.parameters
    bins = [np.flatnonzero((cost >= low) & (cost <= high)) for low, high in pairwise(edges)]
    assert all(len(one) >= 5 for one in bins)
    for error in (0.15, 0.2, 0.25):
        expected = np.mean([np.mean(ERRORS[0][one] < error) for one in bins])
        normalised = found['spaces'][0]['normalised']
        behind = np.searchsorted(normalised['errors'], error)
        assert normalised['shares'][behind - 1] == pytest.approx(expected)


def test_spaces_with_nothing_in_common_have_no_bins(sweeps):
    samples = [sample_of(one, error='last', failed='out') for one in sweeps]
    population = sweeps[1].population
    cheaper = replace(
        samples[1], results=replace(sweeps[1], population=replace(population, macs=population.macs // 10**4))
    )
    assert distributions.bins(samples, 'macs')['reason'] == ''
    found = distributions.bins([samples[0], cheaper], 'macs')
    assert (found['edges'], found['reason'][:37]) == ([], 'their macs have too little in common:')


def test_search_is_the_exact_expectation(first):
    ordered = np.sort(ERRORS[0])
    assert first['search']['draws'] == [1, 2, 4, 8, 16]
    for draws, expected in zip(first['search']['draws'], first['search']['expected'], strict=True):
        left = (np.arange(COUNT, -1, -1) / COUNT) ** draws
        assert expected == pytest.approx(np.sum(ordered * (left[:-1] - left[1:])))


def test_best_value_of_a_parameter_is_the_exact_bootstrap(first, sweeps):
    values = sweeps[0].population.arguments['wm']
    order, draws = np.argsort(ERRORS[0]), COUNT // 4
    ranks = np.arange(1, COUNT + 1)
    chances = ((COUNT - ranks + 1) / COUNT) ** draws - ((COUNT - ranks) / COUNT) ** draws
    by_value = np.argsort(values[order])
    sums = np.cumsum(chances[by_value])
    ends = [values[order][by_value][np.searchsorted(sums, share)] for share in (0.025, 0.5, 0.975)]
    best = first['parameters']['wm']
    assert [best['low'], best['median'], best['high']] == pytest.approx(ends)
    assert best['carriers'] == 1 + np.searchsorted(np.cumsum(chances), 0.95)


def test_correlations_are_those_of_scipy(first, sweeps):
    expected = stats.spearmanr(sweeps[0].population.arguments['wa'], ERRORS[0])
    found = first['parameters']['wa']['correlation']
    assert found['value'] == pytest.approx(expected.statistic)
    assert found['p_value'] == pytest.approx(expected.pvalue, abs=0.05)


def test_regnets_fit_exactly_before_they_are_fitted_to_groups(first):
    assert (first['fit']['exact'], first['fit']['widths'], first['fit']['correlation']) == (
        COUNT,
        'before',
        None,
    )


def test_tenths_are_counted_by_hand(first, sweeps):
    order = np.argsort(ERRORS[0])
    population = sweeps[0].population
    for name, members in {'best': order[:3], 'middle': order[13:16], 'worst': order[-3:]}.items():
        tenth = first['tenths'][name]
        assert tenth['members'] == population.ids[members].tolist()
        assert tenth['mean'] == pytest.approx(ERRORS[0][members].mean())
        assert tenth['parameters'] == pytest.approx(population.parameters[members].mean())
        blocks = [np.repeat(population.widths[one], population.depths[one]) for one in members]
        for place, width in enumerate(tenth['widths']):
            having = [one[place] for one in blocks if len(one) > place]
            assert width == pytest.approx(np.mean(having))


def test_typical_networks_are_the_best_the_median_and_the_worst_that_was_trained(found, sweeps):
    trained = np.delete(np.arange(COUNT), FAILED)
    order = trained[np.argsort(ERRORS[1][trained])]
    typical = found['spaces'][1]['typical']
    assert [one['network'] for one in typical.values()] == [order[0], order[14], order[-1]]
    plan = sweeps[1].population.plan(int(order[0]))
    assert typical['best']['widths'] == list(plan.widths)


def test_curves_are_quantiles_of_the_networks(first):
    curves = first['curves']
    assert (curves['networks'], curves['epochs']) == (COUNT, [1, 2])
    expected = np.quantile(ERRORS[0], (0.1, 0.5, 0.9), method='inverted_cdf')
    assert [curves[name][1] for name in ('low', 'median', 'high')] == pytest.approx(expected)


def test_config_of_a_network_builds_it(first, sweeps):
    names = {}
    exec(first['networks'][4]['config'], names)  # noqa: S102 - the config that the page shows
    plan = sweeps[0].population.plan(4)
    assert get_plan(names['arch']) == plan
    assert names['model']['head']['in_channels'] == plan.out_widths[-1]
    assert names['model']['backbone']['arch'] == names['arch']


def test_sweeps_of_different_objectives_are_refused(sweeps, tmp_path):
    other = write_sweep(tmp_path, sweeps[0].population, objective='coco/bbox_mAP', epochs=2)
    with pytest.raises(InputError, match=r'same objective, got accuracy/top1 .*coco/bbox_mAP'):
        numbers([sweeps[0], read_results(other)], Choices())


def test_sweeps_of_one_name_are_told_apart_by_their_folders(sweeps):
    same = [Results(one.folder, {**one.settings, 'name': 'A'}, one.population, []) for one in sweeps]
    assert [space['name'] for space in numbers(same, Choices())['spaces']] == ['A (sweep-0)', 'A (sweep-1)']


def test_same_sweep_twice_is_refused(sweeps):
    with pytest.raises(InputError, match='different folders, got .*2 times'):
        numbers([sweeps[0], sweeps[0]], Choices())


@pytest.mark.parametrize('choice', [{'error': 'minimun'}, {'complexity': 'params'}, {'failed': 'wurst'}])
def test_unknown_choice_suggests_the_nearest(choice):
    with pytest.raises(InputError, match='did you mean'):
        Choices(**choice)
