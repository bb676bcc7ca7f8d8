"""Checkpoints that survive whatever happens while they are written."""

from mmengine.hooks import CheckpointHook as MMEngineCheckpointHook

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
