"""NaN and Inf: an update with them is skipped, too many of them stop the training and say why."""

import dataclasses
import os
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from mmengine.dist import all_gather_object, barrier, broadcast_object_list
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import Runner

from mmchan.errors import BadNumbersError, InputError, require_integer
from mmchan.registry import HOOKS
from mmchan.runs.loops import ExactLoop, Position
from mmchan.runs.nonfinite import image_names, step_lines, traced
from mmchan.runs.optimizer import Buffers, Update, guards_of
from mmchan.runs.resume import KEY
from mmchan.runs.workdir import bad_step, dumped_config, last_checkpoint

LOGGED = 5  # skipped updates that are told one by one; later ones are counted
_KEPT = 'bad_steps'  # name in MMEngine's message hub, which checkpoints hold


class RollBack(Exception):  # noqa: N818 (it ends nothing: the Runner goes on elsewhere)
    """Asks the Runner to go on from an earlier checkpoint with another order of samples.

    Attributes:
        checkpoint: The checkpoint; None for the beginning.
        count: How many times the training has been rolled back with this one.
    """

    def __init__(self, checkpoint: Path | None, count: int) -> None:
        super().__init__(checkpoint, count)
        self.checkpoint = checkpoint
        self.count = count


@HOOKS.register_module()
class BadStepsHook(Hook):
    """Skips updates whose loss or gradients are not finite; after some in a row the training stops.

    A skipped update leaves weights, the optimizer and running statistics as they were. One bad batch costs
    one update. Where several different batches in a row are bad, it is the weights, the learning rate or
    the data, and no further batch will mend it.

    Args:
        patience: Bad updates in a row that stop the training, >= 1.
        rollback: How many times to go back to the last checkpoint, and on from there with another order of
            samples, instead of stopping, >= 0.
        rolled_back: How many times that has happened; the Runner sets it.
    """

    priority = 'VERY_HIGH'  # before EMA averages what must be put back, and before checkpoints

    def __init__(self, *, patience: int = 3, rollback: int = 0, rolled_back: int = 0) -> None:
        require_integer(patience, 'runtime_cfg.bad_steps.patience')
        require_integer(rollback, 'runtime_cfg.bad_steps.rollback', least=0)
        self.patience = patience
        self.rollback = rollback
        self.rolled_back = rolled_back
        self._norms: deque[float] = deque(maxlen=3)
        self._batches: list[object] = []
        self._during_iteration = ExitStack()
        self._trace = None
        self._start: Position | None = None
        self._window_ends = True
        self._saving = False
        self._has_saved = False

    def before_train(self, runner: Runner) -> None:
        """Put the guards in place; after a roll-back, take another order of samples."""
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        self._guards = guards_of(runner.optim_wrapper, model)
        self._buffers = Buffers(model)
        self._model = model
        self._counts = {'skipped': 0, 'in_a_row': 0, 'rollbacks': 0, 'good': ''}
        self._counts |= runner.message_hub.runtime_info.get(_KEPT, {})
        runner.message_hub.update_info(_KEPT, self._counts)
        self._told = self._counts['skipped']
        if not self._counts['in_a_row']:
            self._counts['good'] = _resumed_from(runner)
        if self.rollback and not isinstance(runner.train_loop, ExactLoop):
            raise InputError('runtime_cfg.bad_steps.rollback needs a training loop of MMEngine')
        if self.rolled_back > self._counts['rollbacks']:
            self._take_other_order(runner)

    def _take_other_order(self, runner: Runner) -> None:
        self._counts.update(rollbacks=self.rolled_back, in_a_row=0, good=_resumed_from(runner))
        runner.train_loop.turn = self.rolled_back
        runner.logger.warning(
            f'ROLLED BACK ({self.rolled_back} of {self.rollback}): on from iteration {runner.iter + 1} with '
            'another order of samples'
        )

    def after_train(self, runner: Runner) -> None:
        """Leave the optimizer as it was."""
        for guard in self._guards:
            guard.remove()

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: object = None) -> None:
        """Remember what a skipped update shall leave as it is; before the last chance, look closely."""
        if self._window_ends:
            self._buffers.keep()
            self._start = _before_iteration(runner.train_loop)
            self._batches = []
        self._batches.append(data_batch)
        if self._counts['in_a_row'] >= self.patience - 1 > 0:
            self._trace = self._during_iteration.enter_context(traced(self._model))

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Count a bad update, and stop where there are too many in a row."""
        self._during_iteration.close()
        self._window_ends = all(wrapper.should_update() for wrapper in _wrappers(runner.optim_wrapper))
        updates = [update for update in (guard.take() for guard in self._guards) if update is not None]
        bad = next((update for update in updates if update.bad), None)
        if bad is not None:
            self._skipped(runner, bad, outputs or {})
        elif updates:
            self._counts['in_a_row'] = 0
            self._norms.extend(update.norm for update in updates[:1] if update.norm is not None)

    def after_train_epoch(self, runner: Runner) -> None:
        """Tell how many updates were skipped beyond those that were told one by one."""
        skipped = self._counts['skipped']
        if skipped > max(self._told, LOGGED):
            runner.logger.warning(f'{skipped - self._told} more updates were skipped, {skipped} in all')
        self._told = skipped

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Let a checkpoint for a replay begin before the bad update."""
        if not self._saving:
            self._has_saved = True
        elif self._start is not None:
            checkpoint[KEY]['position'] = self._start.to_dict()

    def _skipped(self, runner: Runner, update: Update, outputs: dict) -> None:
        self._buffers.put_back()
        if not self._counts['in_a_row'] and self._has_saved:
            self._counts['good'] = str(last_checkpoint(runner.work_dir) or '')
        self._counts['skipped'] += 1
        self._counts['in_a_row'] += 1
        if self._counts['skipped'] <= LOGGED:
            self._told = self._counts['skipped']
            facts = '; '.join(step_lines(runner, update, outputs))
            runner.logger.warning(f'Iteration {runner.iter + 1}: update skipped: {facts}')
        if self._counts['in_a_row'] < self.patience:
            return
        lines = step_lines(runner, update, outputs, self._norms)
        lines += self._trace.lines() if self._trace else []
        lines.append(f'images: {_all_images(self._batches)}')
        if self._counts['rollbacks'] < self.rollback:
            self._go_back(runner, lines)
        self._stop(runner, lines)

    def _go_back(self, runner: Runner, lines: Sequence[str]) -> None:
        checkpoint = self._last_good(runner)
        count = self._counts['rollbacks'] + 1
        where = 'the beginning' if checkpoint is None else checkpoint.name
        head = f'{self.patience} bad updates in a row: ROLLING BACK to {where} ({count} of {self.rollback})'
        runner.logger.warning('\n  '.join([head, *lines]))
        raise RollBack(checkpoint, count)

    def _last_good(self, runner: Runner) -> Path | None:
        """The checkpoint from before the first bad update, or the last one where that has been deleted."""
        good = Path(self._counts['good'])
        found = [good if good.is_file() else last_checkpoint(runner.work_dir)]
        broadcast_object_list(found)  # the main process has saved them: it alone knows
        return found[0]

    def _stop(self, runner: Runner, lines: Sequence[str]) -> None:
        number = runner.iter + 1
        head = f'Stopped at iteration {number}: {self.patience} bad updates in a row, all skipped'
        runner.logger.warning('\n  '.join([head, *lines]))
        raise BadNumbersError(
            f'NaN or Inf in {self.patience} updates in a row, up to iteration {number}: see the log\n'
            f'{self._saved(runner, number)}'
            'To go on from the last checkpoint, either with a lower lr or with clip_grad in optim_wrapper:\n'
            '  --resume --new-schedule\n'
            'or with another order of samples from there, once:\n'
            '  --resume --cfg-options runtime_cfg.bad_steps.rollback=1'
        )

    def _saved(self, runner: Runner, number: int) -> str:
        """Save the state before the bad update; how to repeat it."""
        if self._start is None:
            return ''
        path = bad_step(runner.work_dir, number)
        meta = {'epoch': self._start.epoch, 'iter': self._start.iteration}
        self._saving = True
        path.parent.mkdir(exist_ok=True)
        runner.save_checkpoint(str(path.parent), path.name, meta=meta, by_epoch=False)
        self._saving = False
        barrier()  # who starts several processes ends all when the first one leaves
        config = dumped_config(runner.work_dir, runner.cfg.filename, runner.timestamp)
        command = ['mmchan replay', *map(os.path.relpath, (config, path))]
        return f'To repeat the last of them and see where it begins:\n  {" ".join(command)}\n'


def _resumed_from(runner: Runner) -> str:
    """The checkpoint that a training goes on from; empty for the beginning."""
    return str(runner._load_from or '') if runner._resume else ''


def _before_iteration(loop: object) -> Position | None:
    """Where a loop is before the iteration that has just begun; None where it does not know."""
    if not isinstance(loop, ExactLoop):
        return None
    begun = loop.position
    return dataclasses.replace(
        begun, batch=max(begun.batch - 1, 0), iteration=begun.iteration - 1, validate=False
    )


def _wrappers(wrapper: OptimWrapper) -> list[OptimWrapper]:
    return list(wrapper.values()) if isinstance(wrapper, OptimWrapperDict) else [wrapper]


def _all_images(batches: Sequence[object]) -> str:
    """The files of the images of all processes."""
    own = [name for batch in batches for name in image_names(batch)]
    names = [name for rank in all_gather_object(own) for name in rank]
    return ', '.join(names) or 'the samples do not say'
