"""One trial: a network trained as a task says."""

from mmchan.design.trials.outcome import Outcome
from mmchan.design.trials.task import Task

__all__ = ['Outcome', 'Task', 'run_trial']


def run_trial(task: Task) -> Outcome:
    """Train a network and tell its errors.

    Args:
        task: What to train, and how.

    Raises:
        FloatingPointError: Where the loss is NaN or Inf.
        MemoryError: Where there is too little memory.
    """
    raise NotImplementedError(f'there is no trainer for {task.trial} yet')
