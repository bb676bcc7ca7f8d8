"""Repeat the iteration at which a training met NaN or Inf, and look where they come from."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.errors import InputError
from mmchan.registry import HOOKS
from mmchan.runs.hooks.broken_images import redirect_report, skip_broken_images
from mmchan.runs.launch import build_runner
from mmchan.runs.nonfinite import image_names, shown, step_lines, traced
from mmchan.runs.optimizer import guards_of
from mmchan.runs.preparation import prepare
from mmchan.runs.resume import KEY
from mmchan.weights.checkpoints import read_checkpoint, safe_checkpoints


class _Replayed(BaseException):
    """Ends the training after its only iteration; nothing on the way shall take it for an error."""


@HOOKS.register_module()
class ReplayHook(Hook):
    """Looks at one update and ends the training; before all other hooks get to see its end.

    Args:
        tell: Takes every line of the report.
    """

    priority = 'HIGHEST'

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.bad = False
        self._during_train = ExitStack()

    def before_train(self, runner: Runner) -> None:
        """Watch all layers and the optimizer."""
        self.trace = self._during_train.enter_context(traced(runner.model))
        self.guards = guards_of(runner.optim_wrapper, runner.model)
        self.tell(f'Repeating iteration {runner.iter + 1}')

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: object = None) -> None:
        """Tell the files before anything can fail."""
        self.tell(f'images: {shown(image_names(data_batch)) or "the samples do not say"}')

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Report, and end after the first update."""
        for update in filter(None, [guard.take() for guard in self.guards]):
            self.bad |= update.bad
            for line in [*step_lines(runner, update, outputs or {}), *self.trace.lines()]:
                self.tell(line)
            self._during_train.close()
            raise _Replayed


def replay(cfg: Config, checkpoint: str, *, tell: Callable[[str], None], trust: bool = False) -> bool:
    """Repeat one update of the weights from a file that a training wrote when it stopped.

    Nothing is written into the work directory of the training.

    Args:
        cfg: The config of the training, as it wrote it into its work directory.
        checkpoint: The file, ``bad_steps/iter_N.pth``.
        tell: Takes every line of the report.
        trust: Read checkpoints that may run code.

    Returns:
        Whether loss or gradients are not finite this time too.

    Raises:
        InputError: For a config or a file that no exact training wrote.
    """
    if cfg.get('runner_type') != 'mmchan.ExactRunner':
        raise InputError(
            "a replay needs runner_type = 'mmchan.ExactRunner' in the config: name the one that the training "
            'wrote into its work directory'
        )
    with tempfile.TemporaryDirectory() as folder, safe_checkpoints(trust):
        _set_single_step(cfg, Path(folder), checkpoint)
        prepare(cfg, ['train_dataloader'], strict=False)
        runner = build_runner(cfg)
        hook = ReplayHook(tell)
        runner.register_hook(hook)
        try:
            runner.train()
        except _Replayed:
            return hook.bad
    raise InputError(f'{checkpoint} is at the end of its training: there is no step to repeat')


def _set_single_step(cfg: Config, folder: Path, checkpoint: str) -> None:
    """Let a config resume in this process alone, writing into a folder that goes away."""
    content = read_checkpoint(checkpoint)
    if not isinstance(content, dict) or KEY not in content:
        raise InputError(f'{checkpoint} was not saved by mmchan.ExactRunner: it does not know its place')
    cfg.work_dir, cfg.launcher, cfg.log_level = str(folder), 'none', 'WARNING'
    cfg.resume, cfg.load_from = True, checkpoint
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    cfg.runtime_cfg = {**(cfg.get('runtime_cfg') or {}), 'bad_steps': None, 'new_schedule': False}
    loader = cfg.train_dataloader
    loader.update(num_workers=0, persistent_workers=False, prefetch_factor=None)
    if isinstance(loader.get('batch_size'), int):  # of several processes: all their samples in this one
        loader.batch_size = content[KEY]['schedule']['total_batch_size']
    skip_broken_images(cfg)
    redirect_report(cfg, folder)
