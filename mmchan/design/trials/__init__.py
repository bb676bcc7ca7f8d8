"""One trial of a sweep: a network and a training config become a curve of errors.

A trial is a pure function of its task: whatever the process trained before, and whatever else runs, it gives
the same outcome on the same machine. Importing this is light; torch and OpenMMLab come with the first trial.
"""

from mmchan.design.trials.outcome import Outcome
from mmchan.design.trials.task import PATHS, Task

__all__ = ['PATHS', 'Outcome', 'Task', 'run_trial']


def run_trial(task: Task) -> Outcome:
    """Train and validate one network.

    Args:
        task: Everything that it needs.

    Returns:
        Its curve.

    Raises:
        InputError: For a config that cannot be trained, or not by the path that the task names.
        FloatingPointError: Where the loss is NaN or Inf.
    """
    from mmchan.design.trials.config import trial_config
    from mmchan.design.trials.limits import obstacles

    cfg = trial_config(task)
    hindrances = [] if task.path == 'ordinary' else obstacles(cfg, task.objective, test=task.test)
    if task.path == 'ordinary' or (task.path == 'auto' and hindrances):
        from mmchan.design.trials.ordinary import train_ordinary

        return train_ordinary(cfg, task)
    from mmchan.design.trials.fast import train_fast

    return train_fast(cfg, task)
