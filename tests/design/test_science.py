"""What `make science` asks was written down whole, and what it answers is what the statistics say."""

import json

import numpy as np
import pytest

from mmchan.design import load_population, spaces
from mmchan.design.statistics import advantage
from mmchan.design.sweeps import read_results, read_sweep
from mmchan.errors import InputError
from mmchan.home import home
from tests.benchmark_scripts import load
from tests.design.sweeps.sweeps import ran, sweep
from tests.pages import run_examples

SCIENCE = load('science/run')
PLAN = SCIENCE.read_plan()


def test_every_population_has_a_config_and_every_hypothesis_its_populations():
    stems = {path.stem for path in (SCIENCE.HERE / 'configs').glob('*.py')}
    configs = {stem for stem in stems if not stem.startswith('base')}
    assert configs == {*PLAN.populations, PLAN.repeated}
    for one in PLAN.hypotheses:
        assert {one.better, one.worse} <= configs
        assert 'arXiv:' in one.source


def test_populations_differ_in_their_networks_alone():
    sweeps = [read_sweep(SCIENCE.HERE / 'configs' / f'{name}.py') for name in PLAN.populations]
    assert len({(one.epochs, one.config_digest, one.test, one.seed) for one in sweeps}) == 1
    counts = {one.name: one.count for one in sweeps}
    assert all(counts[one.better] == counts[one.worse] for one in PLAN.hypotheses)
    assert sweeps[0].test
    assert sorted(one.name for one in sweeps) == sorted(PLAN.populations)
    validation = sweeps[0].config['val_dataloader']['dataset']
    training = sweeps[0].config['train_dataloader']['dataset']
    test = sweeps[0].config['test_dataloader']['dataset']
    assert (validation['split'], training['split'], test['split']) == ('train', 'train', 'test')
    assert training['indices'] - validation['indices'] < 60_000  # from both ends, hence apart


def test_linear_widths_grow_and_constant_ones_do_not():
    drawn = {}
    for name in ('rexnet_linear', 'rexnet_stagewise', 'rexnet_constant'):
        space = read_sweep(SCIENCE.HERE / 'configs' / f'{name}.py').space
        population = spaces.sample(space, seed=0, count=20)
        drawn[name] = [population.plan(one).widths for one in range(20)]
    steps = np.diff(drawn['rexnet_linear'])
    assert (steps.min(axis=1) >= 1).all()
    assert (steps.max(axis=1) - steps.min(axis=1) <= 1).all()  # but for rounding they are the same
    assert (np.diff(drawn['rexnet_constant']) == 0).all()
    assert (np.diff(drawn['rexnet_stagewise']) != 0).sum(axis=1).max() <= 2


@pytest.fixture(scope='module')
def results(tmp_path_factory):
    """Populations whose errors on the data to test follow from their seeds."""
    root = tmp_path_factory.mktemp('science')
    for seed, name in enumerate(PLAN.populations):
        ran(root / name, given=sweep(seed=seed, name=name, count=12, test=True), trials='tested')
    return {name: read_results(root / name) for name in PLAN.populations}


def test_hypotheses_are_tested_on_the_errors_of_the_test(results):
    found = SCIENCE.tested(PLAN, results)
    for one, row in zip(PLAN.hypotheses, found['hypotheses'], strict=True):
        expected = advantage(results[one.better].test, results[one.worse].test)
        assert (row['probability'], row['p_value']) == (expected.probability, expected.p_value)
        assert row['corrected_p_value'] >= row['p_value']
        assert row['holds'] == (row['corrected_p_value'] < PLAN.significance)
    assert found['populations']['regnetx']['errors']['best'] == results['regnetx'].test.min()


def test_noise_is_split_into_that_of_seeds_and_of_networks(tmp_path):
    ran(tmp_path, given=sweep(count=6, repeats=3, test=True), trials='tested')
    results = read_results(tmp_path)
    found = SCIENCE.noise(results)
    errors = results.test.reshape(6, 3)
    seeds = (errors - errors.mean(axis=1, keepdims=True)).ravel()
    assert found['seed_deviation'] ** 2 == pytest.approx((seeds**2).sum() / (6 * 2))
    # by the table of the analysis of variance: mean squares of networks and of seeds
    mean_squares = 3 * errors.mean(axis=1).var(ddof=1), found['seed_deviation'] ** 2
    expected = max(0, (mean_squares[0] - mean_squares[1]) / 3)
    assert found['network_deviation'] ** 2 == pytest.approx(expected)
    assert (found['networks'], found['repeats']) == (6, 3)


def test_kept_results_are_those_of_the_kept_table():
    kept = json.loads(SCIENCE.RESULT.read_text())
    trained = load_population('fashion-mnist')
    found = SCIENCE.tested(PLAN, {name: trained[name] for name in PLAN.populations})
    assert kept['repeated'] == pytest.approx(SCIENCE.noise(trained[PLAN.repeated]))
    for one, stored in zip(found['hypotheses'], kept['hypotheses'], strict=True):
        assert (one['name'], one['sizes'], one['holds']) == (stored['name'], stored['sizes'], stored['holds'])
        assert [one['probability'], one['p_value']] == pytest.approx(
            [stored['probability'], stored['p_value']]
        )
    for name, one in kept['populations'].items():
        assert one['errors'] == found['populations'][name]['errors']


def test_page_on_what_we_found_is_right():
    assert run_examples(home() / 'docs' / 'findings.md') == (6, [])


def test_failed_network_counts_as_the_worst(results, tmp_path):
    ran(tmp_path, given=sweep(count=12, test=True), trials='failing_by_raising')
    errors = SCIENCE.test_errors(read_results(tmp_path))
    assert 0 < np.isinf(errors).sum() < 12 or np.isinf(errors).all()


def test_population_without_trials_is_refused(results, tmp_path):
    ran(tmp_path, given=sweep(count=1), trials='drawn')
    (tmp_path / 'trials.jsonl').write_text('')
    with pytest.raises(InputError, match='has no trial'):
        SCIENCE.test_errors(read_results(tmp_path))
