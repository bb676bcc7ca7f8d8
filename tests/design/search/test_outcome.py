"""What a search found: tenths, best networks and conventions, from trials whose errors are known."""

import json

import numpy as np
import pytest
from mmengine.config import Config

from mmchan.design import search, spaces
from mmchan.design.search.outcome import numbers, read_search
from mmchan.design.search.picture import picture_of
from mmchan.design.search.running import run_search, with_conventions
from mmchan.design.search.winners import write_winners
from mmchan.design.sweeps.view import NoDisplay
from mmchan.drawing.search import plot_search
from mmchan.errors import InputError
from mmchan.runs.config import load_config
from tests.design.sweeps.sweeps import pool_of, sweep

SPACE = spaces.rexnet('piecewise', blocks=5).within(macs=(0, 30e6))
NAMES = ['mobilenet_v2', 'rexnet']


def _search(folder, **changes):
    given = sweep(**{'space': SPACE, 'count': 12, 'conventions': NAMES, **changes})
    workers = pool_of(folder, trials='failing_by_raising')
    run_search(given, folder, workers=workers, display=NoDisplay)
    return read_search(folder)


@pytest.fixture(scope='module')
def outcome(tmp_path_factory):
    """Random search with two trainings of each network, of which some fail."""
    return _search(tmp_path_factory.mktemp('search'), repeats=2)


def _rows(folder):
    return [json.loads(line) for line in (folder / 'trials.jsonl').read_text().splitlines()]


def test_error_of_a_network_is_the_mean_of_its_trainings(tmp_path):
    outcome = _search(tmp_path, repeats=2)
    rows = _rows(tmp_path)
    for index in range(12):
        mine = [row['last'] for row in rows if row['index'] == index]
        if None in mine:
            assert np.isnan(outcome.searched.errors[index])
        else:
            assert outcome.searched.errors[index] == pytest.approx(sum(mine) / 2)
            assert outcome.searched.spread[index] == pytest.approx(abs(mine[0] - mine[1]) / 2**0.5)


def test_tenths_are_those_of_the_networks_that_trained(outcome):
    errors = np.sort(outcome.searched.errors[~np.isnan(outcome.searched.errors)])
    told = numbers(outcome)
    assert 0 < told['failed'] < 12  # some of both
    assert told['tenths']['best']['mean'] == errors[0]
    assert told['tenths']['worst']['mean'] == errors[-1]
    assert told['tenths']['middle']['mean'] == errors[(len(errors) - 1) // 2]
    assert [one['error'] for one in told['best']] == errors[:3].tolist()


def test_conventions_stand_beside_the_searched(outcome):
    told = numbers(outcome)
    assert [one['name'] for one in told['conventions']] == NAMES
    for one in told['conventions']:
        assert one['widths'] == list(search.conventional(one['name'], SPACE).plan(0).widths)
    done = outcome.searched.errors[outcome.searched.done]
    for one in told['conventions']:
        below = None if one['error'] is None else np.mean(done < one['error'])
        assert one['error'] is None or one['share_of_searched_that_is_better'] == below


def test_space_without_widths_per_block_has_no_conventions_unless_they_are_named():
    assert with_conventions(sweep()) is None
    with pytest.raises(InputError, match='a width for every block'):
        with_conventions(sweep(conventions=['rexnet']))


def test_best_networks_are_configs_that_build(outcome, tmp_path):
    config = load_config('configs/_base_/recipes/sweep_digits-8x8_1xb64.py').to_dict()
    first, second = write_winners(outcome, config, tmp_path, count=2)
    backbone = Config.fromfile(first).model.backbone
    assert backbone.arch == numbers(outcome)['best'][0]['arch']
    assert Config.fromfile(first).train_cfg.max_epochs == outcome.settings['epochs']
    assert first.read_text().startswith(f'# python tools/train.py {first}\n# Number 1 of 12 networks')
    assert second.name == 'best-2.py'


def test_picture_is_drawn(outcome, tmp_path):
    plot_search(picture_of(outcome, numbers(outcome)), tmp_path / 'search.svg')
    text = (tmp_path / 'search.svg').read_text()
    assert '<svg' in text
    assert picture_of(outcome, numbers(outcome)).best_so_far[-1] == np.nanmin(outcome.searched.errors)


def test_search_with_too_few_networks_has_no_tenths(tmp_path):
    outcome = _search(tmp_path, count=2, conventions=[])
    with pytest.raises(InputError, match='tenths need 3 trained networks'):
        numbers(outcome)
