"""A part of the terminal that is drawn again and again, below the lines of the log."""

import logging
import os
import sys
import weakref
from collections.abc import Iterator, Sequence

from mmengine.logging import MMLogger
from rich.console import Console, ConsoleDimensions, RenderableType
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType


def is_terminal() -> bool:
    """Whether standard output can be drawn on; FORCE_COLOR makes no terminal of a pipe."""
    return sys.stdout.isatty() and not Console().is_dumb_terminal


class Screen:
    """Shows something at the bottom of the terminal until :meth:`stop`.

    Nothing draws by itself: there is no thread, which a process that is forked would inherit half of. The
    cursor stays visible, so that a process that is killed leaves a usable terminal.
    """

    def __init__(self) -> None:
        self.console = Console()
        self.size = self.console.size
        self.live: Live | None = None
        self.shown: RenderableType = ''
        self.streams: list[tuple[logging.StreamHandler, object]] = []
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: _call(forget))

    def show(self, content: RenderableType) -> None:
        """Draw, in place of what was drawn before."""
        if self.live is not None and self.console.size != self.size:
            self._erase()
        self.shown = content
        if self.live is None:
            self._start()
        self.live.update(content, refresh=True)

    @property
    def around_notes(self) -> tuple[str, str]:
        """What stands before and after a line that is written past us, in the place of our last one."""
        return '\r\x1b[2K', ''

    def stop(self) -> None:
        """Leave what was drawn last, and the terminal to others."""
        if self.live is None:
            return
        self._give_streams_back()
        self.live.stop()
        self.live = None

    def _start(self) -> None:
        """Let what writes to the terminal from now on write above the drawing."""
        self.size = self.console.size
        before = [sys.stdout, sys.stderr]
        self.live = Live(
            console=self.console,
            auto_refresh=False,
            redirect_stdout=True,
            redirect_stderr=sys.stderr.isatty(),
        )
        self.live.start()
        self.console.show_cursor(True)
        proxies = dict(zip(map(id, before), (sys.stdout, sys.stderr), strict=True))
        self.streams = [(handler, handler.stream) for handler in _handlers() if id(handler.stream) in proxies]
        for handler, stream in self.streams:
            handler.setStream(proxies[id(stream)])

    def _erase(self) -> None:
        """Take the drawing away from a terminal of another size, which broke the lines that are too long."""
        before, now = self.size, self.console.size
        broken = _broken(self._lengths(before), now.width)
        self._give_streams_back()
        self.live.transient = True
        self.live.update('', refresh=False)
        height = len(self._lengths(before)) + broken
        up = [(ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2)] * (height - 1)
        self.console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2), *up))
        self.live.stop()
        self.live = None

    def _lengths(self, size: ConsoleDimensions) -> list[int]:
        """The lengths of the lines that are drawn."""
        options = self.console.options.update(width=size.width, height=size.height)
        lines = self.console.render_lines(self.shown, options, pad=False)
        return [sum(segment.cell_length for segment in line) for line in lines]

    def _give_streams_back(self) -> None:
        for handler, stream in self.streams:
            handler.setStream(stream)
        self.streams = []

    def _forget(self) -> None:
        """In a forked process: write straight to the terminal, and leave the drawing to the parent."""
        if self.live is None:
            return
        for handler, stream in self.streams:
            handler.stream = stream
        for name in ('stdout', 'stderr'):
            stream = getattr(sys, name)
            setattr(sys, name, getattr(stream, 'rich_proxied_file', stream))


def _call(reference: weakref.WeakMethod) -> None:
    method = reference()
    if method is not None:
        method()


def _broken(lengths: Sequence[int], width: int) -> int:
    """How many rows more lines take on a terminal of another width."""
    return sum(max(0, -(-length // width) - 1) for length in lengths)


def _handlers() -> Iterator[logging.StreamHandler]:
    """The handlers of MMEngine's loggers and of Python's that write to a stream."""
    loggers = [logging.getLogger(), *MMLogger._instance_dict.values()]
    for handler in {id(handler): handler for logger in loggers for handler in logger.handlers}.values():
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            yield handler
