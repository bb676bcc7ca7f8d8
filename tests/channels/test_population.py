"""The cost of populations: equal to `count`, network by network."""

import importlib.util
import json
from dataclasses import astuple, replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from mmchan.channels import (
    Family,
    InputError,
    Parameter,
    count,
    families,
    find_family,
    quantized_linear_widths,
)
from mmchan.channels.catalogue import inner_families
from mmchan.channels.population import arguments_of, count_population, draw_parameters
from mmchan.channels.population.schedules import quantized_linear_stages

FAMILIES = list(families())
DRAWS = 500
REGNET = {'w0': [24, 48], 'wa': [36.44, 27.89], 'wm': [2.49, 2.09], 'depth': [13, 16], 'group_width': 8}
ANYNET = {'widths': [[16, 32], [24]], 'depths': [[1, 2], [3]], 'group_widths': [[8, 8], [4]]}


def counted_one_by_one(family, parameters, *arguments, **keywords):
    """What `count` says of every network: parameters, MACs, activations, and whether it is one."""
    rows = []
    for each in arguments_of(family, parameters):
        try:
            plan = find_family(family).build_plan(each)
        except InputError:
            rows.append((0, 0, 0, False))
        else:
            rows.append((*astuple(count(plan, *arguments, **keywords)), True))
    return rows


def rows_of(cost):
    """A population's cost as :func:`counted_one_by_one` returns it."""
    columns = cost.parameters, cost.macs, cost.activations, cost.valid
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize('family', FAMILIES)
def test_drawn_population_costs_what_its_networks_do(family):
    parameters = draw_parameters(family, DRAWS, np.random.default_rng(0))
    cost = count_population(family, parameters)
    assert rows_of(cost) == counted_one_by_one(family, parameters)
    assert cost.valid.mean() > 0.5
    assert {column.dtype for column in (cost.parameters, cost.macs, cost.activations)} == {np.dtype('int64')}


@pytest.mark.parametrize('family', [name for name in FAMILIES if find_family(name).variants])
def test_named_variants_cost_what_they_do_alone(family):
    record = find_family(family)
    parameters = {
        one.name: [variant.arguments.get(one.name, one.default) for variant in record.variants]
        for one in record.parameters
        if any(one.name in variant.arguments for variant in record.variants)
    }
    expected = [(*astuple(count(record.build_plan(one.arguments))), True) for one in record.variants]
    assert rows_of(count_population(record, parameters)) == expected


