"""MMEngine's checkpoints, at its occasions, such that there is a whole one at every instant."""

import hashlib
import io
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import torch
from mmengine.dist import broadcast, is_main_process, master_only
from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner
from mmengine.runner.checkpoint import CheckpointLoader

from mmchan.errors import InputError, require_known
from mmchan.files import remove_unfinished, sync_folder
from mmchan.runs.backend import ATOMIC
from mmchan.runs.hooks.storage import trouble
from mmchan.runs.workdir import BEST, SAVED, point_at

INSIDE = 'iter_{}.pth'  # a checkpoint inside an epoch
DONE, NOT_NAMED, NOT_SAVED = range(3)  # what became of a save; of the second the file may be there


class DurableCheckpointHook(CheckpointHook):
    """MMEngine's hook; an old checkpoint is deleted when a new one is on the disk, not before.

    Where saving fails, the training goes on. Checkpoints of a local folder are written by the backend
    'mmchan.atomic', unless ``backend_args`` says otherwise. The message hub knows them by name, so that a
    moved work_dir goes on with what is in it.

    Args:
        settings: Arguments of MMEngine's CheckpointHook.
    """

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self.failed = False  # the last checkpoint could not be saved; all processes know
        self.best_failed = False  # one of the last validation
        self.keep_ckpt_ids: list[int] = []
        self.inside: list[str] = []  # names of the checkpoints inside an epoch, oldest first
        self.outdone: list[str] = []  # names of the best ones that are no longer
        self.newest = (-1, '')  # iteration and path of the last checkpoint of this process
        self.attempts = 0
        self._time = 0  # of the last checkpoint, in nanoseconds

    def before_train(self, runner: Runner) -> None:
        """Find out where to save, and what a resumed training has saved."""
        hub = runner.message_hub
        kept = list(hub.pop_info('keep_ckpt_ids', []))  # MMEngine would delete at once what is too many
        if self._is_local(str(self.out_dir or runner.work_dir)):
            self.backend_args = {'backend': ATOMIC}
        super().before_train(runner)
        self.keep_ckpt_ids = []
        if is_main_process() and self.backend_args == {'backend': ATOMIC}:
            self._clean(runner)
        if self._goes_on_here(runner):
            self._take_up(runner, kept)

    def _take_up(self, runner: Runner, kept: list[int]) -> None:
        """Go on with the checkpoints that a resumed training has saved, from the one that it resumes."""
        hub = runner.message_hub
        self.keep_ckpt_ids = kept if self.max_keep_ckpts > 0 else []
        self.inside = list(hub.get_info('inside_ckpts', []))
        self.outdone = list(hub.get_info('outdone_ckpts', []))
        self.last_ckpt = self._found(runner, 'last_ckpt')
        for indicator in self.key_indicators if self.save_best else ():
            self._set_best(indicator, self._found(runner, self._best_key('best_ckpt', indicator)))
        try:
            if is_main_process() and runner._load_from is not None:
                point_at(runner.work_dir, str(runner._load_from))
        except OSError as error:
            runner.logger.warning(f'{error.filename}: {error.strerror}. {trouble(self.out_dir, error)}')
        else:
            self._delete_old(runner, newest=INSIDE.format(runner.iter))

    def _goes_on_here(self, runner: Runner) -> bool:
        """Whether a training is resumed with the checkpoints that are in its folder: those are its own."""
        if not runner._resume or runner._load_from is None:
            return bool(runner._resume)
        folder = str(runner._load_from).rpartition('/')[0]
        if '://' in folder:
            return folder == str(self.out_dir).rstrip('/')
        return Path(folder).resolve() == Path(self.out_dir).resolve()

    def after_train(self, runner: Runner) -> None:
        """Publish what is to be published."""
        if not self.failed:
            self._delete_old(runner, newest=self.inside[-1] if self.inside else '')
        if self.published_keys is None:
            return
        several = getattr(self, 'best_ckpt_path_dict', {}).values()
        paths = [self.last_ckpt if self.save_last else None, getattr(self, 'best_ckpt_path', None), *several]
        for path in dict.fromkeys(path for path in paths if path is not None):
            self._publish_model(runner, path)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Checkpoints of a resumed training are newer, whatever the clock says."""
        meta = checkpoint.get('meta')
        self._time = meta.get(SAVED, 0) if isinstance(meta, Mapping) else 0

    def _save_checkpoint_with_step(self, runner: Runner, step: int, meta: dict) -> None:
        """Save an epoch's checkpoint, or an interval's."""
        name = self.filename_tmpl.format(step)
        ids = [*(kept for kept in self.keep_ckpt_ids if kept != step), step]
        inside = [other for other in self.inside if other != name]
        info = {'last_ckpt': name, 'inside_ckpts': inside, 'outdone_ckpts': self.outdone}
        info |= {'keep_ckpt_ids': ids} if self.max_keep_ckpts > 0 else {}
        settings = {'save_optimizer': self.save_optimizer, 'save_param_scheduler': self.save_param_scheduler}
        settings |= {'meta': dict(meta), 'by_epoch': self.by_epoch, **self.args}
        outcome = self._save(runner, name, info, settings)
        if outcome != NOT_SAVED:
            self.last_ckpt, self.keep_ckpt_ids, self.inside = self._path_of(name), ids, inside
        self._saved(runner, outcome, name, meta['iter'])

    def _saved(self, runner: Runner, outcome: int, name: str, iteration: int) -> bool:
        """Take note of what became of a checkpoint that can be resumed."""
        self.failed = outcome != DONE
        if self.failed:
            return False
        self.newest = iteration, self.file_backend.join_path(self.out_dir, name)
        self._delete_old(runner, newest=name)
        return True

    def _save_best_checkpoint(self, runner: Runner, metrics: Mapping[str, float]) -> None:
        """Save the best checkpoints, and the last one again, which knows them then."""
        if not self.save_best:
            return
        if 'auto' in self.key_indicators:
            self._init_rule(self.rules, [next(iter(metrics))])
        better = [
            indicator for indicator in self.key_indicators if self._is_better(runner, metrics, indicator)
        ]
        self._note_best(runner, [self._save_best(runner, name, metrics[name]) for name in better])

    def _note_best(self, runner: Runner, outcomes: Sequence[int]) -> None:
        """Let the last checkpoint know what became of the best ones."""
        self.best_failed = NOT_SAVED in outcomes
        # where one failed, the last one is not told that the validation is done: resumed, it is repeated
        if DONE in outcomes and not self.best_failed and self.last_ckpt is not None:
            step = runner.epoch if self.by_epoch else runner.iter
            self._save_checkpoint_with_step(runner, step, {'epoch': runner.epoch, 'iter': runner.iter})
        elif self.last_ckpt is None and not self.inside:  # no checkpoint to go on from knows the old ones
            self._delete_old(runner, newest='')

    def _is_better(self, runner: Runner, metrics: Mapping[str, float], indicator: str) -> bool:
        require_known(indicator, metrics, 'metric in checkpoint.save_best')
        rule = self.rules[self.key_indicators.index(indicator)]
        before = runner.message_hub.get_info(
            self._best_key('best_score', indicator), self.init_value_map[rule]
        )
        score = metrics[indicator]
        return score is not None and self.is_better_than[indicator](score, before)

    def _save_best(self, runner: Runner, indicator: str, score: float) -> int:
        done, unit = (runner.epoch, 'epoch') if self.by_epoch else (runner.iter, 'iter')
        name = f'{BEST}{indicator}_{self.filename_tmpl.format(done)}'.replace('/', '_')
        key = self._best_key('best_ckpt', indicator)
        before = runner.message_hub.get_info(key)
        info = {key: name, self._best_key('best_score', indicator): score}
        settings = {'meta': {'epoch': runner.epoch, 'iter': runner.iter}, 'by_epoch': False}
        settings |= {'save_optimizer': False, 'save_param_scheduler': False}
        outcome = self._save(runner, name, info, settings, resumable=False)
        if outcome == NOT_SAVED:  # there is no other occasion
            outcome = self._save(runner, name, info, settings, resumable=False)
        if outcome != NOT_SAVED:
            self.outdone += [before] if before not in (None, name) else []
            self.outdone = [other for other in self.outdone if other != name]
            self._set_best(indicator, self._path_of(name))
        if outcome == DONE:
            runner.logger.info(
                f'The best checkpoint with {score:0.4f} {indicator} at {done} {unit} is saved to {name}.'
            )
        return outcome

    def _save(
        self, runner: Runner, name: str, info: Mapping[str, object], settings: dict, *, resumable: bool = True
    ) -> int:
        """Save a checkpoint that holds ``info`` in its message hub; say in all processes what became of it.

        The message hub is as before where there is no such file afterwards. What it says in the file is still
        there of older ones: a training that is resumed from this one deletes them.
        """
        hub = runner.message_hub
        before = {key: hub.get_info(key) for key in info if key in hub.runtime_info}
        for key, value in info.items():
            hub.update_info(key, value)
        self._time = max(self._time + 1, time.time_ns())
        settings['meta'][SAVED] = self._time
        outcome = main_says(self._write(runner, name, settings, resumable=resumable))
        if outcome == NOT_SAVED:
            for key in info:
                hub.pop_info(key)
            for key, value in before.items():
                hub.update_info(key, value)
        return outcome

    def _write(self, runner: Runner, name: str, settings: Mapping, *, resumable: bool) -> int:
        path = self.file_backend.join_path(self.out_dir, name)
        self.attempts += resumable
        try:
            runner.save_checkpoint(
                self.out_dir, name, self.file_client_args, backend_args=self.backend_args, **settings
            )
            if resumable and is_main_process():
                point_at(runner.work_dir, path)
        except OSError as error:
            again = 'It tries again at the next occasion' if resumable else 'The next better one is saved'
            runner.logger.warning(
                f'CHECKPOINT NOT SAVED: {path}: {error.strerror or error}. What was saved before is kept and '
                f'the training goes on. {again}. {trouble(self.out_dir, error)}'
            )
            # on the disk or about to be, but last_checkpoint does not name it
            return NOT_NAMED if self.file_backend.isfile(path) else NOT_SAVED
        return DONE

    @master_only
    def _publish_model(self, runner: Runner, ckpt_path: str) -> None:
        """Save what is to be published of a checkpoint beside it.

        Raises:
            InputError: Where that fails: the checkpoint is there, and can be published by hand.
        """
        checkpoint = CheckpointLoader.load_checkpoint(ckpt_path, map_location='cpu')
        dropped = [key for key in checkpoint if key not in self.published_keys]
        if dropped:
            runner.logger.info(
                f'Key {dropped} will be removed because they are not found in published_keys. If you want to '
                f'keep them, please set `{dropped}` in published_keys'
            )
        file = io.BytesIO()
        torch.save({key: value for key, value in checkpoint.items() if key in self.published_keys}, file)
        # MMEngine's name has the hash of a pickle that nobody else can make, this one that of the file
        digest = hashlib.sha256(file.getvalue()).hexdigest()[:8]
        final_path = f'{ckpt_path.removesuffix(Path(ckpt_path).suffix)}-{digest}.pth'
        try:
            self.file_backend.put(file.getvalue(), final_path)
        except OSError as error:
            raise InputError(
                f'{final_path} could not be saved: {error.strerror or error}. {trouble(self.out_dir, error)} '
                f'Then publish {ckpt_path}, which is saved'
            ) from error
        runner.logger.info(f'The checkpoint ({ckpt_path}) is published to {final_path}.')

    def _delete_old(self, runner: Runner, *, newest: str) -> None:
        """Delete what nobody needs beside the newest checkpoint; what cannot be deleted is tried again."""
        surplus = self.keep_ckpt_ids[: -self.max_keep_ckpts] if self.max_keep_ckpts > 0 else []
        needed = (newest, _rolled_back_to(runner))
        steps = {self.filename_tmpl.format(step): step for step in surplus}
        gone = self._removed(runner, [*_without([*steps, *self.inside], needed), *self.outdone])
        self.keep_ckpt_ids = _without(self.keep_ckpt_ids, {steps.get(name) for name in gone})
        self.inside, self.outdone = _without(self.inside, gone), _without(self.outdone, gone)
        runner.message_hub.update_info('inside_ckpts', self.inside)
        runner.message_hub.update_info('outdone_ckpts', self.outdone)
        if self.max_keep_ckpts > 0:
            runner.message_hub.update_info('keep_ckpt_ids', self.keep_ckpt_ids)

    def _removed(self, runner: Runner, names: Sequence[str]) -> set[str]:
        """Delete checkpoints if they are there; the names of those that are gone for certain."""
        if not is_main_process() or not names:
            return set(names)
        try:
            for name in names:
                self._remove(runner, name)
            if self.backend_args == {'backend': ATOMIC}:
                sync_folder(Path(self.out_dir))
        except OSError as error:
            reason = f'{error.filename or self.out_dir}: {error.strerror or error}'
            runner.logger.warning(f'An old checkpoint cannot be deleted, it is tried again: {reason}')
            return set()
        return set(names)

    def _remove(self, runner: Runner, name: str) -> None:
        path = self._path_of(name)
        if self.file_backend.isfile(path):
            self.file_backend.remove(path)
        elif self.file_backend.isdir(path):  # DeepSpeed saves folders
            self.file_backend.rmtree(path)
        else:
            return
        if name.startswith(BEST):
            runner.logger.info(f'The previous best checkpoint {path} is removed')

    def _clean(self, runner: Runner) -> None:
        """Delete what killed saves have left."""
        for folder in {Path(self.out_dir), Path(runner.work_dir)}:
            try:
                remove_unfinished(folder)
            except OSError as error:
                runner.logger.warning(f'{error.filename}, left by a killed save, cannot be deleted: {error}')

    def _is_local(self, folder: str) -> bool:
        return self.backend_args is None and self.file_client_args is None and '://' not in folder

    def _path_of(self, name: str | None) -> str | None:
        """Where a checkpoint is that the message hub names; MMEngine's names it with the folder it was in."""
        return None if name is None else self.file_backend.join_path(self.out_dir, Path(name).name)

    @property
    def _several_best(self) -> bool:
        return self.save_best is not None and len(self.key_indicators) > 1

    def _best_key(self, key: str, indicator: str) -> str:
        return f'{key}_{indicator}' if self._several_best else key

    def _set_best(self, indicator: str, path: str | None) -> None:
        if self._several_best:
            self.best_ckpt_path_dict[indicator] = path
        else:
            self.best_ckpt_path = path

    def _found(self, runner: Runner, key: str) -> str | None:
        """The path of a checkpoint that the message hub names; it must not name what is not there."""
        path = self._path_of(runner.message_hub.pop_info(key, None))
        if path is None:
            return None
        if not self.file_backend.isfile(path):
            runner.logger.warning(f'{path} is not there any more ({key} of the resumed checkpoint)')
            return None
        runner.message_hub.update_info(key, Path(path).name)
        return path


def _rolled_back_to(runner: Runner) -> str:
    """The checkpoint from before updates that are bad, while they are: BadStepsHook may go back to it."""
    bad_steps = runner.message_hub.get_info('bad_steps', {})
    return Path(bad_steps['good']).name if bad_steps.get('in_a_row') else ''


def _without(items: Sequence, gone: Collection) -> list:
    return [item for item in items if item not in gone]


def main_says(said: int) -> int:
    """What the main process says, in all of them."""
    number = torch.tensor([int(said)])
    broadcast(number)
    return int(number)
