"""Workers on this machine, each a process that lives as long as the sweep."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing import connection
from pathlib import Path
from typing import BinaryIO

from mmchan.design.sweeps.pools.child import Child
from mmchan.design.sweeps.pools.pool import Finished, Pool
from mmchan.design.trials import Task

TICK = 0.1  # seconds between looks at who has died, or is late


class Processes(Pool):
    """Processes that are started when there is work, and anew after a crash or a time-out.

    Args:
        function: What runs a trial, as 'module:name'.
        logs: Folder for what the workers write; None keeps it no longer than they live.
        workers: Their number.
        timeout: Seconds that a trial may take.
        environments: What each worker has in addition to our environment, such as its GPU.
        cwd: Where they work, if that is there; by default where we do.
    """

    def __init__(
        self,
        function: str,
        logs: Path | None,
        *,
        workers: int,
        timeout: float,
        environments: Sequence[Mapping[str, str]] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.function, self.logs, self.timeout, self.cwd = function, logs, timeout, cwd
        self.environments = environments or [{}] * workers
        self._children: list[Child | None] = [None] * workers

    @property
    def places(self) -> int:
        return len(self._children)

    @property
    def running(self) -> list[Task]:
        return [child.task for child in self._busy()]

    def _busy(self) -> list[Child]:
        return [child for child in self._children if child and child.task is not None]

    def submit(self, task: Task) -> None:
        idle = [place for place, child in enumerate(self._children) if child is None or child.task is None]
        # one that is there is ready at once
        place = min(idle, key=lambda one: self._children[one] is None)
        child = self._children[place]
        if child is None or not child.is_alive:
            if child is not None:
                child.close()
            child = self._children[place] = self._start(place)
        child.begin(task, timeout=self.timeout)

    def _start(self, place: int) -> Child:
        environment = self.environments[place]
        return Child(self.function, self._log(place), environment=environment, cwd=self.cwd)

    def _log(self, place: int) -> BinaryIO:
        if self.logs is None:
            return tempfile.TemporaryFile('ab+')
        self.logs.mkdir(parents=True, exist_ok=True)
        return (self.logs / f'worker-{place}.log').open('ab+')

    def wait(self, seconds: float) -> list[Finished]:
        until = time.monotonic() + seconds
        while True:
            done = self._collect()
            left = until - time.monotonic()
            if done or left <= 0:
                return done
            connection.wait([child.connection for child in self._busy()], min(TICK, left))

    def _collect(self) -> list[Finished]:
        done = []
        for place, child in enumerate(self._children):
            if child is None or child.task is None:
                continue
            task = child.task
            found = child.poll()
            if found is None:
                continue
            done.append((task, found))
            if child.task is not None:  # it is gone
                child.close()
                self._children[place] = None
        return done

    def close(self) -> None:
        for child in filter(None, self._children):
            child.close()
        self._children = [None] * len(self._children)
