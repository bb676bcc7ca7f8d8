"""Requests to stop: a training saves where it is and ends with an exit code of its own."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODE = 75  # EX_TEMPFAIL of sysexits.h: try again later, with --resume
# SLURM sends a signal of one's choice before the time limit: tools/slurm_train.sh asks for SIGUSR1
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)


class Stopped(BaseException):
    """Ends a training between two iterations. No error, hence no Exception: nobody shall catch it as one."""


class StopRequest:
    """Whether somebody asked the process to stop, and how."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.signal: signal.Signals | None = None
        self.around = ('\n', '\n')  # what a message begins and ends with

    def __bool__(self) -> bool:
        return self.signal is not None

    def take(self, number: int, frame: FrameType | None) -> None:
        """Signal handler: remember the first request; a second Ctrl-C stops at once."""
        if self.signal is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signal = signal.Signals(number)
        if self.quiet:
            return
        # straight to the descriptor: the interrupted code may be in the middle of a print
        message = f'{self.signal.name}: saving after this iteration; Ctrl-C stops at once'
        os.write(2, message.join(self.around).encode())


@contextmanager
def stop_requests(*, quiet: bool = False) -> Iterator[StopRequest]:
    """Take SIGINT, SIGTERM and SIGUSR1 as requests to stop while the body runs.

    Args:
        quiet: Say nothing when one comes: a launcher of several processes also ends them with SIGTERM, when
            one has failed.
    """
    request = StopRequest(quiet=quiet)
    if threading.current_thread() is not threading.main_thread():  # Python lets no other thread take signals
        yield request
        return
    before = {number: signal.signal(number, request.take) for number in SIGNALS}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
