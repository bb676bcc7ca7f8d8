"""A training survives what happens to its files while it saves; the benchmark of this name tries it all."""

import errno

import pytest
from mmengine.runner import runner as mmengine_runner

from tests.benchmark_scripts import load

crash_points = load('crash_points')
KIND = 'epochs'  # of all kinds of saves


@pytest.fixture(scope='module')
def whole(tmp_path_factory):
    """A training that nothing happens to; how its operations were watched is checked there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmengine_runner, 'collect_env', dict)
        crash_points.import_libraries()
        place = tmp_path_factory.mktemp('whole')
        yield crash_points.reference(place, KIND), place


pytestmark = pytest.mark.slow


def test_all_kinds_of_operations_of_all_kinds_of_saves_are_watched(whole):
    done = whole[0].done
    assert {'open', 'write', 'fsync', 'close', 'rename', 'remove'} <= {operation.kind for operation in done}
    assert {operation.save.partition(',')[0] for operation in done} == {'inside', 'epoch or interval', 'best'}
    assert {whole[0].saved(number, 'rename') for number in range(len(done) + 1)} == {0, 2, 4, 6, 8}


def test_after_any_power_cut_there_is_what_was_saved(whole, tmp_path):
    reference, place = whole
    for number, least, state in crash_points.power_cuts(reference, place).values():
        folder = tmp_path / f'{number}-{hash(tuple(sorted(state.items())))}'
        folder.mkdir()
        crash_points.lay_down(folder, state)
        assert crash_points.resumed_from(folder) >= least


@pytest.mark.parametrize('error', [None, errno.ENOSPC], ids=['died', 'disk full'])
@pytest.mark.parametrize('part', [0.11, 0.47, 0.83])
def test_training_that_is_resumed_ends_as_if_nothing_had_happened(whole, tmp_path, error, part):
    reference, _ = whole
    number = int(part * len(reference.done))
    happens = crash_points.death if error is None else crash_points.failure
    settings = {} if error is None else {'error': error}
    assert list(happens(tmp_path, reference, number, **settings)) == []


def test_saves_that_are_not_atomic_are_found_out(whole, tmp_path, monkeypatch):
    """The test can fail: with files that are written in their place."""
    monkeypatch.setattr('mmchan.runs.backend.write_durably', lambda path, content: path.write_bytes(content))
    (tmp_path / 'once').mkdir()
    reference = crash_points.reference(tmp_path / 'once', KIND)
    least = {}
    for number, saved, state in crash_points.power_cuts(reference, tmp_path / 'once').values():
        folder = tmp_path / f'{number}-{hash(tuple(sorted(state.items())))}'
        folder.mkdir()
        crash_points.lay_down(folder, state)
        try:
            least[number] = crash_points.resumed_from(folder) >= saved
        except crash_points.InputError:
            least[number] = False
    assert not all(least.values())
