"""Trials that train nothing: what a worker calls in the place of mmchan.design.trials.run_trial."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from mmchan.design.trials import Outcome, Task

HERE = __name__


def drawn(task: Task) -> Outcome:
    """Return at once, with numbers that follow from the task alone."""
    draw = np.random.default_rng(task.seed)
    epochs = list(range(1, task.epochs + 1))
    errors, losses = draw.random((2, task.epochs)).tolist()
    return Outcome(epochs=epochs, errors=errors, losses=losses, path='fast')


def tested(task: Task) -> Outcome:
    """As drawn, and an error on the data to test."""
    return replace(drawn(task), test=task.seed % 1000 / 1000)


def slow(task: Task) -> Outcome:
    """As drawn, after some time."""
    time.sleep(0.3)
    return drawn(task)


def as_named(task: Task) -> Outcome:
    """What the task's name says."""
    return BY_NAME[task.trial](task)


def raising(task: Task) -> Outcome:
    raise KeyError('no such layer')


def nan(task: Task) -> Outcome:
    raise FloatingPointError('the loss is nan')


def nan_error(task: Task) -> Outcome:
    return Outcome(epochs=[1], errors=[float('nan')], losses=[1.0], path='fast')


def memory(task: Task) -> Outcome:
    raise MemoryError('no room')


def torch_memory(task: Task) -> Outcome:
    raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")


def exits(task: Task) -> Outcome:
    os._exit(3)


def exits_politely(task: Task) -> Outcome:
    raise SystemExit(4)


def segfault(task: Task) -> Outcome:
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(10)


def killed(task: Task) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(task: Task) -> Outcome:
    """Be ended as the kernel does it, which counts what it ends."""
    Path(task.folder).write_text('nr_free_pages 1\noom_kill 8\n')
    os.kill(os.getpid(), signal.SIGKILL)


def hangs(task: Task) -> Outcome:
    time.sleep(1000)


def nothing(task: Task) -> None:
    return None


def pid(task: Task) -> Outcome:
    """Tell whether the process is the one of the trial before: by its number and its threads."""
    threads = float(os.environ['OMP_NUM_THREADS'])
    return Outcome(epochs=[1], errors=[float(os.getpid())], losses=[threads], path='fast')


def failing_by_raising(task: Task) -> Outcome:
    """As drawn, or one of several failures, as the seed wants it."""
    kinds = (drawn, raising, drawn, nan, drawn, memory)
    return kinds[task.seed % len(kinds)](task)


def failing(task: Task) -> Outcome:
    """As drawn, or any of the failures."""
    kinds = (drawn, raising, drawn, nan, exits, memory, drawn, segfault, killed, hangs)
    return kinds[task.seed % len(kinds)](task)


BY_NAME = {
    function.__name__: function
    for function in (
        drawn, raising, nan, nan_error, memory, torch_memory, exits, exits_politely, segfault, killed, hangs,
        nothing, pid,
    )
}  # fmt: skip
