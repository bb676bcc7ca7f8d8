"""Cheap EDFs: unbiased, covered, and the plain EDF where nothing is saved. And their benchmark."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import gamma, norm

from mmchan.design.statistics import cheap, cheap_edf, dkw_half_width, edf
from mmchan.errors import InputError
from tests.benchmark_scripts import load

LAW = gamma(4, loc=25, scale=3)


def population(seed, networks, correlation):
    """Early and final errors; the latter of a known law."""
    end, apart = np.random.default_rng(seed).standard_normal((2, networks))
    return 60 + 8 * (correlation * end + np.sqrt(1 - correlation**2) * apart), LAW.ppf(norm.cdf(end))


def partly(final, trained):
    """Final errors of the first networks alone; the populations here have no order."""
    return np.where(np.arange(len(final)) < trained, final, np.nan)


def test_all_networks_trained_gives_the_plain_edf():
    early, final = population(0, 60, 0.9)
    found = cheap_edf(early, final)
    np.testing.assert_allclose(found.shares, edf(final)(found.errors), atol=1e-12)
    np.testing.assert_allclose(found.curve, found.shares, atol=1e-12)
    assert found.half_width == pytest.approx(dkw_half_width(60), rel=0.1)
    assert found.worth == pytest.approx(60, rel=0.2)


def test_estimate_is_the_two_means_of_the_formula():
    early, final = population(1, 90, 0.8)
    at = np.array([30.0, 36.0, 45.0])
    found = cheap_edf(early, partly(final, 30), at=at, seed=5)
    known, trained = cheap._covariates(early), np.arange(30)
    shuffled = np.random.default_rng(5).permutation(trained)
    total = np.zeros(3)
    for fold in np.array_split(shuffled, 5):
        others = np.setdiff1d(trained, fold)
        slopes, *_ = np.linalg.lstsq(known[others], final[others], rcond=None)
        residuals = final[others] - known[others] @ slopes
        predicted = (known @ slopes)[:, None, None] + residuals[:, None] < at
        predicted = predicted.mean(axis=1)
        rest = predicted[30:].sum(axis=0) * len(fold) / 30
        total += (rest + predicted[fold].sum(axis=0)) / 90
        total += ((final[fold, None] < at) - predicted[fold]).sum(axis=0) / 30
    np.testing.assert_allclose(found.shares, total, atol=1e-12)


@pytest.mark.parametrize('correlation', [0.95, -0.5])
def test_estimate_is_unbiased_and_the_early_edf_is_not(correlation):
    at = LAW.ppf([0.05, 0.3, 0.5, 0.9])
    found, repeats = [], 200
    for one in range(repeats):
        early, final = population([2, one], 80, correlation)
        found.append(cheap_edf(early, partly(final, 20), at=at, resamples=100).shares)
    error = np.std(found, axis=0) / np.sqrt(repeats)
    assert (np.abs(np.mean(found, axis=0) - [0.05, 0.3, 0.5, 0.9]) < 3.5 * error).all()


@pytest.mark.parametrize(
    ('correlation', 'least', 'most'), [(0.97, 0.70, 0.78), (0.9, 0.5, 0.6), (0, 0, 0.02)]
)
def test_predictions_explain_what_they_can(correlation, least, most):
    # the best prediction of being below the median from a normal early error explains 2/pi asin(r^2)
    early, final = population(3, 2000, correlation)
    found = cheap_edf(early, partly(final, 1000), at=[LAW.median()], resamples=100)
    assert found.explained == pytest.approx(2 / np.pi * np.arcsin(correlation**2), abs=0.05)
    assert least <= cheap_edf(early, partly(final, 1000), resamples=100).explained <= most


def test_relation_needs_to_be_monotone_only():
    early, final = population(4, 400, 0.95)
    straight = cheap_edf(early, partly(final, 100))
    bent = cheap_edf(np.exp(early / 4), partly(final, 100))
    assert bent.worth == pytest.approx(straight.worth, rel=0.05)


def test_second_covariate_may_help():
    rng = np.random.default_rng(5)
    early, size = rng.normal(size=(2, 400))
    final = partly(early + size + 0.2 * rng.normal(size=400), 100)
    assert cheap_edf(np.column_stack((early, size)), final).worth > 1.4 * cheap_edf(early, final).worth


@pytest.mark.parametrize('correlation', [0.0, 0.95])
def test_band_holds_the_truth_as_often_as_stated(correlation):
    held = 0
    for one in range(100):
        early, final = population([6, one], 80, correlation)
        held += cheap_edf(early, partly(final, 24), resamples=100).band.holds(LAW.cdf)
    assert held >= 92


def test_networks_chosen_by_their_early_errors_give_a_wrong_curve():
    # what the random choice is for: the best beginners alone, and no band can know it
    early, final = population(7, 400, 0.5)
    chosen = np.argsort(early)[:100]
    selected = np.full(400, np.nan)
    selected[chosen] = final[chosen]
    median = LAW.median()
    assert edf(final[chosen])(median) > 0.6
    assert cheap_edf(early, partly(final, 100), at=[median]).shares[0] == pytest.approx(0.5, abs=0.1)


def test_curve_and_band_rise_and_stay_within_0_and_1():
    early, final = population(8, 200, 0.6)
    found = cheap_edf(early, partly(final, 25))
    for values in (found.curve, found.band.low, found.band.high):
        assert (np.diff(values) >= 0).all()
        assert values.min() >= 0
        assert values.max() <= 1
    assert found.trained == (25, 200)
    assert (np.diff(found.errors) > 0).all()


def test_cheap_edf_is_seeded():
    early, final = population(9, 100, 0.9)
    shares = [cheap_edf(early, partly(final, 25), seed=seed, at=[36]).half_width for seed in (1, 1, 2)]
    assert shares[0] == shares[1] != shares[2]


def test_no_network_is_predicted_by_what_it_taught():
    early, final = population(10, 40, 0.9)
    known, trained = cheap._covariates(early), np.arange(40)
    at, predicted = cheap._cross_fitted(known, final, trained, np.array([36.0]))
    changed = final.copy()
    changed[0] = 500  # the first fold's predictions must not notice
    _, other = cheap._cross_fitted(known, changed, trained, at)
    np.testing.assert_array_equal(predicted[:8], other[:8])
    assert (predicted[8:] != other[8:]).any()


WRONG = {
    'few': ({'final': [1.0] * 19 + [np.nan] * 11}, 'final must be known of at least 20 networks, got 19'),
    'diverged': ({'final': [1.0] * 29 + [np.inf]}, 'final must be finite, or NaN where there is none'),
    'lengths': ({'final': [1.0] * 29}, r'final must be as many as early \(30\), got 29'),
    'words': ({'final': ['low'] * 30}, 'final must be numbers, NaN where there is none'),
    'early': ({'early': [np.nan] * 30}, 'early must be without NaN'),
    'resamples': ({'resamples': 5}, 'resamples must be an integer >= 100, got 5'),
    'at': ({'at': [np.nan]}, 'at must be without NaN'),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_arguments_are_named_with_rule_and_value(case):
    changed, message = WRONG[case]
    given = {'early': range(30), 'final': range(30), **changed}
    with pytest.raises(InputError, match=message):
        cheap_edf(given.pop('early'), given.pop('final'), **given)


# ---------------------------------------------------------------- the benchmark


@pytest.fixture(scope='module')
def benchmark():
    """The benchmark's script as a module."""
    return load('coverage')


