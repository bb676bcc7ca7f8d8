"""Mixed precision in a test where MMEngine's loop has none: bf16, on a CPU too."""

from contextlib import ExitStack

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.registry import HOOKS
from mmchan.runs.amp import in_bf16, told, uses_bf16


@HOOKS.register_module()
class AmpHook(Hook):
    """Let the model compute in bf16 during a test, see :func:`mmchan.runs.amp.in_bf16`.

    Args:
        amp: One of :data:`mmchan.runs.amp.KINDS`.
    """

    def __init__(self, *, amp: str) -> None:
        self.amp = amp
        self._during_test = ExitStack()

    def before_test(self, runner: Runner) -> None:
        """Switch bf16 on, or say why not."""
        runner.logger.info(told(self.amp))
        if uses_bf16(self.amp):
            self._during_test.enter_context(in_bf16(runner.model))

    def after_test(self, runner: Runner) -> None:
        """Switch it off."""
        self._during_test.close()
