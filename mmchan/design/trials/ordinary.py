"""The ordinary path: any config, trained by the code of tools/train.py in a folder of its own."""

import contextlib
import gc
import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.logging import MMLogger

from mmchan.checks.config.isolation import own_managers
from mmchan.data.seeding import own_random_numbers
from mmchan.design.trials.outcome import Outcome, error_of
from mmchan.design.trials.task import Task
from mmchan.errors import BadNumbersError, InputError, require, require_known
from mmchan.files import replacing
from mmchan.runs.config import config_to_test, config_to_train
from mmchan.runs.launch import run_testing, run_training
from mmchan.runs.logs import read_log
from mmchan.runs.workdir import last_checkpoint

LOSS = 'loss_of_epoch'  # the log's name of the mean over all iterations of an epoch
_EXACT = 'mmchan.ExactRunner'


def train_ordinary(cfg: Config, task: Task) -> Outcome:
    """Train and validate in ``task.folder``; what a killed trial left there is gone on from.

    The folder holds afterwards what that of any training does, and the config: ``python tools/train.py
    FOLDER/TRIAL.py`` trains the same. A SIGTERM ends the process as it ends trainings, with the code 75.

    Args:
        cfg: The config of the trial, as :func:`mmchan.design.trials.config.trial_config` gives it.
        task: The trial.

    Raises:
        InputError: For a config that cannot be trained, and an objective that the validation does not give.
        FloatingPointError: Where the loss is NaN or Inf.
    """
    require(bool(task.folder), 'folder', 'the work directory of an ordinary trial', task.folder)
    folder = Path(task.folder)
    path = _write(cfg, folder / f'{task.trial}.py')
    # another Runner would go on with the next epoch, but not exactly
    resume = 'auto' if cfg.get('runner_type') == _EXACT else None
    with _alone():
        try:
            run_training(config_to_train(path, work_dir=str(folder), resume=resume))
        except BadNumbersError as error:
            raise FloatingPointError(str(error).partition('\n')[0]) from error
        metrics = _test(path, folder) if task.test else {}
    gc.collect()  # a Runner and its hooks hold each other
    outcome = read_outcome(folder, task)
    if not task.test:
        return outcome
    require_known(task.objective, metrics, 'objective')
    better = task.higher_is_better
    return replace(outcome, test=error_of(metrics[task.objective], task.objective, higher_is_better=better))


def _test(path: Path, folder: Path) -> dict[str, float]:
    """The metrics of the last weights on the data to test."""
    checkpoint = last_checkpoint(folder)
    require(checkpoint is not None, 'test', 'left out: the training kept no checkpoint', True)
    return run_testing(config_to_test(path, str(checkpoint), work_dir=str(folder / 'test')))


def _write(cfg: Config, path: Path) -> Path:
    log = {'data_src': 'loss', 'method_name': 'mean', 'window_size': 'epoch', 'log_name': LOSS}
    processor = dict(cfg.get('log_processor') or {})
    processor['custom_cfg'] = [*processor.get('custom_cfg', ()), log]
    cfg.log_processor = processor
    with replacing(path) as unfinished:
        unfinished.write_text(cfg.pretty_text, encoding='utf-8')
    return path


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Print nothing; leave MMEngine's globals, random states and threads as they were, and no log open."""
    threads = torch.get_num_threads()
    with contextlib.ExitStack() as stack:
        silence = stack.enter_context(Path(os.devnull).open('w', encoding='utf-8'))
        stack.enter_context(contextlib.redirect_stdout(silence))
        stack.enter_context(contextlib.redirect_stderr(silence))
        stack.enter_context(own_random_numbers())
        stack.enter_context(own_managers())
        stack.callback(torch.set_num_threads, threads)
        stack.callback(_close_logs, before=set(MMLogger._instance_dict))
        yield


def _close_logs(before: set[str]) -> None:
    for name, logger in MMLogger._instance_dict.items():
        for handler in () if name in before else logger.handlers:
            handler.close()


def read_outcome(folder: Path, task: Task) -> Outcome:
    """What a trained folder says.

    Raises:
        InputError: Where the validations did not give the objective.
        FloatingPointError: Where a loss was NaN or Inf.
    """
    log = read_log(folder)
    if not log.metrics:
        raise InputError('the training config must validate (val_dataloader, val_cfg, val_evaluator)')
    require_known(task.objective, log.metrics, 'objective')
    means = log.series[LOSS]
    # what was logged last in an epoch is the mean over all of it
    losses = dict(zip(means.epochs, means.values, strict=True))
    if not all(map(math.isfinite, losses.values())):
        epoch = next(epoch for epoch, loss in losses.items() if not math.isfinite(loss))
        raise FloatingPointError(f'the loss is {losses[epoch]} in epoch {epoch}')
    found = log.series[task.objective]
    epochs = [epoch for epoch in found.epochs if epoch is not None]
    errors = [
        error_of(value, task.objective, higher_is_better=task.higher_is_better) for value in found.values
    ]
    return Outcome(epochs=epochs, errors=errors, losses=[losses[epoch] for epoch in epochs], path='ordinary')
