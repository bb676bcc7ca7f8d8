"""A sweep config is read, or refused with all that is wrong in it."""

import pytest

from mmchan.design import spaces
from mmchan.design.sweeps.settings import canonical, read_space, read_sweep
from mmchan.errors import InputError
from tests.cli.command_lines import DIGITS, ROOT
from tests.design.sweeps.sweeps import sweep

GOOD = {
    'space': {'name': 'anynetx_a', 'macs': (0.36e6, 0.44e6), 'resolution': 8, 'num_classes': 10},
    'count': 8,
    'train': str(DIGITS),
    'epochs': 2,
}


def written(folder, **settings):
    """A sweep config with the settings that are not None."""
    path = folder / 'small.py'
    lines = [f'{name} = {value!r}' for name, value in {**GOOD, **settings}.items() if value is not None]
    path.write_text('\n'.join(lines))
    return path


def read(folder, **settings):
    return read_sweep(written(folder, **settings))


def test_config_is_read_with_the_training_config_in_it(tmp_path):
    found = read(tmp_path, seed=3, cfg_options={'optim_wrapper.optimizer.lr': 0.5})
    assert (found.name, found.count, found.seed, found.repeats) == ('anynetx_a', 8, 3, 1)
    assert found.space.to_config() == spaces.get(**GOOD['space']).to_config()
    assert found.config['optim_wrapper']['optimizer']['lr'] == 0.5
    assert "'lr'" in found.text or 'lr=0.5' in found.text
    assert type(found.config['model']) is dict


def test_training_config_lies_beside_the_sweep_or_in_a_package(tmp_path):
    (tmp_path / 'digits.py').write_text(f'_base_ = [{str(DIGITS)!r}]')
    assert read(tmp_path, train='digits.py').config == read(tmp_path).config
    found = read(tmp_path, train='mmpretrain::resnet/resnet18_8xb32_in1k.py')
    assert found.config['model']['backbone']['depth'] == 18


def test_all_faults_are_told_at_once(tmp_path):
    wrong = {'count': 0, 'epoch': 3, 'seed': -1, 'path': 'quick', 'timeout': 'long', 'epochs': None}
    with pytest.raises(InputError, match='has 6 faults') as told:
        read(tmp_path, **wrong)
    for part in (
        "unknown setting 'epoch'; did you mean 'epochs'",
        'a sweep must be given with epochs',
        'count must be an integer >= 1, got 0',
        'seed must be an integer >= 0, got -1',
        "unknown path 'quick'",
        "timeout must be a number of seconds > 0, got 'long'",
    ):
        assert part in str(told.value)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'space': 'anynetx_f'}, "unknown space 'anynetx_f'; did you mean 'anynetx_"),
        (
            {'space': {'name': 'regnetx', 'mac': 3}},
            "unknown key of a space by name 'mac'; did you mean 'macs'",
        ),
        ({'space': 3}, 'space must be the name of a space'),
        ({'train': 'digit.py'}, 'there is no config'),
        ({'train': 'mmpretrain::resnet/none.py'}, "train 'mmpretrain::resnet/none.py': .*does not exist"),
        ({'train': 'nopkg::none.py'}, "train 'nopkg::none.py'"),
        ({'cfg_options': {'optim_wrapper.optimizer.lr.x': 1}}, 'optim_wrapper'),
        ({'full': 0.5}, 'full and short_epochs must be given together'),
        ({'full': 2, 'short_epochs': 1}, 'full must be a share of the networks'),
        ({'full': 0.5, 'short_epochs': 2}, 'short_epochs must be < 2'),
        ({'repeats': True}, 'repeats must be an integer'),
    ],
)
def test_fault_says_what_is_allowed(tmp_path, settings, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, **settings)


def test_missing_and_broken_configs_are_told(tmp_path):
    with pytest.raises(InputError, match='there is no config'):
        read_sweep(tmp_path / 'none.py')
    (tmp_path / 'broken.py').write_text('count = (')
    with pytest.raises(InputError, match='no valid Python'):
        read_sweep(tmp_path / 'broken.py')


def test_space_by_name_takes_laws_and_constraints_in_addition():
    added = read_space(
        {
            **GOOD['space'],
            'laws': {'group_widths': 8},
            'constraints': [{'type': 'Rising', 'of': 'widths'}],
        }
    )
    base = spaces.get(**GOOD['space'])
    assert added.laws['group_widths'] == 8
    assert [one.label for one in added.constraints[1:]] == [spaces.Rising('widths').label]
    assert added.constraints[0] == base.constraints[0]


def test_space_of_ones_own_is_read_as_it_is_written():
    own = spaces.get('regnetx', macs=(20e6, 40e6))
    assert read_space(own.to_config()).to_config() == own.to_config()


@pytest.mark.parametrize(
    'change',
    [
        {'count': 9},
        {'seed': 1},
        {'epochs': 3},
        {'repeats': 2},
        {'objective': 'accuracy/top5'},
        {'higher_is_better': False},
        {'path': 'fast'},
        {'config': {'model': {'depth': 4}}},
        {'full': 0.5, 'short_epochs': 1},
        {'space': spaces.get('anynetx_b')},
    ],
    ids=lambda change: next(iter(change)),
)
def test_digest_is_of_all_that_changes_results(change):
    given = {'space': sweep().space, **change}
    fields = {**vars(sweep()), **given}
    assert type(sweep())(**fields).digest != sweep().digest


def test_digest_is_not_of_names_and_times():
    assert sweep(name='other', timeout=3.0, train='moved.py', text='# the same').digest == sweep().digest


def test_digest_of_a_config_knows_tuples_from_lists_and_no_order():
    assert canonical({'b': 1, 'a': (1, 2)}) == canonical({'a': (1, 2), 'b': 1})
    assert canonical({'a': (1, 2)}) != canonical({'a': [1, 2]})


def test_our_own_training_config_does_not_depend_on_where_it_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    there = read(tmp_path)
    monkeypatch.chdir(ROOT)
    assert read(tmp_path).digest == there.digest
