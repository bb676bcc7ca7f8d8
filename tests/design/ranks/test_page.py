"""The page on ranks says what is measured; the benchmark measures it, and what it kept is that."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from mmchan.design import ranks
from tests.benchmark_scripts import load
from tests.cli.command_lines import ROOT
from tests.pages import run_examples

PAGE = ROOT / 'docs' / 'howto' / 'rank.md'
BENCHMARK = load('ranks')
KEPT = json.loads(BENCHMARK.RESULT.read_text())
FOUND = ranks.Analysis.from_dict(KEPT['analysis'])
PROFILE = json.loads((BENCHMARK.RESULT.parent / 'rank_profile.json').read_text())


def test_page_prints_what_its_code_gives():
    assert run_examples(PAGE) == (3, [])


def test_kept_analysis_is_of_the_defaults_and_short():
    assert FOUND.settings == ranks.Settings()
    assert KEPT['core_seconds'] / 2 < 300  # five minutes on two cores


def test_orders_of_the_figure_hold_in_what_is_kept():
    assert BENCHMARK.broken_orders(FOUND) == KEPT['broken'] == []
    np.testing.assert_allclose(FOUND.rank_ratio[:, 0], FOUND.actual_ratios, atol=0.001)


def test_defaults_come_nearest_of_all_choices():
    distances = {name: choice['rms']['all'] for name, choice in KEPT['choices'].items()}
    assert distances['the defaults'] < min(distances.values()) + 0.005  # within what 60 networks tell
    assert distances['norm: batch'] > 1.5 * distances['the defaults']


def test_kept_points_are_those_of_the_analysis():
    for computed, kept in zip(BENCHMARK.compare(FOUND), KEPT['points'], strict=True):
        assert computed == pytest.approx(kept, abs=1.5e-4)  # what is kept is rounded
    single = [row['difference'] for row in KEPT['points'] if row['kind'] in ('1x1', '3x3')]
    assert max(map(abs, single)) < 0.06


@pytest.mark.parametrize('part', ['block', 'expand', 'depthwise', 'project'])
def test_kept_profile_is_of_the_same_parts_with_both_weights(part):
    names = ('block', 'part', 'channels', 'columns')
    trained, random = (
        [[one[name] for name in names] for one in PROFILE[which] if one['part'] == part]
        for which in ('trained', 'random')
    )
    assert trained == random
    assert len(trained) >= 15


@pytest.mark.slow
def test_benchmark_compares_every_value_of_the_figure(tmp_path):
    options = ['--networks', '1', '--few', '1', '--out', str(tmp_path / 'result.json')]
    CliRunner().invoke(BENCHMARK.main, options)  # with so few, orders may not hold
    result = json.loads((tmp_path / 'result.json').read_text())
    assert result.keys() == KEPT.keys()
    read = sum(len(row) for by_ratio in ranks.FIGURE.values() for row in by_ratio.values())
    assert len(result['points']) == len(KEPT['points']) == read
    assert result['choices'].keys() == KEPT['choices'].keys() == BENCHMARK.CHOICES.keys()
