"""What MMEngine logs, in one file for all starts of a run."""

from collections.abc import Callable, Iterator

from mmengine.dist import is_main_process
from mmengine.hooks import Hook, LoggerHook
from mmengine.runner import Runner

from mmchan.errors import InputError
from mmchan.registry import HOOKS
from mmchan.runs import workdir
from mmchan.runs.hooks.paced import PacedHook
from mmchan.runs.logs import SPEED
from mmchan.runs.scalars import ScalarLog


@HOOKS.register_module()
class ScalarsHook(Hook):
    """Write scalars.jsonl as the training goes; a file that cannot be written is a warning.

    It comes before the checkpoint hook: a step that a checkpoint holds is in the file, so that a run that is
    killed between the two and resumed has it once.
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self.interval = 10
        self.log: ScalarLog | None = None

    def before_train(self, runner: Runner) -> None:
        """Cut what was logged after the checkpoint that is resumed."""
        if not is_main_process():
            return
        self.interval = next((hook.interval for hook in runner.hooks if isinstance(hook, LoggerHook)), 10)
        self.log = ScalarLog(workdir.scalars(runner.work_dir))
        self._attempt(runner, lambda: self.log.cut_after(runner.iter))

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Write down what MMEngine logs, as often, and at the end of an epoch."""
        last = self.end_of_epoch(runner.train_dataloader, batch_idx)
        if self.log is None or not (last or self.every_n_inner_iters(batch_idx, self.interval)):
            return
        tags, _ = runner.log_processor.get_log_after_iter(runner, batch_idx, 'train')
        place = {'mode': 'train', 'epoch': runner.epoch + 1, 'iter': runner.iter + 1}
        self._append(runner, {**place, **_scalars(tags), **place, **dict(_pace(runner))})

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Write down the metrics."""
        place = {'mode': 'val', 'epoch': runner.epoch, 'iter': runner.iter}
        self._append(runner, {**place, **_scalars(metrics or {})})

    def _append(self, runner: Runner, record: dict[str, object]) -> None:
        if self.log is not None:
            self._attempt(runner, lambda: self.log.append(record))

    def _attempt(self, runner: Runner, write: Callable[[], None]) -> None:
        """Write; where that fails warn, and write no more."""
        try:
            write()
        except (OSError, InputError) as error:
            runner.logger.warning(f'no more scalars of this training are kept: {error}')
            self.log = None


def _pace(runner: Runner) -> Iterator[tuple[str, float]]:
    """How fast the last iterations but this one were."""
    pace = next((hook.pace for hook in runner.hooks if isinstance(hook, PacedHook)), None)
    if pace is not None and pace.recent:
        yield SPEED, round(pace.speed(), 2)
        yield 'waiting', round(pace.share(), 4)


def _scalars(values: dict[str, object]) -> dict[str, float]:
    """What is a number, also one in an array without dimensions."""
    plain = {key: value.item() if hasattr(value, 'item') else value for key, value in values.items()}
    return {key: value for key, value in plain.items() if isinstance(value, (int, float))}
