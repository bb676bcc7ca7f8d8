"""The folder of a run is read by one module."""

import os

import pytest

from mmchan.channels import InputError
from mmchan.runs.workdir import (
    checkpoints,
    default_work_dir,
    last_checkpoint,
    newest_log,
    newest_metrics,
    point_at,
    pointed,
)


def write(path, text='', *, age=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (1e9 - age, 1e9 - age))
    return path


def test_default_is_named_by_the_config():
    assert default_work_dir('configs/a/net_1xb64.py').as_posix() == 'work_dirs/net_1xb64'


@pytest.mark.parametrize('other_exists', [True, False], ids=['copied', 'moved'])
def test_last_checkpoint_is_the_one_in_the_folder(tmp_path, other_exists):
    other = tmp_path / 'other' / 'epoch_3.pth'
    if other_exists:
        write(other)
    ours = write(tmp_path / 'run' / 'epoch_3.pth')
    write(tmp_path / 'run' / 'last_checkpoint', f'{other}\n')
    assert last_checkpoint(tmp_path / 'run') == ours


def test_last_checkpoint_may_be_kept_elsewhere(tmp_path):
    kept = write(tmp_path / 'kept' / 'epoch_3.pth')
    write(tmp_path / 'run' / 'last_checkpoint', str(kept))
    assert last_checkpoint(str(tmp_path / 'run')) == kept


@pytest.mark.parametrize(
    ('checkpoint', 'text'),
    [
        ('run/epoch_3.pth', 'epoch_3.pth'),
        ('run/sub/a.pth', 'sub/a.pth'),
        ('kept/a.pth', None),
        ('s3://b/a.pth', None),
    ],
)
def test_pointer_is_relative_to_the_folder_if_it_can_be(tmp_path, monkeypatch, checkpoint, text):
    monkeypatch.chdir(tmp_path)
    point_at('run', checkpoint)
    assert pointed(tmp_path / 'run') == (text or checkpoint)
    if '://' not in checkpoint:
        write(tmp_path / checkpoint)
        assert last_checkpoint('run').samefile(checkpoint)


def test_pointer_without_text_is_none(tmp_path):
    write(tmp_path / 'last_checkpoint', '\n')
    assert last_checkpoint(tmp_path) is None


def test_checkpoints_are_those_of_the_folder_and_beside_the_last_one(tmp_path):
    for name in (
        'run/epoch_1.pth',
        'run/best_a_epoch_1.pth',
        'run/a.txt',
        'kept/epoch_2.ckpt',
        'kept/epoch_1.pth',
    ):
        write(tmp_path / name)
    write(tmp_path / 'run' / 'last_checkpoint', str(tmp_path / 'kept' / 'epoch_2.ckpt'))
    found = {path.relative_to(tmp_path).as_posix() for path in checkpoints(tmp_path / 'run')}
    assert found == {'run/epoch_1.pth', 'kept/epoch_2.ckpt', 'kept/epoch_1.pth'}


def test_folder_without_a_checkpoint_has_none(tmp_path):
    assert last_checkpoint(tmp_path) is None


def test_deleted_checkpoint_is_named(tmp_path):
    write(tmp_path / 'last_checkpoint', '/gone/epoch_9.pth')
    with pytest.raises(InputError, match=r"last_checkpoint names '/gone/epoch_9\.pth', which does not exist"):
        last_checkpoint(tmp_path)


def test_newest_log_and_metrics_are_those_of_the_last_start(tmp_path):
    for name, age in (('2', 5), ('1', 0), ('3', 9)):
        write(tmp_path / name / f'{name}.log', age=age)
        write(tmp_path / name / f'{name}.json', f'{{"step": 1}}\n{{"coco/bbox_mAP": {name}}}\n', age=age)
        write(tmp_path / name / 'vis_data' / 'scalars.json', '{}')
    assert newest_log(tmp_path) == tmp_path / '1' / '1.log'
    assert newest_metrics(tmp_path) == {'coco/bbox_mAP': 1}


@pytest.mark.parametrize(('read', 'what'), [(newest_log, 'log'), (newest_metrics, 'metrics of a test')])
def test_folder_without_a_run_is_named(tmp_path, read, what):
    with pytest.raises(InputError, match=f'{tmp_path} holds no {what}'):
        read(tmp_path)
