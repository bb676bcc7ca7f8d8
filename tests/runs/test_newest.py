"""A training goes on from the newest checkpoint that is whole, and says what it passed over."""

import os
import shutil

import pytest
import torch

from mmchan.errors import InputError
from mmchan.runs.config import config_to_train
from mmchan.runs.newest import check_whole, newest_whole, passed_over
from mmchan.runs.workdir import point_at


def save(path, *, at=0, iteration=1, optimizer=True, **meta):
    """A checkpoint of a Runner that was saved at a time."""
    meta = {'epoch': 1, 'iter': iteration, 'saved_time': at, **meta}
    content = {'meta': meta, 'state_dict': {'a': torch.arange(999.0)}, 'message_hub': {}}
    path.parent.mkdir(exist_ok=True)
    torch.save({**content, **({'optimizer': {}} if optimizer else {})}, path)
    return path


def damage(path):
    """Change a byte of the weights."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path


def age(path, seconds):
    os.utime(path, (1e9 - seconds, 1e9 - seconds))


@pytest.fixture
def run(tmp_path):
    """A run with two checkpoints, the times of whose files tell the contrary."""
    age(save(tmp_path / 'run' / 'epoch_2.pth', at=2, iteration=20), 9)
    age(save(tmp_path / 'run' / 'epoch_1.pth', at=1, iteration=10), 5)
    return tmp_path / 'run'


def test_newest_is_the_one_that_was_saved_last(run):
    assert newest_whole(run).path == str(run / 'epoch_2.pth')


def test_longer_training_that_was_there_before_is_not_newer(run):
    save(run / 'epoch_9.pth', at=0, iteration=90)
    assert newest_whole(run).path == str(run / 'epoch_2.pth')


@pytest.mark.parametrize(
    ('time', 'newest'), [('20240101_000000', 'epoch_2'), ('20240101_000001', 'epoch_3')], ids=str
)
def test_checkpoints_of_mmengine_tell_their_date(tmp_path, time, newest):
    for name, iteration, date in (('epoch_2', 20, '20240101_000000'), ('epoch_3', 15, time)):
        path = save(tmp_path / f'{name}.pth', iteration=iteration, time=date)
        content = torch.load(path)
        del content['meta']['saved_time']
        torch.save(content, path)
    assert newest_whole(tmp_path).path == str(tmp_path / f'{newest}.pth')


def test_file_that_was_saved_after_the_pointer_was_written_is_newer(run):
    point_at(run, str(run / 'epoch_1.pth'))
    age(save(run / 'iter_15.pth', at=3, iteration=15), 1)
    assert newest_whole(run).path == str(run / 'iter_15.pth')


def test_older_files_are_not_read_where_the_pointed_one_is_whole(run):
    point_at(run, str(run / 'epoch_1.pth'))
    age(damage(run / 'epoch_2.pth'), 9)
    choice = newest_whole(run)
    assert (choice.path, choice.passed) == (str(run / 'epoch_1.pth'), {})


def test_damaged_ones_are_passed_over_and_told(run):
    point_at(run, str(damage(run / 'epoch_2.pth')))
    choice = newest_whole(run)
    assert choice.path == str(run / 'epoch_1.pth')
    (finding,) = passed_over(run, choice.path)
    assert finding.where == f'passed over to resume from {run}/epoch_1.pth'
    assert f'{run}/epoch_2.pth is cut off or damaged' in finding.what


def test_nothing_is_told_where_nothing_was_passed_over(run):
    point_at(run, str(run / 'epoch_2.pth'))
    assert passed_over(run, newest_whole(run).path) == []


def test_all_are_named_where_none_is_whole(run):
    for name in ('epoch_1.pth', 'epoch_2.pth'):
        damage(run / name)
    save(run / 'epoch_3.pth', optimizer=False)
    with pytest.raises(InputError, match='3 things are to be mended') as error:
        newest_whole(run)
    for reason in (
        'epoch_1.pth is cut off or damaged',
        'epoch_2.pth is cut',
        'epoch_3.pth cannot be resumed',
    ):
        assert reason in str(error.value)


def test_best_ones_and_published_ones_are_no_candidates(run):
    save(run / 'best_score_epoch_2.pth', at=9, optimizer=False)
    save(run / 'mine.pth', at=9, optimizer=False)
    choice = newest_whole(run)
    assert (choice.path, choice.passed) == (str(run / 'epoch_2.pth'), {})


def test_folder_without_checkpoints_has_none(tmp_path):
    save(tmp_path / 'best_score_epoch_2.pth', optimizer=False)
    assert newest_whole(tmp_path).path is None
    assert newest_whole(tmp_path / 'absent').path is None


def test_checkpoints_kept_elsewhere_are_found(run, tmp_path):
    kept = save(tmp_path / 'kept' / 'epoch_3.pth', at=3)
    point_at(run, str(kept))
    assert newest_whole(run).path == str(kept)
    damage(kept)
    assert newest_whole(run).path == str(run / 'epoch_2.pth')


def test_what_is_kept_in_a_store_is_left_to_the_runner(run):
    point_at(run, 's3://bucket/epoch_3.pth')
    assert newest_whole(run).path == 's3://bucket/epoch_3.pth'


def test_moved_folder_goes_on_with_what_is_in_it(run, tmp_path):
    point_at(run, str(run / 'epoch_2.pth'))
    shutil.move(run, tmp_path / 'moved')
    assert newest_whole(tmp_path / 'moved').path == str(tmp_path / 'moved' / 'epoch_2.pth')


@pytest.mark.parametrize(
    ('wrong', 'reason'), [('damaged', 'is cut off or damaged'), ('weights', "it lacks the optimizer's state")]
)
def test_named_checkpoint_that_will_not_do_is_refused_and_another_one_named(run, wrong, reason):
    path = save(run / 'epoch_3.pth', at=3, optimizer=wrong == 'damaged')
    if wrong == 'damaged':
        damage(path)
    with pytest.raises(InputError, match=rf'epoch_3\.pth .*{reason}.*--resume {run}/epoch_2\.pth$'):
        check_whole(path)


def test_where_nothing_else_will_do_it_is_said(tmp_path):
    with pytest.raises(InputError, match='nor can any other there'):
        check_whole(damage(save(tmp_path / 'epoch_1.pth')))


CONFIG = """
load_from = 'pretrained.pth'
model = dict(type='A')
"""


@pytest.mark.parametrize('saved', [True, False], ids=['resumed', 'begun'])
def test_training_from_pretrained_weights_begins_with_them_and_goes_on_without(run, tmp_path, saved):
    (tmp_path / 'net.py').write_text(CONFIG)
    cfg = config_to_train(
        tmp_path / 'net.py', work_dir=str(run if saved else tmp_path / 'new'), resume='auto'
    )
    expected = (True, str(run / 'epoch_2.pth')) if saved else (False, 'pretrained.pth')
    assert (cfg.resume, cfg.load_from) == expected
