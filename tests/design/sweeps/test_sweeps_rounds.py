"""A sweep whose sampler learns: the same table whoever works, and from wherever it goes on."""

import numpy as np
import pytest

from mmchan.design import spaces
from mmchan.design.sweeps import read_results
from tests.design.sweeps.sweeps import ran, sweep

SPACE = spaces.rexnet('linear', blocks=5).within(macs=(0, 30e6))
SEARCH = {'sampler': 'tpe', 'batch': 3, 'count': 8, 'space': SPACE}


@pytest.fixture(scope='module')
def expected(tmp_path_factory):
    """The rows of a search that nothing disturbs."""
    return ran(tmp_path_factory.mktemp('search'), given=sweep(**SEARCH), trials='failing_by_raising')


def test_search_trains_as_many_networks_as_it_shall_and_keeps_them(tmp_path, expected):
    ran(tmp_path, given=sweep(**SEARCH), trials='failing_by_raising')
    results = read_results(tmp_path)
    assert [row['network'] for row in expected] == results.population.ids.tolist()
    assert len(set(results.population.ids)) == 8
    assert [row['index'] for row in expected] == list(range(8))
    assert results.settings['sampler'] == 'tpe'


def test_what_a_search_draws_depends_on_the_errors(expected, tmp_path):
    others = ran(tmp_path, given=sweep(**SEARCH), trials='drawn')
    networks, other = ([row['network'] for row in rows] for rows in (expected, others))
    assert networks[:3] == other[:3]  # nothing is known yet


@pytest.mark.parametrize('workers', [1, 2])
def test_workers_do_not_change_a_search(tmp_path, expected, workers):
    rows = ran(tmp_path, 'processes', given=sweep(**SEARCH), trials='failing_by_raising', workers=workers)
    assert rows == expected


@pytest.mark.parametrize('recorded', [1, 3, 5])
def test_search_goes_on_from_any_part_of_its_table(tmp_path, expected, recorded):
    ran(tmp_path, given=sweep(**SEARCH), trials='failing_by_raising')
    table, networks = tmp_path / 'trials.jsonl', tmp_path / 'population.jsonl'
    table.write_text(''.join(table.read_text().splitlines(keepends=True)[:recorded]))
    networks.write_text(''.join(networks.read_text().splitlines(keepends=True)[: 1 + 3]))
    assert ran(tmp_path, given=sweep(**SEARCH), trials='failing_by_raising') == expected


def test_given_networks_are_trained_as_they_are(tmp_path):
    space = sweep().space
    chosen = spaces.sample(space, seed=9, count=4).take(np.array([3, 1]))
    rows = ran(tmp_path, given=sweep(given=chosen, count=2))
    assert [row['network'] for row in rows] == chosen.ids.tolist()
