"""One attempt at a trial, and what came of it: an outcome, or the cause of the failure."""

import math
import os
import platform
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from importlib import metadata

from mmchan import __version__
from mmchan.design.trials import Outcome, Task
from mmchan.errors import BadNumbersError

CAUSES = ('error', 'crash', 'timeout', 'nan', 'memory')
PACKAGES = ('torch', 'numpy', 'mmengine', 'mmcv', 'mmpretrain', 'mmdet')
# what torch says where the CPU's or a GPU's memory does not suffice
MEMORY_WORDS = ('not enough memory', "can't allocate memory", 'out of memory')


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What came of one attempt at a trial.

    Attributes:
        outcome: Of a training that came to its end; None of one that failed.
        cause: Why it failed, one of :data:`CAUSES`; None where it did not.
        message: What happened, in a line.
        details: The traceback, or what the worker wrote last.
        outside: Whether it was ended from outside, so that another attempt may go well.
        begun: Whether the trial had begun; else its worker ended while it started.
        seconds: How long it took.
        started: When it began, in ISO 8601.
        host: Where.
        pid: Of the process.
        versions: Of the packages there.
    """

    outcome: Outcome | None = None
    cause: str | None = None
    message: str = ''
    details: str = ''
    outside: bool = False
    begun: bool = True
    seconds: float = 0.0
    started: str = field(default_factory=lambda: now())
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    versions: dict[str, str] = field(default_factory=lambda: versions())


def now() -> str:
    """The time of day in UTC, in ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec='milliseconds')


@cache
def versions() -> dict[str, str]:
    """Versions of Python, of this package and of those that it trains with, as far as they are there."""
    found = {'mmchan': __version__, 'python': platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def attempt(run: Callable[[Task], Outcome], task: Task) -> Attempt:
    """Run a trial in this process; nothing that it raises gets out, but a request to stop.

    Args:
        run: The trial.
        task: What it is given.
    """
    started, begin = now(), time.monotonic()
    try:
        outcome = run(task)
        check_outcome(outcome)
        found = {'outcome': outcome}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a trial is any code; what it raises is recorded
        found = {
            'cause': cause_of(error),
            'message': last_line(error),
            'details': ''.join(traceback.format_exception(error)),
        }
    return Attempt(**found, started=started, seconds=time.monotonic() - begin)


def check_outcome(outcome: object) -> None:
    """Raise where a trial gave no errors, or such that are no numbers."""
    if not isinstance(outcome, Outcome):
        raise TypeError(f'a trial must return an Outcome, got {type(outcome).__name__}')
    if not outcome.errors or len(outcome.errors) != len(outcome.epochs):
        raise ValueError(
            f'an outcome must have an error for every epoch that it names, '
            f'got {len(outcome.errors)} of {len(outcome.epochs)}'
        )
    for name in ('errors', 'losses'):
        bad = [value for value in getattr(outcome, name) if not math.isfinite(value)]
        if bad:
            raise FloatingPointError(f'{name} of the trial have {bad[0]}')


def cause_of(error: BaseException) -> str:
    """Which of the causes an exception is."""
    if isinstance(error, FloatingPointError | BadNumbersError):
        return 'nan'
    torchs = isinstance(error, RuntimeError) and any(words in str(error) for words in MEMORY_WORDS)
    if isinstance(error, MemoryError) or torchs or type(error).__name__ == 'OutOfMemoryError':
        return 'memory'
    return 'error'


def last_line(error: BaseException) -> str:
    """The last line of an exception's traceback.

    >>> last_line(ValueError('no such thing'))
    'ValueError: no such thing'
    """
    lines = ''.join(traceback.format_exception_only(error)).strip().splitlines()
    kind = type(error).__name__
    return next((line for line in lines if kind in line), lines[-1])[:500]
