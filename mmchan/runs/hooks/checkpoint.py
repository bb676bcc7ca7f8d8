"""Checkpoints that survive whatever happens while they are written, also saved inside an epoch."""

import time

from mmengine.dist import get_world_size
from mmengine.runner import Runner

from mmchan.errors import InputError, require, require_integer
from mmchan.registry import HOOKS
from mmchan.runs.hooks.durable import INSIDE, DurableCheckpointHook, main_says
from mmchan.runs.hooks.storage import trouble

AGREE_EVERY = 10  # iterations: several processes must talk to agree that minutes have passed
_THEN = 'Then go on with --resume: it takes the newest whole checkpoint'


def clock() -> float:
    """Seconds; the only clock that decides when to save."""
    return time.monotonic()


@HOOKS.register_module()
class CheckpointHook(DurableCheckpointHook):
    """MMEngine's hook, durable; it also saves inside an epoch, to ``iter_N.pth``.

    The newest of these files is kept until there is a newer checkpoint of any kind. Where saving fails, the
    training goes on; it tries again at the next occasion, at latest after the next epoch.

    Args:
        minutes: Save also whenever that many minutes have passed since the last save; None never does.
        iters: Save also after every that many iterations; None never does.
        settings: Arguments of MMEngine's CheckpointHook.

    Raises:
        InputError: For minutes or iters that are not positive, for files of epochs named as those inside.
    """

    def __init__(self, *, minutes: float | None = None, iters: int | None = None, **settings: object) -> None:
        super().__init__(**settings)
        require(minutes is None or minutes > 0, 'checkpoint.minutes', 'a number > 0, or None', minutes)
        if iters is not None:
            require_integer(iters, 'checkpoint.iters')
        mixed = (minutes or iters) and self.by_epoch and self.filename_tmpl == INSIDE
        rule = f'another name than {INSIDE!r}, which checkpoints inside an epoch have'
        require(not mixed, 'checkpoint.filename_tmpl', rule, self.filename_tmpl)
        self.minutes = minutes
        self.iters = iters
        self._begin = 0.0  # of the minutes, on the clock
        self._missing = ''  # which checkpoint, at the end of the training

    def before_train(self, runner: Runner) -> None:
        """Find out where to save, and what a resumed training has saved."""
        super().before_train(runner)
        self._begin = clock()

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Save when it is time."""
        before = self.attempts
        super().after_train_iter(runner, batch_idx, data_batch, outputs)
        saved = self.attempts > before or self._epoch_is_saved_next(runner, batch_idx)
        if not saved and self._is_time(runner):
            self._save_inside(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        """Save when it is time, or when the last save failed."""
        before, failed = self.attempts, self.failed
        super().after_train_epoch(runner)
        if failed and self.by_epoch and self.attempts == before:
            runner.logger.info(f'Saving checkpoint at {runner.epoch + 1} epochs, as the last one failed')
            self._save_checkpoint(runner)

    def after_train(self, runner: Runner) -> None:
        """Try once more what failed; publish what is to be published."""
        if self.failed:
            step = runner.epoch if self.by_epoch else runner.iter
            self._save_checkpoint_with_step(runner, step, {'epoch': runner.epoch, 'iter': runner.iter})
        if self.failed or self.best_failed:
            self._missing = 'last' if self.failed else 'best'
        super().after_train(runner)

    def after_run(self, runner: Runner) -> None:
        """End with an error where the last checkpoint of a training, or the best one, is missing.

        Raises:
            InputError: Then.
        """
        if self._missing:
            what = (
                f'the {self._missing} checkpoint of this training could not be saved, see the warnings above'
            )
            raise InputError(f'{what}. {trouble(self.out_dir)} {_THEN}')

    def save_now(self, runner: Runner) -> str:
        """Save at once, inside or at the end of an epoch, in all processes.

        Args:
            runner: In any hook from ``before_train`` on, or between two iterations.

        Returns:
            The path of the checkpoint; an older one where nothing was trained since.

        Raises:
            InputError: Where it fails twice.
        """
        iteration = _place(runner)[1]
        if self.newest[0] != iteration and not (self._save_inside(runner) or self._save_inside(runner)):
            raise InputError(
                f'no checkpoint could be saved, see the warnings above. {trouble(self.out_dir)} {_THEN}'
            )
        return self.newest[1]

    def _is_time(self, runner: Runner) -> bool:
        if self.iters is not None and self.every_n_train_iters(runner, self.iters):
            return True
        several = get_world_size() > 1
        if self.minutes is None or (several and (runner.iter + 1) % AGREE_EVERY):
            return False
        return bool(main_says(clock() - self._begin >= 60 * self.minutes))

    def _epoch_is_saved_next(self, runner: Runner, batch_idx: int) -> bool:
        if not self.by_epoch or not self.end_of_epoch(runner.train_dataloader, batch_idx):
            return False
        last = self.save_last and self.is_last_train_epoch(runner)
        return last or self.every_n_epochs(runner, self.interval, self.save_begin)

    def _save_inside(self, runner: Runner) -> bool:
        """Save where the training is."""
        epoch, iteration = _place(runner)
        name = INSIDE.format(iteration)
        inside = [*(other for other in self.inside if other != name), name]
        info = {'inside_ckpts': inside, 'outdone_ckpts': self.outdone}
        meta = {'epoch': epoch, 'iter': iteration}
        runner.logger.info(f'Saving checkpoint at {iteration} iterations')
        outcome = self._save(runner, name, info, {'meta': meta, 'by_epoch': False, **self.args})
        self.inside = list(runner.message_hub.get_info('inside_ckpts', []))
        return self._saved(runner, outcome, name, iteration)

    def _saved(self, runner: Runner, outcome: int, name: str, iteration: int) -> bool:
        """Count the minutes from here, also where saving failed."""
        self._begin = clock()
        return super()._saved(runner, outcome, name, iteration)


def _place(runner: Runner) -> tuple[int, int]:
    """Epochs and iterations that are done."""
    position = getattr(runner.train_loop, 'position', None)
    if position is None:  # a loop of MMEngine's: after an iteration, which it has not counted yet
        return runner.epoch, runner.iter + 1
    return position.epoch, position.iteration
