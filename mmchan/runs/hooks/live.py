"""A training on the terminal: where it stands, how fast it is, where the loss goes."""

import resource
import sys
from collections.abc import Iterator, Sequence
from time import perf_counter, thread_time

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import EpochBasedTrainLoop, Runner

from mmchan.errors import require
from mmchan.registry import HOOKS
from mmchan.runs.hooks.paced import PacedHook
from mmchan.runs.logs import lower_is_better
from mmchan.runs.panels import smoothed
from mmchan.runs.screen import Screen, is_terminal
from mmchan.runs.view import Metric, View

POINTS = 80  # of the curve of the loss
SHARE = 0.005  # of the time that drawing may take
LONGEST = 5.0  # seconds between drawings, on whatever machine


@HOOKS.register_module()
class LiveHook(PacedHook):
    """Draw the training on a terminal, below the lines of the log; in a file or a pipe do nothing.

    Args:
        seconds: Draw at most that often, and less often where that would take half a percent of the time.
    """

    def __init__(self, *, seconds: float = 0.5) -> None:
        super().__init__()
        require(seconds > 0, 'runtime_cfg.live.seconds', 'a number of seconds > 0', seconds)
        self.seconds = seconds
        self.screen: Screen | None = None
        self.started = self.next = self.first = 0.0
        self.start_iter = 0

    def before_train(self, runner: Runner) -> None:
        """Begin to draw, where there is a terminal."""
        super().before_train(runner)
        self.runs = self.runs and is_terminal()
        if self.runs:
            self.started, self.start_iter = perf_counter(), runner.iter
            self.screen = Screen()
            self._draw(runner)
            if sys.stderr.isatty() and hasattr(runner, 'stop'):
                runner.stop.around = self.screen.around_notes

    def see_iteration(self, runner: Runner, batch_idx: int) -> None:
        """Draw when it is time."""
        if self.pace.since < self.next:
            return
        self._draw(runner, done=runner.iter + 1)

    def after_val_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: Sequence | None = None
    ) -> None:
        """Draw how far a validation has come, when it is time."""
        if self.screen is not None and perf_counter() >= self.next:
            self._draw(runner, done=runner.iter, validated=(batch_idx + 1, len(runner.val_dataloader)))

    def after_train(self, runner: Runner) -> None:
        """Draw the end, and leave it on the terminal."""
        self.after_stop(runner)

    def after_stop(self, runner: Runner, error: BaseException | None = None) -> None:
        """Leave the terminal to others, however the training ended."""
        if self.screen is not None:
            self._draw(runner, done=getattr(runner.train_loop, 'trained', runner.iter))
            self.screen.stop()
            self.screen = None

    def _draw(
        self, runner: Runner, *, done: int | None = None, validated: tuple[int, int] | None = None
    ) -> None:
        begin = thread_time()
        view = self._view(runner, runner.iter if done is None else done, validated)
        self.screen.show(view)
        pause = (thread_time() - begin) / SHARE
        self.next = perf_counter() + max(self.seconds, min(pause, LONGEST))

    def _view(self, runner: Runner, done: int, validated: tuple[int, int] | None) -> View:
        history = runner.message_hub.log_scalars
        by_epoch = isinstance(runner.train_loop, EpochBasedTrainLoop)
        elapsed = perf_counter() - self.started
        return View(
            title=runner.experiment_name,
            iteration=done,
            iterations=runner.max_iters,
            epoch=min(runner.epoch + 1, runner.max_epochs) if by_epoch else None,
            epochs=runner.max_epochs if by_epoch else None,
            elapsed=elapsed,
            remaining=self._remaining(elapsed, done, runner.max_iters),
            speed=self.pace.speed(),
            waiting=self.pace.share(),
            losses=_curve(history.get('train/loss')),
            loss=_last(history.get('train/loss')),
            lr=_last(history.get('train/lr')),
            memory=dict(memory()),
            metrics=list(_metrics(history)),
            validated=validated,
        )

    def _remaining(self, elapsed: float, done: int, total: int) -> float | None:
        """Seconds to go, by what an iteration took until now with all validations and savings."""
        new = done - self.start_iter
        return elapsed / new * (total - done) if new else None


def memory() -> Iterator[tuple[str, float]]:
    """The most that this process and the GPU held at once, in bytes."""
    unit = 1 if sys.platform == 'darwin' else 1024
    yield 'memory', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    if torch.cuda.is_available():
        yield 'GPU memory', torch.cuda.max_memory_allocated()


def _last(history: HistoryBuffer | None) -> float | None:
    return None if history is None else float(history.current())


def _curve(history: HistoryBuffer | None) -> list[float]:
    """The loss, averaged over as many equal parts as the plot has points, then smoothed."""
    if history is None:
        return []
    values = history.data[0]
    starts = np.linspace(0, len(values), min(POINTS, len(values)), endpoint=False).astype(int)
    means = np.add.reduceat(values, starts) / np.diff(starts, append=len(values))
    return smoothed(means.tolist())


def _metrics(history: dict[str, HistoryBuffer]) -> Iterator[Metric]:
    for key, buffer in history.items():
        name = key.removeprefix('val/')
        if name == key or name in ('time', 'data_time'):
            continue
        values = buffer.data[0]
        best = int(np.argmin(values) if lower_is_better(name) else np.argmax(values))
        yield Metric(name, float(values[-1]), float(values[best]), len(values) - 1 - best)
