"""Trainings of benchmarks/configs/ in this process, killed where a test wants it."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.registry import HOOKS
from mmchan.runs.config import config_to_train
from mmchan.runs.launch import run_training
from tests import mmengine_globals
from tests.benchmark_scripts import load

kill_resume = load('kill_resume')


class Killed(BaseException):
    """Ends a training where it stands; nothing of it gets to clean up what counts: its files."""


class Broken(Exception):  # noqa: N818
    """What a test breaks."""


@HOOKS.register_module(force=True)
class EndHook(Hook):
    """Ends a training at the n-th call of one of its places, before or after all other hooks.

    Args:
        place: Name of a hook's method, such as 'after_train_iter'.
        call: Number of the call, from 1.
        how: 'kill', 'raise' an error, or the name of a signal.
    """

    def __init__(self, place: str, call: int, how: str = 'kill') -> None:
        self.calls = 0
        self.call = call
        self.how = how
        setattr(self, place, self._count)

    def _count(self, runner: Runner, **arguments: object) -> None:
        self.calls += 1
        if self.calls != self.call:
            return
        if self.how == 'kill':
            raise Killed
        if self.how == 'raise':
            raise Broken('on purpose')
        os.kill(os.getpid(), getattr(signal, self.how))


def ending(place: str, call: int, *, how: str = 'kill', priority: str = 'LOWEST') -> dict:
    """The config of an EndHook."""
    return {'type': 'mmchan.EndHook', 'place': place, 'call': call, 'how': how, 'priority': priority}


def train(
    work_dir: Path,
    kind: str = 'classification',
    *,
    end: dict | None = None,
    change: Callable | None = None,
    **settings: object,
) -> Path:
    """Train, or go on; the work directory.

    Args:
        work_dir: The work directory.
        kind: Of the configs.
        end: Config of an EndHook.
        change: Changes the config.
        settings: As for :func:`mmchan.runs.config.config_to_train`.
    """
    cfg = config_to_train(kill_resume.CONFIGS[kind], work_dir=str(work_dir), resume='auto', **settings)
    if change:
        change(cfg)
    if end:
        cfg.default_hooks.end = end
    try:
        run_training(cfg)
    except Killed:
        pass
    finally:
        mmengine_globals.forget()
    return work_dir
