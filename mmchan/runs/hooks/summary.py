"""What is left of a training beside its checkpoints and scalars: a summary, a picture of the curves."""

import contextlib
import datetime
import json
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from mmengine.hooks import CheckpointHook
from mmengine.runner import EpochBasedTrainLoop, Runner

from mmchan.errors import InputError
from mmchan.files import replacing
from mmchan.registry import HOOKS
from mmchan.runs import workdir
from mmchan.runs.hooks.paced import PacedHook
from mmchan.runs.hooks.scalars import ScalarsHook
from mmchan.runs.logs import SPEED, RunLog, read_log
from mmchan.runs.panels import panels
from mmchan.runs.view import clock, number

SHOWN = 4  # metrics in the log's summary
KEPT = 5  # warnings in summary.json


class _Warnings(logging.Handler):
    """Keeps warnings, each once, as MMEngine's log does."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.seen[record.getMessage()] = None

    def to_dict(self) -> dict[str, object]:
        return {'count': len(self.seen), 'first': list(self.seen)[:KEPT]}


@HOOKS.register_module()
class SummaryHook(PacedHook):
    """Write summary.json and curves.png when a training ends, and tell the log.

    Nothing of this stops a training: what cannot be written is a warning.

    Args:
        curves: Draw curves.png.
    """

    def __init__(self, *, curves: bool = True) -> None:
        super().__init__()
        self.curves = curves
        self.warnings = _Warnings()
        self.facts: dict[str, object] = {}
        self.started = datetime.datetime.now(datetime.timezone.utc)

    def before_run(self, runner: Runner) -> None:
        """Count warnings from here on."""
        runner.logger.addHandler(self.warnings)

    def before_train(self, runner: Runner) -> None:
        """Say that it runs."""
        super().before_train(runner)
        if not self.runs:
            return
        self.started = datetime.datetime.now(datetime.timezone.utc)
        self.facts = _facts_at_start(runner)
        with _warning(runner, 'the summary of this training cannot be written'):
            self._write(runner, 'running')

    def after_train(self, runner: Runner) -> None:
        """Sum up a training that came to its end."""
        self._finish(runner, 'finished' if runner.iter >= runner.max_iters else 'ended early')

    def after_stop(self, runner: Runner, error: BaseException) -> None:
        """Sum up a training that was stopped or failed."""
        interrupted = isinstance(error, (KeyboardInterrupt, SystemExit))
        if not interrupted:
            self.facts['error'] = f'{type(error).__name__}: {error}'
        self._finish(runner, 'interrupted' if interrupted else 'failed')

    def _finish(self, runner: Runner, state: str) -> None:
        if not self.runs:
            return
        self.runs = False
        log = _log_of(runner)
        with _warning(runner, 'the summary of this training cannot be written'):
            summary = self._write(runner, state, log)
            if log is not None and self.curves:
                _draw(log, runner)
            runner.logger.info('\n'.join(_lines(summary, runner.work_dir)))

    def _write(self, runner: Runner, state: str, log: RunLog | None = None) -> dict[str, object]:
        """Write summary.json; it is whole whenever it exists."""
        now = datetime.datetime.now(datetime.timezone.utc)
        summary = {
            'state': state,
            **self.facts,
            'updated': now.isoformat(timespec='seconds'),
            'seconds': round((now - self.started).total_seconds(), 1),
            **_progress(runner),
            SPEED: round(self.pace.mean_speed(), 2),
            'waiting': round(self.pace.mean_share(), 4),
            'metrics': dict(_metrics(log)) if log else {},
            **_checkpoints(runner),
            'warnings': self.warnings.to_dict(),
        }
        with replacing(workdir.summary(runner.work_dir)) as unfinished:
            unfinished.write_text(json.dumps(summary, indent=2) + '\n', encoding='utf-8')
        return summary


@contextlib.contextmanager
def _warning(runner: Runner, what: str) -> Iterator[None]:
    """Let a file that cannot be written be a warning."""
    try:
        yield
    except (OSError, InputError) as error:
        runner.logger.warning(f'{what}: {error}')


def _log_of(runner: Runner) -> RunLog | None:
    """What this training logged; None without :class:`ScalarsHook` and before the first logged step."""
    if not any(isinstance(hook, ScalarsHook) and hook.log for hook in runner.hooks):
        return None
    try:
        return read_log(runner.work_dir)
    except InputError:
        return None


def _facts_at_start(runner: Runner) -> dict[str, object]:
    return {
        'config': str(runner.cfg.filename or ''),
        'experiment': runner.experiment_name,
        'host': socket.gethostname(),
        'pid': os.getpid(),
        'started': datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='seconds'),
        'first_iteration': runner.iter,
    }


def _progress(runner: Runner) -> dict[str, object]:
    by_epoch = isinstance(runner.train_loop, EpochBasedTrainLoop)
    return {
        'epochs': runner.epoch if by_epoch else None,
        'max_epochs': runner.max_epochs if by_epoch else None,
        # a stop comes between the step of the optimizer and the end of the iteration
        'iterations': getattr(runner.train_loop, 'trained', runner.iter),
        'max_iterations': runner.max_iters,
    }


def _checkpoints(runner: Runner) -> dict[str, str | None]:
    """The best and the last checkpoint, relative to the work_dir where they lie in it."""
    try:
        last = workdir.last_checkpoint(runner.work_dir)
    except InputError:  # it was deleted
        last = None
    found = {'best_checkpoint': next(_best(runner), None), 'last_checkpoint': last}
    return {name: path and _below(path, runner.work_dir) for name, path in found.items()}


def _best(runner: Runner) -> Iterator[str]:
    """The paths of the best checkpoints that are kept."""
    for hook in runner.hooks:
        if isinstance(hook, CheckpointHook):
            several = getattr(hook, 'best_ckpt_path_dict', {}).values()
            yield from (path for path in (getattr(hook, 'best_ckpt_path', None), *several) if path)


def _below(path: str | Path, folder: str) -> str:
    full, root = Path(path).resolve(), Path(folder).resolve()
    return str(full.relative_to(root)) if full.is_relative_to(root) else str(full)


def _metrics(log: RunLog) -> Iterator[tuple[str, dict[str, object]]]:
    for key in log.metrics:
        series = log.series[key]
        best, index = series.best(key)
        places = {'best_epoch': series.epochs[index], 'best_iteration': series.iterations[index]}
        yield key, {'best': best, **places, 'last': series.values[-1]}


def _draw(log: RunLog, runner: Runner) -> None:
    from mmchan.drawing.curves import plot_curves  # matplotlib takes a second to import

    plot_curves(panels([log]), workdir.curves(runner.work_dir), title=runner.experiment_name)


def _lines(summary: dict, work_dir: str) -> Iterator[str]:
    """The summary as people read it."""
    epochs = f'{summary["epochs"]} of {summary["max_epochs"]} epochs, ' if summary['max_epochs'] else ''
    done = f'{epochs}{summary["iterations"]} of {summary["max_iterations"]} iterations'
    yield f'Training {summary["state"]}: {done} in {clock(summary["seconds"])}'
    waiting = f'{summary["waiting"]:.0%} of the time waiting for data'
    yield f'  speed            {summary[SPEED]:.0f} images/s, {waiting}'
    unit = 'epoch' if summary['max_epochs'] else 'iteration'
    for key, metric in list(summary['metrics'].items())[:SHOWN]:
        best = f'best {number(metric["best"])} ({unit} {metric[f"best_{unit}"]})'
        yield f'  {key:<16} {best}, last {number(metric["last"])}'
    for name in ('best_checkpoint', 'last_checkpoint'):
        if summary[name]:
            yield f'  {name.replace("_", " "):<16} {Path(work_dir, summary[name])}'
    count = summary['warnings']['count']
    yield f'  warnings         {count}'
    if workdir.curves(work_dir).exists():
        yield f'  curves           {workdir.curves(work_dir)}'
