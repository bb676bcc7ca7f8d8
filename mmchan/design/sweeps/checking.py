"""Is the training of a sweep sound? Looked at once, before its trials: all of them would have its faults."""

from pathlib import Path

from mmchan.checks.data import check_data
from mmchan.design import spaces
from mmchan.design.sweeps.plan import plan_trials, task_of
from mmchan.design.sweeps.settings import Sweep
from mmchan.design.trials.config import trial_config
from mmchan.findings import Finding, stop_at
from mmchan.runs.preparation import examine_config


def check_sweep(sweep: Sweep, *, data: bool = True) -> list[Finding]:
    """Check the training config with one network of the space, as training does it.

    Args:
        sweep: The sweep.
        data: Whether the data must be here: machines of a cluster may have their own.

    Returns:
        What is worth a look and ends no trial.

    Raises:
        InputError: With everything that would end or spoil all trials: mistakes in the config, absent data.
    """
    population = sweep.given or spaces.sample(sweep.space, seed=sweep.seed, count=1)
    task = task_of(plan_trials(sweep, population)[0], sweep, Path())
    cfg = trial_config(task)
    findings = examine_config(cfg, task.loaders)
    stop_at(findings, f'It is in {sweep.train} or in the cfg_options: every trial would have it.')
    if data:
        stop_at(check_data(cfg, task.loaders))
    return findings
