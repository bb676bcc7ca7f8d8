"""No workers: trials run one after another in this process, for a debugger."""

import pkgutil

from mmchan.design.sweeps.pools.attempt import attempt
from mmchan.design.sweeps.pools.pool import Finished, Pool
from mmchan.design.trials import Task


class InProcess(Pool):
    """One trial at a time, here. None is ended after its time, and a crash ends the sweep.

    Args:
        function: What runs a trial, as 'module:name'.
    """

    def __init__(self, function: str) -> None:
        self._run = pkgutil.resolve_name(function)
        self._tasks: list[Task] = []

    @property
    def places(self) -> int:
        return 1

    @property
    def running(self) -> list[Task]:
        return list(self._tasks)

    def submit(self, task: Task) -> None:
        self._tasks.append(task)

    def wait(self, seconds: float) -> list[Finished]:
        """Run what was submitted, however long it takes."""
        tasks, self._tasks = self._tasks, []
        return [(task, attempt(self._run, task)) for task in tasks]

    def close(self) -> None:
        self._tasks.clear()
