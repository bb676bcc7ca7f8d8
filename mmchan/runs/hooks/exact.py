"""What :class:`mmchan.runs.runner.ExactRunner` does at its hooks' places, before and after all others."""

from collections.abc import Mapping

import torch
from mmengine.device import get_device
from mmengine.dist import all_reduce
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.registry import HOOKS
from mmchan.runs.loops import ExactLoop
from mmchan.runs.resume import KEY, exact_state
from mmchan.runs.stopping import Stopped
from mmchan.weights.resumable import check_resumable

AGREE_EVERY = 10  # iterations: several processes must talk to agree


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
            checkpoint[KEY] = exact_state(runner, runner.bare_model, runner.at_first)


@HOOKS.register_module()
class StopHook(Hook):
    """Stops a training that was asked to stop, after all other hooks; the Runner saves."""

    priority = 'LOWEST'

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Stop after an iteration."""
        self._stop_if_asked(runner, runner.iter)

    def after_val_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: object = None
    ) -> None:
        """Stop inside a validation."""
        self._stop_if_asked(runner, batch_idx)

    def _stop_if_asked(self, runner: Runner, number: int) -> None:
        """Stop all processes in the same iteration when one of them was asked to."""
        if runner.world_size == 1:
            asked = bool(runner.stop)
        elif (number + 1) % AGREE_EVERY:
            return
        else:
            anyone = torch.tensor([int(bool(runner.stop))], device=get_device())
            all_reduce(anyone, 'max')
            asked = bool(anyone)
        if asked:
            raise Stopped