# edges of the arithmetic: halves, the cut between first and later widths, odd divisors, unusual strides
N = 300
STRANGE = {
    'regnet': lambda rng: {
        'w0': (w0 := 8 * rng.integers(1, 40, N)),
        'wa': w0 * rng.choice([0, 0.25, 0.5, 1, 2, 3, 1e-9], N),
        'wm': rng.choice([1.0001, 1.21, 1.44, 1.5, 2, 2.25, 2.5, 4, 1e6], N),
        'depth': rng.integers(1, 50, N),
        'group_width': rng.integers(1, 300, N),
        'bottleneck_ratio': rng.choice([0.1, 0.3, 1, 1.5, 2, 2.5, 3, 7.3], N),
        'rounding': rng.choice(['pycls', 'torchvision'], N),
        'divisor': rng.choice([1, 2, 4, 8], N),
        'style': rng.choice(['pytorch', 'caffe'], N),
        'strides': [tuple(row[:stages]) if stages < 4 else None for row, stages in _stage_rows(rng, 1, 4)],
    },
    'anynet': lambda rng: {
        'widths': [tuple(row[:stages]) for row, stages in _stage_rows(rng, 1, 200)],
        'depths': [(1, 2, 3, 1, 4, 1, 2)[: 1 + network % 7] for network in range(N)],
        'group_widths': [tuple(row[:stages]) for row, stages in _stage_rows(rng, 1, 60)],
        'bottleneck_ratios': [None, *[(0.3, 1, 2, 2.5, 4)[: network % 6] for network in range(1, N)]],
        'rounding': rng.choice(['none', 'pycls', 'torchvision'], N),
        'strides': [[1, 2, 3, 1, 2, 2, 5][: 1 + network % 7] for network in range(N)],
        'style': 'caffe',
        'stem_width': rng.integers(1, 40, N),
    },
    'rexnet': lambda rng: {
        'width_mult': np.exp(rng.uniform(-8, 2, N)),
        'depth_mult': np.exp(rng.uniform(-4, 3.2, N)),
        'total_growth': rng.uniform(0, 900, N),
        'divisor': rng.integers(1, 40, N),
        'se_ratio': [None, 1 / 12, 1.0] * (N // 3),
    },
    'efficientnet': lambda rng: {
        'width_mult': np.exp(rng.uniform(-8, 2, N)),
        'depth_mult': np.exp(rng.uniform(-4, 3, N)),
        'divisor': rng.integers(1, 40, N),
        'se_ratio': [None, 1e-6, 1.0] * (N // 3),
    },
    'mobilenet_v2': lambda rng: {
        'width_mult': np.exp(rng.uniform(-8, 2, N)),
        'total_growth': [None, 0, 123.4] * (N // 3),
        'divisor': rng.integers(1, 40, N),
    },
}


def _stage_rows(rng, low, high):
    """Random rows of seven integers, with the numbers of stages 1 to 7 in turn."""
    return zip(
        rng.integers(low, high, (N, 7)).tolist(), [1 + network % 7 for network in range(N)], strict=True
    )


@pytest.mark.parametrize('family', STRANGE)
def test_strange_population_costs_what_its_networks_do(family):
    parameters = STRANGE[family](np.random.default_rng(1))
    expected = counted_one_by_one(family, parameters, (97, 224))
    assert rows_of(count_population(family, parameters, (97, 224))) == expected
    assert len(set(expected)) > N / 10


@pytest.mark.parametrize('family', FAMILIES)
@pytest.mark.parametrize('resolution', [1, (33, 200)])
def test_resolution_may_be_anything_and_the_backbone_stand_alone(family, resolution):
    parameters = draw_parameters(family, 50, np.random.default_rng(2))
    parameters['stem_stride'] = [1, 2] * 25
    cost = count_population(family, parameters, resolution, num_classes=None)
    assert rows_of(cost) == counted_one_by_one(family, parameters, resolution, num_classes=None)


@pytest.mark.parametrize('numbers', [
    {'w0': 24, 'wa': 12, 'wm': 2.25, 'depth': 3},  # log(1.5) / log(2.25) is near one half
    {'w0': 24, 'wa': 12, 'wm': 1.5, 'depth': 2},  # 24 * 1.5 / 8 is 4.5
    {'w0': 136, 'wa': 136, 'wm': 4, 'depth': 56},
    {'w0': 8, 'wa': 0.5, 'wm': 1.01, 'depth': 400},  # many powers, few widths
    {'w0': 8, 'wa': 1e-12, 'wm': 1 + 1e-12, 'depth': 60},
    {'w0': 8, 'wa': 0, 'wm': 2, 'depth': 60},
], ids=str)  # fmt: skip
def test_quantized_stages_are_the_runs_of_the_scalar_function(numbers):
    arrays = {name: np.array([float(number)]) for name, number in numbers.items()}
    widths, depths = quantized_linear_stages(**arrays, divisor=np.array([8.0]), most=5)
    runs = [(width, len(list(run))) for width, run in groupby(quantized_linear_widths(**numbers))]
    found = zip(widths[:, 0].tolist(), depths[:, 0].tolist(), strict=True)
    assert [run for run in found if run[1]] == runs[:5]


def test_what_does_not_go_together_is_not_valid_and_costs_nothing():
    cost = count_population(
        'regnet', {'w0': [24, 25, 8], 'wa': [10, 10, 200], 'wm': 1.5, 'depth': 20, 'group_width': 8}
    )
    assert rows_of(cost)[1:] == [(0, 0, 0, False)] * 2  # not a multiple of 8, more than six stages
    cost = count_population('anynet', {**ANYNET, 'group_widths': [[8, 24], [4]], 'depths': [[1, 2], [3]]})
    assert cost.valid.tolist() == [False, True]
    assert count_population('anynet', {**ANYNET, 'depths': [[1, 2], [3, 3]]}).valid.tolist() == [True, False]
    assert count_population('rexnet', {'width_mult': [1e-4, 1]}).valid.tolist() == [False, True]


@pytest.mark.parametrize('given', [
    [[16, 32], [24]],
    [(16, 32), np.array([24])],
    np.array([[16, 32], [24, np.nan]]),
    np.ma.masked_equal([[16, 32], [24, 0]], 0),
    np.array([[16, 32], [24, None]], dtype=object),
], ids=['lists', 'rows', 'NaN', 'masked', 'None'])  # fmt: skip
def test_stages_may_be_given_in_several_ways(given):
    assert rows_of(count_population('anynet', {**ANYNET, 'widths': given})) == rows_of(
        count_population('anynet', ANYNET)
    )


def test_one_value_stands_for_all_networks():
    many = count_population(
        'anynet', {**ANYNET, 'widths': [32, 64], 'depths': (1, 2), 'group_widths': np.array([8, 8])}
    )
    assert many.valid.tolist() == [True]
    whole = count_population('regnet', REGNET)
    assert rows_of(whole) == rows_of(count_population('regnet', {**REGNET, 'group_width': [8, 8]}))
    assert rows_of(count_population('rexnet', {})) == counted_one_by_one('rexnet', {})


def test_empty_population_has_no_cost():
    assert rows_of(count_population('rexnet', {'width_mult': [], 'divisor': 8})) == []


@pytest.mark.parametrize('given', [None, np.nan, np.ma.masked], ids=['None', 'NaN', 'masked'])
def test_none_may_be_written_in_several_ways(given):
    ratios = np.ma.array([0.25, 0.25], mask=[False, True]) if given is np.ma.masked else [0.25, given]
    assert arguments_of('regnet', {**REGNET, 'se_ratio': ratios})[1]['se_ratio'] is None
    assert (
        count_population('regnet', {**REGNET, 'se_ratio': ratios}).parameters[1]
        == (count_population('regnet', REGNET).parameters[1])
    )


def test_population_of_numbers_beyond_float64_is_counted_one_by_one():
    parameters = {**ANYNET, 'widths': [[16, 10**7 + 1], [24]], 'group_widths': [[8, 10**7 + 1], [4]]}
    cost = count_population('anynet', parameters)
    assert cost.macs[0] > 2**53
    assert rows_of(cost) == counted_one_by_one('anynet', parameters)
    with pytest.raises(InputError, match=r'cost must be below 2 \*\* 63, got Cost'):
        count_population('anynet', {**ANYNET, 'widths': [[16, 10**12], [24]]})


BAD_PARAMETERS = {
    'out of bounds': (
        *('rexnet', {'width_mult': [1, 0.5, -1, -2]}),
        r'width_mult must be > 0, got -1\.0 \(network 2\)',
    ),
    'fraction': (
        *('rexnet', {'divisor': [8.0, 8.5]}),
        r'divisor must be an integer >= 1, got 8\.5 \(network 1\)',
    ),
    'truth': ('rexnet', {'divisor': [True, True]}, 'divisor must be an integer >= 1, got True'),
    'text': ('rexnet', {'width_mult': ['1.0', '1.3']}, "width_mult must be > 0, got '1.0'"),
    'text among numbers': (
        *('rexnet', {'se_ratio': [None, '0.5']}),
        r"se_ratio must be None or within \(0, 1\], got '0.5'",
    ),
    'no None': ('rexnet', {'width_mult': [1, None]}, 'width_mult must be > 0, got nan'),
    'infinite': (
        *('rexnet', {'width_mult': [1, np.inf]}),
        r'width_mult must be finite, got inf \(network 1\)',
    ),
    'no choice': (
        *('regnet', {**REGNET, 'style': ['caffe', 'tf']}),
        r"style must be 'pytorch' or 'caffe', got 'tf' \(network 1\)",
    ),
    'number for a name': (
        *('regnet', {**REGNET, 'style': [1, 2]}),
        "style must be 'pytorch' or 'caffe', got 1",
    ),
    'no choice of numbers': (
        *('rexnet', {'stem_stride': [1, 2, 3]}),
        r'stem_stride must be 1 or 2, got 3\.0 \(network 2\)',
    ),
    'name for a number': ('rexnet', {'stem_stride': ['1']}, "stem_stride must be 1 or 2, got '1'"),
    'in a stage': ('anynet', {**ANYNET, 'depths': [[1, 2], [0]]}, 'depths must be an integer >= 1, got 0'),
    'gap': (
        *('anynet', {**ANYNET, 'widths': np.array([[8, 8], [np.nan, 8]])}),
        r"widths must be without NaN in front of a network's last stage, got \[nan, 8\.0\]",
    ),
    'infinite stage': (
        *('anynet', {**ANYNET, 'bottleneck_ratios': [[1, np.inf], [1]]}),
        r'bottleneck_ratios must be finite, got inf',
    ),
    'lengths': (
        *('rexnet', {'width_mult': [1, 2], 'divisor': [8] * 3}),
        'divisor must be one value or 2, as others have, got 3',
    ),
    'shape': ('rexnet', {'width_mult': [[1, 2]]}, r'width_mult must be of shape \(N,\), got \(1, 2\)'),
    'shape of stages': (
        *('anynet', {**ANYNET, 'widths': np.ones((2, 2, 2))}),
        r'widths must be of shape \(N, stages\), got \(2, 2, 2\)',
    ),
    'unknown': (
        *('rexnet', {'width_mul': [1]}),
        "unknown argument of rexnet 'width_mul'; did you mean 'width_mult'",
    ),
    'missing': (
        *('regnet', {'w0': [24, 32]}),
        'arguments of regnet must be given with wa, wm, depth, group_width',
    ),
    'family': ('rexnt', {}, "unknown family 'rexnt'; did you mean 'rexnet'"),
}


@pytest.mark.parametrize('case', BAD_PARAMETERS)
def test_bad_parameter_is_named_with_rule_and_first_wrong_value(case):
    family, parameters, message = BAD_PARAMETERS[case]
    with pytest.raises(InputError, match=message):
        count_population(family, parameters)


@pytest.mark.parametrize(('keywords', 'message'), [
    ({'resolution': 0}, 'resolution must be an integer >= 1, got 0'),
    ({'num_classes': 0}, 'num_classes must be an integer >= 1, got 0'),
])  # fmt: skip
def test_bad_argument_is_named_with_rule_and_value(keywords, message):
    with pytest.raises(InputError, match=message):
        count_population('rexnet', {'width_mult': [1, 2]}, **keywords)


@pytest.mark.parametrize('family', ['anynet', 'regnet', 'mobilenet_v2'])
def test_family_without_a_population_is_counted_one_by_one(family):
    outside = replace(find_family(family), population='')
    parameters = draw_parameters(outside, 30, np.random.default_rng(3))
    assert rows_of(count_population(outside, parameters, 64)) == rows_of(
        count_population(family, parameters, 64)
    )


@pytest.mark.parametrize(('choices', 'per_stage', 'given', 'expected'), [
    (('small', None, 3), False, ['small', None, 3], ['small', None, 3]),
    ((1, 2), False, np.array([2, 1, 2], dtype=np.uint8), [2, 1, 2]),
    (('a', 'b'), True, [['a', 'b'], ['b'], ['a', 'a']], [('a', 'b'), ('b',), ('a', 'a')]),
    ((1, 2), True, [[1, 2], [2], None], [(1, 2), (2,), None]),
], ids=['mixed', 'small integers', 'names per stage', 'numbers per stage'])  # fmt: skip
def test_choices_reach_a_plan_from_outside_as_they_are(choices, per_stage, given, expected):
    seen = []

    def plan(*, choice):
        seen.append(choice)
        return find_family('rexnet').plan()

    default = None if per_stage else choices[0]
    choice = Parameter(
        name='choice', kind='choice', meaning='', choices=choices, per_stage=per_stage, default=default
    )
    outside = Family(name='outside', title='', paper='', plan=plan, parameters=[choice])
    assert count_population(outside, {'choice': given}).valid.all()
    assert seen == expected


def test_parameters_are_not_changed():
    parameters = draw_parameters('anynet', 20, np.random.default_rng(4))
    before = {name: values.copy() for name, values in parameters.items()}
    count_population('anynet', parameters)
    for name, values in parameters.items():
        np.testing.assert_array_equal(values, before[name])


def test_draws_follow_the_seed_and_the_usual_ranges():
    first, second = (draw_parameters('anynet', 200, np.random.default_rng(5)) for _ in range(2))
    record = find_family('anynet')
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
        if record.parameter[name].kind != 'choice':
            assert np.nanmin(values) >= record.parameter[name].low
            assert np.nanmax(values) <= record.parameter[name].high


@pytest.fixture(scope='module')
def benchmark():
    """The benchmark's script as a module."""
    path = Path(__file__).parents[2] / 'benchmarks' / 'population.py'
    spec = importlib.util.spec_from_file_location('benchmark_of_populations', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_benchmark_compares_every_family(benchmark, tmp_path):
    options = ['--networks', '20', '--check', '--out', str(tmp_path / 'result.json')]
    printed = CliRunner().invoke(benchmark.main, options, catch_exceptions=False)
    assert printed.exit_code == 0
    result = json.loads((tmp_path / 'result.json').read_text())
    kept = json.loads(benchmark.RESULT.read_text())
    assert result.keys() == kept.keys()
    assert [row['family'] for row in result['families']] == FAMILIES
    assert all(row['family'] in printed.output for row in result['families'])


def test_benchmark_fails_where_a_cost_differs(benchmark, tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, 'count_one', lambda family, arguments: (1, 1, 1, True))
    options = ['--networks', '2', '--check', '--out', str(tmp_path / 'result.json')]
    printed = CliRunner().invoke(benchmark.main, options)
    assert printed.exit_code == 1
    assert 'other costs than count: anynet, ' in printed.output


def test_kept_benchmark_has_10000_equal_networks_of_every_family_in_5_microseconds_each(benchmark):
    rows = json.loads(benchmark.RESULT.read_text())['families']
    assert {row['family'] for row in rows} == set(inner_families())
    for row in rows:
        assert row['networks'] >= 10_000
        assert row['differences'] == 0
        assert row['microseconds'] <= 5
