"""Our checkpoint hook saves what MMEngine's does, also inside epochs, and loses nothing where it cannot."""

import hashlib
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmengine.runner import runner as mmengine_runner

from mmchan.errors import InputError
from mmchan.files import UNFINISHED
from mmchan.registry import HOOKS
from mmchan.runs.hooks import checkpoint
from mmchan.runs.hooks.checkpoint import CheckpointHook
from mmchan.runs.newest import newest_whole
from mmchan.runs.runner import ExactRunner
from mmchan.runs.workdir import last_checkpoint, pointed
from mmchan.weights.checkpoints import read_checkpoint
from tests import mmengine_globals
from tests.benchmark_scripts import load

crash_points = load('crash_points')
EPOCHS, ITERATIONS = crash_points.EPOCHS, crash_points.ITERATIONS  # 2 epochs of 4 iterations, or 8
BEST = {'save_best': 'score', 'rule': 'greater'}  # grows with every iteration
TWO_BEST = {'save_best': ['score', 'cost'], 'rule': ['greater', 'less']}


class Killed(BaseException):
    """Ends a training as SIGKILL does: nothing of it tidies up files."""


@HOOKS.register_module(force=True)
class Eye(Hook):
    """Looks at the folder after every iteration, after all other hooks; may end the training there.

    Args:
        kill_after: Iterations; None lets it end.
        save_at: Iteration at which to call save_now, twice.
    """

    priority = 'LOWEST'

    def __init__(self, kill_after: int | None = None, save_at: int | None = None) -> None:
        self.kill_after, self.save_at = kill_after, save_at
        self.seen: list[list[str]] = []
        self.saved: list[str] = []

    def after_train_iter(self, runner: Runner, **arguments: object) -> None:
        """Look."""
        done = runner.iter + 1
        if done == self.save_at:
            hook = next(hook for hook in runner.hooks if isinstance(hook, CheckpointHook))
            self.saved = [hook.save_now(runner), hook.save_now(runner), hook.attempts]
        self.seen.append(names(runner.work_dir))
        if done == self.kill_after:
            raise Killed


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Trainings of a moment."""
    monkeypatch.setattr(mmengine_runner, 'collect_env', dict)  # asks compilers


def names(folder):
    """Checkpoints, and whatever is unfinished."""
    return sorted(
        path.name for path in Path(folder).iterdir() if path.suffix == '.pth' or UNFINISHED in path.name
    )


def train(place, loop=EPOCHS, *, kind=ExactRunner, run='run', eye=None, **settings):
    """Train, from the newest checkpoint; the Runner and what its folder holds."""
    mmengine_globals.forget()  # of a training before it in the same second
    cfg = crash_points.config(place, loop, settings)
    cfg.work_dir = str(place / run)
    cfg.load_from = newest_whole(cfg.work_dir).path
    cfg.resume = cfg.load_from is not None
    cfg.default_hooks.timer = cfg.default_hooks.logger = None
    runner = kind.from_cfg(cfg)
    runner.register_hook(eye or Eye())
    runner.train()
    return runner, names(cfg.work_dir)


def in_the_way(place, *names):
    """Folders where checkpoints should be put."""
    for name in names:
        (place / 'run' / name / 'something').mkdir(parents=True)


pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ('loop', 'settings'),
    [
        (EPOCHS, {'interval': 1}),
        (EPOCHS, {'interval': 1, 'max_keep_ckpts': 1, **BEST}),
        (
            EPOCHS,
            {
                'interval': 2,
                'filename_tmpl': 'e{}.pth',
                'save_best': ['score', 'cost'],
                'rule': ['greater', 'less'],
            },
        ),
        (EPOCHS, {'interval': -1, 'save_last': False, 'save_best': 'auto', 'rule': 'less'}),
        (ITERATIONS, {'by_epoch': False, 'interval': 2, 'save_begin': 4, 'max_keep_ckpts': 2, **BEST}),
    ],
    ids=['all', 'best', 'two best', 'auto', 'iterations'],
)
def test_files_are_those_of_mmengines_hook(tmp_path, loop, settings):
    _, ours = train(tmp_path, loop, **settings)
    _, theirs = train(tmp_path, loop, kind=Runner, run='stock', **settings)
    assert ours == theirs
    assert ours


def test_inside_an_epoch_the_newest_is_kept_until_there_is_a_newer_one(tmp_path):
    eye = Eye()
    _, left = train(tmp_path, interval=1, iters=1, eye=eye)
    first = [['iter_1.pth'], ['iter_2.pth'], ['iter_3.pth'], ['iter_3.pth']]
    assert eye.seen == [*first, *(['epoch_1.pth', f'iter_{done}.pth'] for done in (5, 6, 7, 7))]
    assert left == ['epoch_1.pth', 'epoch_2.pth']


def test_files_that_are_asked_for_are_no_files_inside_an_epoch(tmp_path):
    eye = Eye()
    _, left = train(tmp_path, ITERATIONS, by_epoch=False, interval=4, iters=2, eye=eye)
    assert eye.seen[5:] == [['iter_4.pth', 'iter_6.pth']] * 2 + [['iter_4.pth', 'iter_8.pth']]
    assert left == ['iter_4.pth', 'iter_8.pth']


def test_minutes_count_from_the_last_save(tmp_path, monkeypatch):
    times = iter(range(0, 10**6, 40))
    monkeypatch.setattr(checkpoint, 'clock', lambda: next(times))
    eye = Eye()
    train(tmp_path, {**EPOCHS, 'max_epochs': 1}, interval=1, minutes=1, eye=eye)
    assert eye.seen == [[], ['iter_2.pth'], ['iter_2.pth'], ['iter_2.pth']]


def test_saving_at_once_takes_what_is_saved_already(tmp_path):
    eye = Eye(kill_after=3, save_at=3)
    with pytest.raises(Killed):
        train(tmp_path, interval=1, eye=eye)
    path = str(tmp_path / 'run' / 'iter_3.pth')
    assert eye.saved == [path, path, 1]
    meta = read_checkpoint(path)['meta']
    assert (meta['epoch'], meta['iter']) == (0, 3)
    assert pointed(tmp_path / 'run') == 'iter_3.pth'


@pytest.mark.parametrize('how', [shutil.move, shutil.copytree], ids=['moved', 'copied'])
def test_resumed_elsewhere_it_deletes_what_is_there_and_nothing_else(tmp_path, how):
    settings = {'interval': 1, 'max_keep_ckpts': 1, 'iters': 1, **BEST}
    with pytest.raises(Killed):
        train(tmp_path, eye=Eye(kill_after=6), **settings)
    before = names(tmp_path / 'run')
    assert before == ['best_score_epoch_1.pth', 'epoch_1.pth', 'iter_6.pth']
    how(tmp_path / 'run', tmp_path / 'other')
    _, left = train(tmp_path, run='other', **settings)
    assert left == ['best_score_epoch_2.pth', 'epoch_2.pth']
    assert how is shutil.move or names(tmp_path / 'run') == before


def test_resumed_from_a_foreign_folder_it_deletes_nothing(tmp_path):
    with pytest.raises(Killed):
        train(tmp_path, interval=1, max_keep_ckpts=1, iters=1, eye=Eye(kill_after=6))
    shutil.copytree(tmp_path / 'run', tmp_path / 'own')
    cfg = crash_points.config(tmp_path, EPOCHS, {'interval': 1, 'max_keep_ckpts': 1, 'iters': 1})
    cfg.work_dir, cfg.resume = str(tmp_path / 'own'), True
    cfg.load_from = str(tmp_path / 'run' / 'iter_6.pth')
    mmengine_globals.forget()
    ExactRunner.from_cfg(cfg).train()
    assert names(tmp_path / 'own') == ['epoch_1.pth', 'epoch_2.pth', 'iter_6.pth']


def test_what_a_killed_save_left_is_deleted(tmp_path):
    (tmp_path / 'run').mkdir()
    (tmp_path / 'run' / f'{UNFINISHED}0123').touch()
    _, left = train(tmp_path, {**EPOCHS, 'max_epochs': 1}, interval=1)
    assert left == ['epoch_1.pth']


def test_failed_save_is_told_and_made_up_for_after_the_next_epoch(tmp_path, logged):
    in_the_way(tmp_path, 'epoch_2.pth')
    runner, _ = train(tmp_path, {**EPOCHS, 'max_epochs': 4}, interval=2, max_keep_ckpts=1)
    (warning,) = [text for text in logged.messages if text.startswith('CHECKPOINT NOT SAVED')]
    assert f'{tmp_path}/run/epoch_2.pth: Is a directory' in warning
    assert 'MB are free there' in warning
    saved = [text for text in logged.messages if text.startswith('Saving checkpoint at')]
    said = ['Saving checkpoint at 2 epochs', 'Saving checkpoint at 3 epochs, as the last one failed']
    assert saved == [*said, 'Saving checkpoint at 4 epochs']
    assert runner.message_hub.get_info('keep_ckpt_ids') == [4]
    assert last_checkpoint(tmp_path / 'run').name == 'epoch_4.pth'


def test_training_goes_on_from_the_checkpoint_before_the_failed_one(tmp_path):
    in_the_way(tmp_path, 'epoch_2.pth')
    with pytest.raises(InputError, match='the last checkpoint of this training could not'):
        train(tmp_path, interval=1, max_keep_ckpts=1, iters=3)
    assert names(tmp_path / 'run') == ['epoch_1.pth', 'epoch_2.pth', 'iter_6.pth']
    assert pointed(tmp_path / 'run') == 'iter_6.pth'
    shutil.rmtree(tmp_path / 'run' / 'epoch_2.pth')
    assert train(tmp_path, interval=1, max_keep_ckpts=1, iters=3)[1] == ['epoch_2.pth']


def test_best_checkpoint_that_could_not_be_saved_is_saved_when_resumed(tmp_path):
    in_the_way(tmp_path, 'best_score_epoch_2.pth')
    with pytest.raises(InputError, match='the best checkpoint of this training could not be saved'):
        train(tmp_path, interval=1, **BEST)
    content = read_checkpoint(str(tmp_path / 'run' / 'epoch_2.pth'))
    assert content['message_hub']['runtime_info']['best_ckpt'] == 'best_score_epoch_1.pth'
    shutil.rmtree(tmp_path / 'run' / 'best_score_epoch_2.pth')
    assert train(tmp_path, interval=1, **BEST)[1] == ['best_score_epoch_2.pth', 'epoch_1.pth', 'epoch_2.pth']


def test_published_file_is_named_by_its_hash(tmp_path):
    _, left = train(tmp_path, {**EPOCHS, 'max_epochs': 1}, interval=1, published_keys=['state_dict'])
    (name,) = set(left) - {'epoch_1.pth'}
    content = (tmp_path / 'run' / name).read_bytes()
    assert name == f'epoch_1-{hashlib.sha256(content).hexdigest()[:8]}.pth'
    assert list(torch.load(tmp_path / 'run' / name)) == ['state_dict']


@pytest.mark.parametrize('kind', [ExactRunner, Runner], ids=['ours', "MMEngine's"])
def test_backend_of_ours_replaces_files_at_once(tmp_path, kind):
    (tmp_path / 'run').mkdir()
    (tmp_path / 'run' / 'old').touch()
    os.link(tmp_path / 'run' / 'old', tmp_path / 'run' / 'epoch_1.pth')
    cfg = crash_points.config(tmp_path, {**EPOCHS, 'max_epochs': 1}, {'interval': 1})
    cfg.default_hooks.checkpoint.backend_args = {'backend': 'mmchan.atomic'}
    kind.from_cfg(cfg).train()
    assert (tmp_path / 'run' / 'old').stat().st_size == 0
    assert read_checkpoint(str(tmp_path / 'run' / 'epoch_1.pth'))['meta']['epoch'] == 1


def test_backend_that_is_asked_for_is_left_alone(tmp_path):
    cfg = crash_points.config(tmp_path, {**EPOCHS, 'max_epochs': 1}, {'interval': 1})
    cfg.default_hooks.checkpoint.backend_args = {'backend': 'local'}
    runner = ExactRunner.from_cfg(cfg)
    runner.train()
    (hook,) = [hook for hook in runner.hooks if isinstance(hook, CheckpointHook)]
    assert hook.backend_args == {'backend': 'local'}
    assert names(tmp_path / 'run') == ['epoch_1.pth']


def test_unknown_metric_is_named_with_the_nearest(tmp_path):
    with pytest.raises(InputError, match=r"metric in checkpoint\.save_best 'scores'; did you mean 'score'"):
        train(tmp_path, interval=1, save_best='scores', rule='greater')


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'minutes': 0}, r'checkpoint\.minutes must be a number > 0'),
        ({'iters': 0}, r'checkpoint\.iters must be an integer >= 1'),
        ({'iters': 5, 'filename_tmpl': 'iter_{}.pth'}, r'checkpoint\.filename_tmpl must be another name'),
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        CheckpointHook(**settings)


def decide(rank, folder):
    """One of two processes: its clock says always, the other's never; when both save."""
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{folder}/meeting', rank=rank, world_size=2
    )
    hook = CheckpointHook(minutes=1)
    hook._begin = -1e9 if rank == 0 else 1e9
    saves = [done for done in range(1, 21) if hook._is_time(SimpleNamespace(iter=done - 1))]
    Path(folder, str(rank)).write_text(str(saves))
    torch.distributed.destroy_process_group()


def test_processes_save_when_the_first_one_says_so(tmp_path):
    torch.multiprocessing.start_processes(decide, (str(tmp_path),), nprocs=2, start_method='fork')
    assert [(tmp_path / rank).read_text() for rank in '01'] == ['[10, 20]'] * 2
