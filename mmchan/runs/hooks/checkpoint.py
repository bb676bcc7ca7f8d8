"""Checkpoints that survive whatever happens while they are written."""

from pathlib import Path

from mmengine.hooks import CheckpointHook as MMEngineCheckpointHook
from mmengine.runner import Runner

from mmchan.registry import HOOKS


@HOOKS.register_module()
class CheckpointHook(MMEngineCheckpointHook):
    """MMEngine's hook; it also saves inside an epoch.

    Args:
        minutes: Save also whenever that many minutes have passed since the last save; None never does.
        iters: Save also after every that many iterations; None never does.
        settings: Arguments of MMEngine's CheckpointHook.
    """

    def __init__(self, *, minutes: float | None = None, iters: int | None = None, **settings: object) -> None:
        super().__init__(**settings)
        self.minutes = minutes
        self.iters = iters

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Save inside an epoch when it is time."""
        super().after_train_iter(runner, batch_idx, data_batch, outputs)
        if self.iters and self.every_n_train_iters(runner, self.iters):
            self.save_now(runner)

    def save_now(self, runner: Runner) -> str:
        """Save where the training is, after any iteration; the path of the file."""
        position = runner.train_loop.position
        name = f'iter_{position.iteration}.pth'
        meta = {'epoch': position.epoch, 'iter': position.iteration}
        runner.save_checkpoint(self.out_dir, name, meta=meta, by_epoch=False)
        path = Path(self.out_dir, name)
        Path(runner.work_dir, 'last_checkpoint').write_text(str(path), encoding='utf-8')
        return str(path)