def run(benchmark, tmp_path, *options):
    """What it prints and writes, for few and small populations."""
    small = ['--networks', '80', '--resamplings', '2', '--out', str(tmp_path / 'result.json')]
    printed = CliRunner().invoke(benchmark.main, [*small, *options])
    return printed, json.loads((tmp_path / 'result.json').read_text())


def test_benchmark_measures_known_laws(benchmark, tmp_path):
    printed, result = run(benchmark, tmp_path)
    assert printed.exit_code == 0, printed.output
    assert result.keys() == json.loads(benchmark.RESULT.read_text()).keys()
    for row in result['populations']:
        assert row['population'] in printed.output
        assert row['compute'] == 0.4375
        assert row['plain_networks'] == 35


def test_benchmark_resamples_learning_curves(benchmark, tmp_path):
    early, final = population(11, 50, 0.9)
    table = {
        'compute': [0.1, 0.2, 0.5, 1.0],
        'errors': np.stack((early, early - 9, early, final), 1).tolist(),
    }
    (tmp_path / 'digits.json').write_text(json.dumps(table))
    printed, result = run(benchmark, tmp_path, '--curves', str(tmp_path / 'digits.json'))
    assert printed.exit_code == 0, printed.output
    (row,) = result['populations']
    assert row['population'] == 'digits'
    assert row['compute'] == 0.2 + 0.25 * 0.8  # the second column is the last within a quarter
    drawn = benchmark.trained_population(tmp_path / 'digits.json', 0.25)
    np.testing.assert_allclose(drawn.share(final), [(final < one).mean() for one in final])


def test_benchmark_checks_coverage_and_compute(benchmark, tmp_path):
    printed, result = run(benchmark, tmp_path, '--check', '--restart')
    assert printed.exit_code == 1
    assert result['populations'][0]['compute'] == 0.5
    assert 'compute <= 45%: not so for correlation 0.97' in printed.output


@pytest.mark.parametrize(('content', 'message'), [
    ({'compute': [1]}, 'must hold an object with compute and errors'),
    ({'compute': [0.2, 1], 'errors': [[1]]}, 'errors must be a row per network, as long as compute'),
    ({'compute': [0.2, 0.9], 'errors': [[1, 1]]}, 'compute must be ascending to 1'),
    ({'compute': [0.5, 1], 'errors': [[1, 1]]}, '--fraction must be at least 0.5, the first of compute'),
], ids=['no errors', 'ragged', 'no end', 'late'])  # fmt: skip
def test_wrong_curves_are_refused(benchmark, tmp_path, content, message):
    path = tmp_path / 'curves.json'
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=message):
        benchmark.trained_population(path, 0.25)


def test_kept_benchmark_covers_at_no_more_than_45_percent_of_the_compute(benchmark):
    result = json.loads(benchmark.RESULT.read_text())
    assert result['plan']['resamplings'] >= 1000
    for row in result['populations']:
        assert row['coverage'] >= 0.93
        assert row['compute'] <= 0.45
