"""A training that ended anywhere and was resumed is the same training, bit by bit."""

import pytest

from mmchan.errors import InputError
from mmchan.runs.stopping import EXIT_CODE
from mmchan.weights.checkpoints import read_checkpoint
from tests.runs.exact_runs import ending, kill_resume, train

pytestmark = pytest.mark.slow

# 7 iterations an epoch, 3 epochs, 3 batches a validation, a checkpoint after every second iteration
ENDS = {
    'before any checkpoint': ending('after_train_iter', 1),
    'inside an epoch': ending('after_train_iter', 11),
    'in a save': ending('before_save_checkpoint', 3),
    'between two epochs': ending('after_train_epoch', 2, priority='HIGHEST'),
    'before a validation': ending('before_val_epoch', 2),
    'in a validation': ending('after_val_iter', 5),
    'after a validation': ending('after_val_epoch', 1, priority='HIGHEST'),
    'asked to, inside an epoch': ending('after_train_iter', 11, how='SIGTERM'),
    'asked to, after an epoch': ending('after_train_iter', 14, how='SIGUSR1'),
    'asked to, in a validation': ending('after_val_iter', 5, how='SIGINT'),
}


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """Where all run: the data is written once, by the first."""
    folder = tmp_path_factory.mktemp('exact')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope='module')
def whole(place):
    return train(place / 'whole')


@pytest.mark.parametrize('end', ENDS.values(), ids=ENDS)
def test_resumed_training_is_the_same(whole, tmp_path, end):
    if end['how'] == 'kill':
        train(tmp_path, end=end)
    else:
        with pytest.raises(SystemExit) as stopped:
            train(tmp_path, end=end)
        assert stopped.value.code == EXIT_CODE
    assert not (tmp_path / 'epoch_3.pth').is_file()
    train(tmp_path)
    assert kill_resume.compare(whole, tmp_path) == []


def test_mmengines_runner_is_not_exact(place, tmp_path):
    """What the others compare would differ, were it not for our Runner."""
    stock = {'runner_type': 'Runner', 'runtime_cfg': None}
    whole = train(tmp_path / 'whole', cfg_options=stock)
    ended = train(tmp_path / 'ended', cfg_options=stock, end=ending('after_val_epoch', 1))
    train(ended, cfg_options=stock)
    assert len(kill_resume.compare(whole, ended)) > 50


@pytest.mark.parametrize(('workers', 'persistent'), [(1, True), (2, False)])
def test_number_of_workers_changes_nothing(whole, tmp_path, workers, persistent):
    def change(cfg):
        cfg.train_dataloader.update(num_workers=workers, persistent_workers=persistent)

    train(tmp_path, end=ending('after_train_iter', 9), change=change)
    train(tmp_path)
    assert kill_resume.compare(whole, tmp_path) == []


def test_detector_with_mosaic_and_drawn_sizes(place, tmp_path):
    whole = train(tmp_path / 'whole', 'detection')
    ended = train(tmp_path / 'ended', 'detection', end=ending('after_train_iter', 11))
    train(ended, 'detection')
    assert kill_resume.compare(whole, ended) == []


def without_epochs(cfg):
    cfg.train_dataloader.sampler.type = 'InfiniteSampler'
    cfg.train_cfg = {'by_epoch': False, 'max_iters': 13, 'val_interval': 5}
    cfg.param_scheduler = [{'type': 'CosineAnnealingLR', 'by_epoch': False, 'end': 13}]
    cfg.default_hooks.checkpoint.update(by_epoch=False, interval=4)
    cfg.custom_hooks = cfg.custom_hooks[1:]  # without PreciseBN, which is for epochs


@pytest.mark.parametrize('end', [ending('after_train_iter', 11), ending('after_val_iter', 4)])
def test_training_without_epochs(place, tmp_path, end):
    whole = train(tmp_path / 'whole', change=without_epochs)
    ended = train(tmp_path / 'ended', end=end, change=without_epochs)
    train(ended, change=without_epochs)
    assert kill_resume.compare(whole, ended) == []


def longer(cfg):
    cfg.train_cfg.max_epochs = cfg.param_scheduler[1].end = 4


def test_other_schedule_is_refused_and_followed_when_asked(place, tmp_path):
    train(tmp_path / 'ended', end=ending('after_train_iter', 11))
    with pytest.raises(InputError) as refused:
        train(tmp_path / 'ended', change=longer)
    assert 'max_epochs: 3 in the checkpoint, 4 now' in str(refused.value)
    assert 'param_scheduler[1].end: 3 in the checkpoint, 4 now' in str(refused.value)
    assert '--new-schedule' in str(refused.value)
    train(tmp_path / 'ended', change=longer, new_schedule=True)
    train(tmp_path / 'whole', change=longer)
    rates = [
        read_checkpoint(str(tmp_path / name / 'epoch_4.pth'))['optimizer']['param_groups'][0]['lr']
        for name in ('ended', 'whole')
    ]
    assert rates[0] == pytest.approx(rates[1], rel=1e-6)
