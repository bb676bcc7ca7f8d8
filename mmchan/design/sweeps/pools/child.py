"""A worker as its parent sees it: a process that is given trials, timed, and ended."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO

from mmchan.design.sweeps.pools.attempt import Attempt, now
from mmchan.design.sweeps.pools.worker import READY
from mmchan.design.trials import Task
from mmchan.errors import InputError

# of the libraries that would otherwise start a thread per core, and wait for each other in busy loops
ONE_THREAD = dict.fromkeys(
    ('OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'NUMEXPR_NUM_THREADS'), '1'
)
# by which something else than the trial ends a process: the kernel, a scheduler, a person
FROM_OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT}
START = 300.0  # seconds in which a worker starts even on a machine that has much else to do
KERNEL_COUNTS = Path('/proc/vmstat')
TAIL = 4000  # bytes of what a worker wrote that are kept of a crash


class Child:
    """A process that runs one trial after another, one thread each.

    Args:
        function: What runs a trial, as 'module:name'.
        log: Takes what the process writes; it is read and closed here.
        environment: What it has in addition to ours.
        cwd: Where it works; None, or what is not there, for where we do.
    """

    def __init__(
        self,
        function: str,
        log: BinaryIO,
        *,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.log = log
        self.task: Task | None = None
        self._is_ready = False
        self._until = time.monotonic() + START
        self._begin, self._started = time.monotonic(), now()
        self._offset, self._killed_before = self._size(), killed_for_memory()
        self.connection, theirs = multiprocessing.Pipe()
        self.process = subprocess.Popen(  # noqa: S603 - this Python
            _command(theirs, function),
            pass_fds=[theirs.fileno()],
            env=_environment(environment or {}),
            cwd=cwd if cwd and cwd.is_dir() else None,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the sweep; what a trial starts ends with it
        )
        theirs.close()

    def begin(self, task: Task, *, timeout: float) -> None:
        """Give it a trial.

        Args:
            task: The trial.
            timeout: Seconds that it may take.
        """
        self.task, self._timeout = task, timeout
        if self._is_ready:
            self._send()

    def _send(self) -> None:
        self._begin, self._started = time.monotonic(), now()
        self._until = self._begin + self._timeout
        self._offset, self._killed_before = self._size(), killed_for_memory()
        with contextlib.suppress(BrokenPipeError):  # it is dead, as poll() finds
            self.connection.send(self.task)

    def poll(self) -> Attempt | None:
        """What came of the trial; None while it runs. Whoever ended without an answer is gone afterwards.

        Raises:
            InputError: Where the process cannot start.
        """
        dead = self.process.poll() is not None  # asked first: it may have answered before
        message = self._message()
        if message == READY:
            self._is_ready = True
            if self.task is not None:
                self._send()
            return None
        if message is not None:
            self.task = None
            return message
        if dead:
            return self._died()
        return self._late() if time.monotonic() > self._until and self.task else None

    def _message(self) -> object:
        try:
            return self.connection.recv() if self.connection.poll() else None
        except (EOFError, OSError):
            return None

    @property
    def is_alive(self) -> bool:
        """Whether it can be given a trial."""
        return self.process.poll() is None

    def _died(self) -> Attempt:
        code = self.process.returncode
        self.end()
        if not self._is_ready and code >= 0:
            raise InputError(f'a worker cannot start: {self._tail().strip() or f"exit status {code}"}')
        if -code == signal.SIGKILL and killed_for_memory() > self._killed_before:
            return self._failed('memory', 'the kernel ended its process, as memory ran out', outside=True)
        return self._failed('crash', _ending(code), outside=-code in FROM_OUTSIDE)

    def _late(self) -> Attempt:
        self.end()
        if not self._is_ready:
            return self._failed('timeout', f'its worker did not start within {START:g} s', outside=True)
        return self._failed('timeout', f'not done within {self._timeout:g} s')

    def _failed(self, cause: str, message: str, *, outside: bool = False) -> Attempt:
        return Attempt(
            cause=cause,
            message=message,
            details=self._tail(),
            outside=outside,
            begun=self._is_ready,
            started=self._started,
            seconds=time.monotonic() - self._begin,
            pid=self.process.pid,
        )

    def _tail(self) -> str:
        """What the process wrote last, in this trial."""
        begin = max(self._offset, self._size() - TAIL)
        return os.pread(self.log.fileno(), TAIL, begin).decode(errors='replace')

    def _size(self) -> int:
        return os.fstat(self.log.fileno()).st_size

    def end(self) -> None:
        """End it, and what its trial started, at once."""
        if self.connection.closed:  # it has ended, and its number may be another's
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.connection.close()

    def close(self) -> None:
        """End it for good."""
        self.end()
        self.log.close()


def killed_for_memory() -> int:
    """How many processes the kernel has ended for want of memory; 0 where it does not tell."""
    try:
        lines = KERNEL_COUNTS.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith('oom_kill ')), 0)


def _command(theirs: Connection, function: str) -> list[str]:
    worker = f'{__package__}.worker'
    return [sys.executable, '-m', worker, str(theirs.fileno()), str(os.getpid()), function]


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours, and one thread, and modules from where we have ours."""
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return {**os.environ, **ONE_THREAD, 'PYTHONPATH': paths, **more}


def _ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f'its process ended with exit status {code}'
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f'signal {-code}'
    return f'its process was ended by {name}'
