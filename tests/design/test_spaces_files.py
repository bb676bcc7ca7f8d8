"""Populations as files, spaces as configs."""

import json

import pytest

from mmchan.channels import InputError, get_plan
from mmchan.design import spaces
from mmchan.design.spaces import Measured, PerStage, Space, Uniform, Where
from mmchan.design.spaces.network import network_id
from tests.design.bands import in_band


def test_table_is_read_as_it_was_written(tmp_path):
    space = in_band('anynetx_e').constrained(Measured('blocks', lambda arch: sum(arch['depths'])))
    found = spaces.sample(space, count=12)
    found.write(tmp_path / 'population.jsonl')
    again = spaces.read(tmp_path / 'population.jsonl')
    assert (again.table() == found.table()).all()
    assert again.archs() == found.archs()
    assert (again.seed, again.drawn.draws, again.space) == (0, found.drawn.draws, None)


def test_networks_are_taken_out_of_a_population():
    found = spaces.sample(in_band('anynetx_e'), count=9)
    some = found.take([7, 2])
    assert some.archs() == found.archs([7, 2])
    assert (some.table() == found.table()[[7, 2]]).all()
    assert (some.seed, some.drawn) == (None, None)
    assert len(found.take(found.macs > 380e6)) == (found.macs > 380e6).sum()


def test_space_is_in_the_file_where_it_has_no_functions(tmp_path):
    found = spaces.sample(in_band('regnety'), seed=9, count=5)
    found.write(tmp_path / 'population.jsonl')
    again = spaces.read(tmp_path / 'population.jsonl')
    redrawn = spaces.sample(again.space, seed=again.seed, count=len(again))
    assert (redrawn.ids == found.ids).all()
    assert again.arguments['se_ratio'] == 0.25


def test_row_says_all_that_is_needed_to_build_it(tmp_path):
    spaces.sample(in_band('rexnet_piecewise'), count=3).write(tmp_path / 'population.jsonl')
    heading, *rows = map(json.loads, (tmp_path / 'population.jsonl').read_text().splitlines())
    assert heading['mmchan'] == 'population'
    assert [network_id(get_plan(row['arch'])) for row in rows] == [row['id'] for row in rows]


def test_changed_row_is_refused(tmp_path):
    path = tmp_path / 'population.jsonl'
    spaces.sample(in_band(), count=3).write(path)
    lines = path.read_text().splitlines()
    row = json.loads(lines[2])
    row['arch']['group_width'] = 8 if row['arch']['group_width'] != 8 else 16
    path.write_text('\n'.join([*lines[:2], json.dumps(row), *lines[3:]]))
    with pytest.raises(InputError, match='population.jsonl, line 3: its arch is the network'):
        spaces.read(path)


@pytest.mark.parametrize(('text', 'said'), [
    ('', 'must be a population: a first line that says so, and networks'),
    ('{"a": 1}\n{}', 'must be a population, as its first line says'),
    ('no json', 'cannot be read as JSON Lines'),
])  # fmt: skip
def test_other_files_are_refused(tmp_path, text, said):
    path = tmp_path / 'other.jsonl'
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        spaces.read(path)


@pytest.mark.parametrize('name', spaces.names())
def test_space_is_what_its_config_says(name):
    space = in_band(name)
    again = Space.from_config(json.loads(json.dumps(space.to_config())))
    one, other = (spaces.sample(each, seed=3, count=4).ids.tolist() for each in (space, again))
    assert one == other
    assert again.to_config() == space.to_config()


def test_ones_own_space_is_a_config():
    config = {
        'name': 'narrow beginnings',
        'family': 'rexnet',
        'laws': {
            'first_width': {'type': 'Choice', 'options': [8, 16]},
            'total_growth': {'type': 'Uniform', 'low': 60, 'high': 240, 'quantum': 10},
            'se_ratio': None,
        },
        'constraints': [
            {'type': 'Band', 'of': 'macs', 'high': 4e8},
            {'type': 'Cap', 'of': 'parameters', 'limit': {'type': 'PowerLaw', 'constant': 0, 'slope': 1.2e7}},
        ],
    }
    found = spaces.sample(Space.from_config(config), count=10)
    assert found.macs.max() <= 4e8
    assert set(found.arguments['first_width']) == {8, 16}
    assert found.arch(0)['se_ratio'] is None


@pytest.mark.parametrize(('changes', 'said'), [
    ({'laws': {'widht_mult': 1}}, "unknown parameter of rexnet 'widht_mult'; did you mean 'width_mult'"),
    ({'laws': {'width_mult': {'type': 'LogUnifrom', 'low': 1, 'high': 2}}}, "did you mean 'LogUniform'"),
    ({'laws': {'width_mult': {'low': 1}}}, 'width_mult must name its type, one of Band, '),
    ({'laws': {'width_mult': {'type': 'Uniform', 'low': 1}}}, 'Uniform must be given high, got'),
    ({'laws': {'width_mult': {'type': 'Uniform', 'low': 0, 'high': 1}}}, 'width_mult must be > 0, got 0'),
    ({'laws': {'width_mult': 0}}, 'width_mult must be > 0, got 0'),
    ({'laws': {'divisor': {'type': 'Choice', 'options': [1.5]}}}, 'divisor must be an integer >= 1, got 1.5'),
    ({'laws': {}}, 'laws of mine must be such that something varies'),
    ({'family': 'rexnt'}, "unknown family 'rexnt'; did you mean 'rexnet'"),
    ({'famly': 'rexnet'}, "unknown key of a space 'famly'; did you mean 'family'"),
    ({'constraints': [{'type': 'Band', 'of': 'mac', 'low': 1}]}, "unknown number of mine 'mac'; did you"),
    ({'constraints': [{'type': 'Band', 'of': 'macs', 'low': '1e6'}]}, 'band of macs must be of numbers'),
    ({'constraints': [{'type': 'Rising', 'of': 'widths'}]}, "unknown law per stage of mine 'widths'; did"),
], ids=str)  # fmt: skip
def test_wrong_configs_are_refused(changes, said):
    laws = {'width_mult': {'type': 'Uniform', 'low': 1, 'high': 2, 'quantum': 0.1}}
    config = {'name': 'mine', 'family': 'rexnet', 'laws': laws, **changes}
    with pytest.raises(InputError, match=said):
        Space.from_config(config)


def test_missing_laws_are_named():
    with pytest.raises(InputError, match='laws of mine must be given for w0, wa, wm, group_width'):
        Space(name='mine', family='regnet', laws={'depth': Uniform(1, 9)})


def test_row_law_of_one_number_is_refused():
    with pytest.raises(InputError, match='width_mult is one number: give a law of one value'):
        Space(name='mine', family='rexnet', laws={'width_mult': PerStage(Uniform(1, 2))})


def test_functions_are_in_no_config():
    space = in_band().constrained(Where('odd', lambda column: column('depth') % 2 == 1))
    with pytest.raises(InputError, match='a config cannot say <function'):
        space.to_config()
