"""Populations that were trained: packed, they are what they were; those that are kept can be read."""

import pytest

from mmchan.design import list_populations, load_population
from mmchan.design.sweeps import read_results
from mmchan.design.tables import FOLDER, MOST_BYTES, pack, read_packed
from mmchan.errors import InputError
from mmchan.home import home
from tests.design.sweeps.sweeps import ran, sweep


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    """Two sweeps of trials that train nothing."""
    root = tmp_path_factory.mktemp('sweeps')
    for name, seed in (('first', 0), ('second', 1)):
        ran(root / name, given=sweep(seed=seed, name=name), trials='failing_by_raising')
    return [root / 'first', root / 'second']


def test_packed_sweeps_are_what_they_were(folders, tmp_path):
    pack(folders, tmp_path / 'both.zip')
    read = read_packed(tmp_path / 'both.zip')
    assert list(read) == ['first', 'second']
    for folder in folders:
        before, after = read_results(folder), read[folder.name]
        assert after.rows == before.rows
        assert after.settings == before.settings
        assert after.population.ids.tolist() == before.population.ids.tolist()


def test_same_results_give_the_same_bytes(folders, tmp_path):
    for name in ('a.zip', 'b.zip'):
        pack(folders, tmp_path / name)
    assert (tmp_path / 'a.zip').read_bytes() == (tmp_path / 'b.zip').read_bytes()


def test_folder_that_is_no_sweep_is_refused_and_nothing_is_written(folders, tmp_path):
    with pytest.raises(InputError, match='no folder of a sweep'):
        pack([*folders, tmp_path], tmp_path / 'x.zip')
    with pytest.raises(InputError, match='different names'):
        pack([folders[0], folders[0]], tmp_path / 'x.zip')
    assert not (tmp_path / 'x.zip').exists()


def test_damaged_file_is_refused(folders, tmp_path):
    path = tmp_path / 'x.zip'
    pack(folders, path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match='no table of populations'):
        read_packed(path)


@pytest.mark.parametrize('name', list_populations())
def test_kept_population_is_whole_and_small(name):
    assert (home() / FOLDER / f'{name}.zip').stat().st_size < MOST_BYTES
    for results in load_population(name).values():
        repeats = results.settings['repeats']
        assert len(results) == results.settings['count'] * repeats
        assert results.broken == 0


def test_unknown_population_names_the_nearest():
    with pytest.raises(InputError, match="did you mean 'digits'"):
        load_population('digts')
