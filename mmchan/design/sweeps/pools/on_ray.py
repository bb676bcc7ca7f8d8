"""Workers wherever Ray has room: on this machine, or on a cluster through its address.

Ray hands out trials and tells what became of them. A trial itself runs in a process of ours that Ray's worker
keeps, as in :mod:`mmchan.design.sweeps.pools.processes`: so a crash, a hang and an exit come out the same.
"""

import logging
import os
import re
import socket
import time
from pathlib import Path
from types import ModuleType

from mmchan.design.sweeps.pools.attempt import Attempt
from mmchan.design.sweeps.pools.pool import Finished, Pool, WorkersLostError
from mmchan.design.sweeps.pools.processes import Processes
from mmchan.design.trials import Task
from mmchan.errors import InputError
from mmchan.home import installing

LOCAL = 'local'
ADDRESS = re.compile(r'(ray://)?\[?(?P<host>[^/\[\]]+?)\]?:(?P<port>\d{1,5})')
PATIENCE = 10.0  # seconds in which a cluster answers
ADVICE = '"ray status" on its machines tells of it, --pool processes needs none'
# no reports home; no token, which would be a file in the home folder
QUIET = {
    'RAY_USAGE_STATS_ENABLED': '0',
    'RAY_AUTH_MODE': 'disabled',
}
_kept: dict[tuple, Processes] = {}  # in a worker of Ray: the process of ours, by all that it depends on


def import_ray() -> ModuleType:
    """Ray, without its messages.

    Raises:
        InputError: Where it is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise InputError(f'ray is not installed: {installing("design")}, or --pool processes') from error
    return ray


class OnRay(Pool):
    """Core tasks of Ray, each with a core and perhaps a share of a GPU.

    Args:
        function: What runs a trial, as 'module:name'.
        timeout: Seconds that a trial may take.
        workers: The most trials at once; by default as many as there is room for.
        address: Of a cluster, as ``ray.init`` takes it; None starts Ray here, and ends it afterwards.
        gpus: GPUs for each trial; a fraction lets several share one.

    Raises:
        InputError: Where Ray is missing, or the cluster cannot be reached or has no room.
    """

    def __init__(
        self,
        function: str,
        *,
        timeout: float,
        workers: int | None = None,
        address: str | None = None,
        gpus: float = 0,
    ) -> None:
        self.function, self.timeout, self.workers, self.gpus = function, timeout, workers, gpus
        self._is_local = address is None
        self.ray = import_ray()
        self._tasks: dict[object, Task] = {}
        self._start(address)
        options = {'num_cpus': 1, 'num_gpus': gpus, 'max_retries': 0}
        self._remote = self.ray.remote(**options)(run_in_a_process)
        if not self._room():
            found = {name: self._resources().get(name, 0) for name in ('CPU', 'GPU')}
            self.close()
            raise InputError(f'Ray has no room for a trial of 1 core and {gpus:g} GPUs: it has {found}')

    def _start(self, address: str | None) -> None:
        settings = {'address': address or LOCAL, 'log_to_driver': False, 'logging_level': logging.ERROR}
        if address is None:
            for name, value in QUIET.items():
                os.environ.setdefault(name, value)
            settings |= {'include_dashboard': False, 'num_cpus': self.workers}
        else:
            check_answers(address)
        try:
            self.ray.init(**settings)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            where = 'Ray cannot start here' if address is None else f'no cluster answers at {address!r}'
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise InputError(f'{where}: {first}; {ADVICE}') from error

    def _resources(self) -> dict[str, float]:
        return self.ray.cluster_resources()

    @property
    def places(self) -> int:
        room = self._room()
        if self._is_local and not room:
            raise _gone()
        return room if self.workers is None else min(room, self.workers)

    def _room(self) -> int:
        """How many trials there are cores and GPUs for."""
        found = self._resources()
        cores = int(found.get('CPU', 0))
        return min(cores, _shares(found.get('GPU', 0), self.gpus)) if self.gpus else cores

    @property
    def running(self) -> list[Task]:
        return list(self._tasks.values())

    def submit(self, task: Task) -> None:
        reference = self._remote.remote(
            self.function, task, timeout=self.timeout, cwd=str(Path.cwd()), has_gpus=bool(self.gpus)
        )
        self._tasks[reference] = task

    def wait(self, seconds: float) -> list[Finished]:
        if not self._tasks:  # a cluster without room, for the moment
            time.sleep(seconds)
            return []
        done, _ = self.ray.wait(list(self._tasks), timeout=seconds)
        return [(self._tasks.pop(one), self._result(one)) for one in done]

    def _result(self, reference: object) -> Attempt:
        errors = self.ray.exceptions
        try:
            return self.ray.get(reference)
        except errors.OutOfMemoryError as error:
            return _lost('memory', error)
        except errors.LocalRayletDiedError as error:
            raise _gone() from error
        except errors.RayTaskError as error:  # our own code: a worker that cannot start
            raise InputError(str(error.cause)) from error
        except errors.RayError as error:  # TaskCancelledError, WorkerCrashedError, NodeDiedError, …
            return _lost('crash', error)

    def close(self) -> None:
        if not self.ray.is_initialized():
            return
        for reference in self._tasks:
            self.ray.cancel(reference, force=True)
        self._tasks.clear()
        self.ray.shutdown()


def _gone() -> WorkersLostError:
    return WorkersLostError('Ray has ended on this machine; start the sweep again, it goes on from here')


def check_answers(address: str) -> None:
    """Raise InputError where nothing listens at HOST:PORT: Ray itself would try for many minutes."""
    named = ADDRESS.fullmatch(address)
    if named is None:  # 'auto', or what Ray itself says something about
        return
    try:
        socket.create_connection((named['host'], int(named['port'])), timeout=PATIENCE).close()
    except OSError as error:
        raise InputError(f'no cluster answers at {address!r}: {error.strerror or error}; {ADVICE}') from error


def _shares(gpus: float, share: float) -> int:
    """How many trials fit on GPUs; a trial's share of one lies on one alone."""
    return int(gpus) * int(1 / share) if share <= 1 else int(gpus / share)


def _lost(cause: str, error: Exception) -> Attempt:
    first = (str(error).strip().splitlines() or [''])[0]
    return Attempt(cause=cause, message=f'{type(error).__name__}: {first}', details=str(error), outside=True)


def run_in_a_process(function: str, task: Task, *, timeout: float, cwd: str, has_gpus: bool) -> Attempt:
    """In a worker of Ray: run a trial in the process that it keeps for that.

    Args:
        function: What runs it, as 'module:name'.
        task: The trial.
        timeout: Seconds that it may take.
        cwd: Where the sweep was started: paths of configs are meant from there.
        has_gpus: Whether it sees the GPUs that Ray gave it; else none.
    """
    gpus = os.environ.get('CUDA_VISIBLE_DEVICES', '') if has_gpus else ''
    key = (function, timeout, cwd, gpus)
    if key not in _kept:
        for other in _kept.values():  # Ray gives its workers now this GPU, now that
            other.close()
        _kept.clear()
        environments = [{'CUDA_VISIBLE_DEVICES': gpus}]
        _kept[key] = Processes(
            function, None, workers=1, timeout=timeout, environments=environments, cwd=Path(cwd)
        )
    pool = _kept[key]
    pool.submit(task)
    while True:
        for _, found in pool.wait(1.0):
            return found
