"""The process of a worker: it runs one trial after another until nobody listens any more.

    python -m mmchan.design.sweeps.pools.worker DESCRIPTOR PARENT FUNCTION

It ends with the process that started it, however that one ends.
"""

import ctypes
import faulthandler
import os
import pkgutil
import queue
import signal
import sys
import threading
from multiprocessing.connection import Connection

from mmchan.design.sweeps.pools.attempt import attempt

READY = 'ready'
PR_SET_PDEATHSIG = 1  # of prctl(2)


def main(descriptor: int, parent: int, function: str) -> None:
    """Take tasks from a connection and send what came of them.

    Args:
        descriptor: Of the connection.
        parent: The process that started this one.
        function: What runs a trial, as 'module:name'.
    """
    end_with(parent)
    faulthandler.enable()
    connection = Connection(descriptor)
    run = pkgutil.resolve_name(function)
    tasks: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    connection.send(READY)
    while True:
        connection.send(attempt(run, tasks.get()))


def end_with(parent: int) -> None:
    """Let the kernel end this process with its parent, where it can: not even a hang survives it then."""
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before this one asked
        os._exit(0)


def _receive(connection: Connection, tasks: queue.SimpleQueue) -> None:
    """Hand on tasks as they come; when the other end is gone, end the process, whatever it does."""
    while True:
        try:
            tasks.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)


if __name__ == '__main__':
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
