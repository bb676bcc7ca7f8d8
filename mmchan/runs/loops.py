"""MMEngine's training loops, able to begin at any batch and to tell where they are."""

import bisect
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop
from torch import nn

from mmchan.data import seeding
from mmchan.runs.stopping import Stopped


@dataclass(frozen=True)
class Position:
    """How far a training has come: where a resumed one goes on.

    Attributes:
        epoch: Epochs that are done; 0 for a training without epochs.
        batch: Batches of the next epoch that are done.
        iteration: Iterations that are done.
        validate: A validation comes next.
    """

    epoch: int = 0
    batch: int = 0
    iteration: int = 0
    validate: bool = False

    def to_dict(self) -> dict:
        """For a checkpoint."""
        return asdict(self)


class ExactLoop:
    """What both loops share. The runner is an :class:`mmchan.runs.runner.ExactRunner`."""

    validate = False  # a validation comes next, or is under way
    turn = 0  # another number gives another order of the samples
    _in_iteration = False

    @property
    def trained(self) -> int:
        """Iterations that are done, from the optimizer's step on."""
        return self._iter + self._in_iteration

    def _validation_after(self, done: int, last: int) -> bool:
        """Whether a validation follows when ``done`` epochs or iterations of ``last`` are done."""
        if self.runner.val_loop is None or done < self.val_begin:
            return False
        step = bisect.bisect(self.dynamic_milestones, done + 1)
        self.val_interval = self.dynamic_intervals[step - 1]
        return done % self.val_interval == 0 or done == last

    def _validate_if_due(self) -> None:
        if not self.validate or self.runner.val_loop is None:  # resumed with --no-validate
            self.validate = False
            return
        self.runner.draw_for(seeding.VALIDATION, self._iter)
        try:
            self.runner.val_loop.run()
        except Stopped:
            self.runner.leave_validation()
            raise
        self.validate = False

    def _begin_iteration(self) -> None:
        self._in_iteration = True
        self.runner.draw_for(seeding.ITERATION, self.turn, self._iter)

    def _batches(self, epoch: int, first: int) -> Iterator[tuple[int, object]]:
        """Number and content of the batches from one on."""
        self.dataloader.batch_sampler.begin(epoch, first, turn=self.turn)
        try:
            yield from enumerate(self.dataloader, first)
        except RuntimeError:
            # a signal to the whole job also ends the workers, before this process has asked them for more
            if self.runner.stop and self.runner.world_size == 1:
                raise Stopped from None
            raise


class EpochLoop(ExactLoop, EpochBasedTrainLoop):
    """MMEngine's loop of epochs, exact."""

    _done = 0  # batches of this epoch
    _epoch_ends = False

    @property
    def position(self) -> Position:
        """Where the loop is, right inside every hook."""
        if self._epoch_ends:
            return Position(self._epoch + 1, 0, self._iter, self.validate)
        return Position(self._epoch, self._done, self.trained, self.validate)

    def go_to(self, position: Position) -> None:
        """Go on from a position."""
        self._epoch, self._iter = position.epoch, position.iteration
        self._done, self.validate = position.batch, position.validate

    def run(self) -> nn.Module:
        """Train, and validate when it is time."""
        self.runner.call_hook('before_train')
        self._validate_if_due()
        while self._epoch < self._max_epochs and not self.stop_training:
            self.run_epoch()
            self._validate_if_due()
        self.runner.call_hook('after_train')
        return self.runner.model

    def run_epoch(self) -> None:
        """Train an epoch, or what is left of it."""
        self.runner.draw_for(seeding.EPOCH, self.turn, self._epoch)
        self.runner.call_hook('before_train_epoch')
        self.runner.model.train()
        for number, batch in self._batches(self._epoch, self._done):
            self.run_iter(number, batch)
        self.validate = self._validation_after(self._epoch + 1, self._max_epochs)
        self._epoch_ends = True
        self.runner.call_hook('after_train_epoch')
        self._epoch_ends = False
        self._epoch += 1
        self._done = 0

    def run_iter(self, idx: int, data_batch: object) -> None:
        """Train a batch."""
        self._begin_iteration()
        self._done = idx + 1
        super().run_iter(idx, data_batch)
        self._in_iteration = False


class IterLoop(ExactLoop, IterBasedTrainLoop):
    """MMEngine's loop without epochs, exact."""

    @property
    def position(self) -> Position:
        """Where the loop is, right inside every hook."""
        return Position(0, 0, self.trained, self.validate)

    def go_to(self, position: Position) -> None:
        """Go on from a position."""
        self._iter, self.validate = position.iteration, position.validate

    def run(self) -> nn.Module:
        """Train, and validate when it is time."""
        self.runner.call_hook('before_train')
        self.runner.draw_for(seeding.EPOCH, self.turn, 0)
        self.runner.call_hook('before_train_epoch')
        self._validate_if_due()
        batches = self._batches(0, self._iter)
        while self._iter < self._max_iters and not self.stop_training:
            self.runner.model.train()
            self.run_iter(next(batches)[1])
            self._validate_if_due()
        self.runner.call_hook('after_train_epoch')
        self.runner.call_hook('after_train')
        return self.runner.model

    def run_iter(self, data_batch: object) -> None:
        """Train a batch."""
        self._begin_iteration()
        self.validate = self._validation_after(self.trained, self._max_iters)
        super().run_iter(data_batch)
        self._in_iteration = False
