"""What :class:`mmchan.runs.runner.ExactRunner` does at its hooks' places, before and after all others."""

import time
from collections.abc import Mapping

import torch
from mmengine.device import get_device
from mmengine.dist import all_reduce
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.data.order import EvaluationBatches
from mmchan.registry import HOOKS
from mmchan.runs.loops import ExactLoop
from mmchan.runs.resume import KEY, exact_state
from mmchan.runs.stopping import Stopped
from mmchan.weights.resumable import check_resumable

SECONDS = 1.0  # between two questions of several processes to each other, about


@HOOKS.register_module()
class ProgressHook(Hook):
    """Tells every checkpoint how far the training is; before all other hooks."""

    priority = 'HIGHEST'

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Refuse what cannot be resumed, before anything of the Runner is changed."""
        if runner.resumes_from is not None:
            check_resumable(checkpoint, runner.resumes_from, runner.bare_model.state_dict())

    def after_val_epoch(self, runner: Runner, metrics: Mapping | None = None) -> None:
        """The validation is done: a checkpoint that is saved now, for its metric, need not repeat it."""
        runner.train_loop.validate = False

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Add what MMEngine does not save."""
        if isinstance(runner.train_loop, ExactLoop):
            checkpoint[KEY] = exact_state(runner)


@HOOKS.register_module()
class StopHook(Hook):
    """Stops a training that was asked to stop, after all other hooks; the Runner saves."""

    priority = 'LOWEST'

    def __init__(self) -> None:
        self.agreement = Agreement()

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Stop after an iteration."""
        self._stop_if_asked(runner)

    def after_val_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: object = None
    ) -> None:
        """Stop inside a validation."""
        # of other samplers' batches some processes may have more than others
        together = isinstance(runner.val_dataloader.batch_sampler, EvaluationBatches)
        if together or runner.world_size == 1:
            self._stop_if_asked(runner)

    def _stop_if_asked(self, runner: Runner) -> None:
        asked = bool(runner.stop)
        if runner.world_size > 1:
            asked = self.agreement.anyone(asked)
        if asked:
            raise Stopped


class Agreement:
    """Whether several processes stop, in the same iteration: about once a second they ask each other."""

    def __init__(self) -> None:
        self._every = self._left = 1  # iterations
        self._last = time.monotonic()

    def anyone(self, asked: bool) -> bool:
        """Whether a process was asked to stop; every process must call it as often as the others.

        Args:
            asked: This one was.
        """
        self._left -= 1
        if self._left:
            return False
        said = torch.tensor([float(asked), time.monotonic() - self._last], device=get_device())
        all_reduce(said, 'max')
        anyone, seconds = said.tolist()
        # of what all of them know, so that all come to the same number
        self._every = max(1, min(2 * self._every, int(self._every * SECONDS / max(seconds, 1e-3))))
        self._left, self._last = self._every, time.monotonic()
        return bool(anyone)
