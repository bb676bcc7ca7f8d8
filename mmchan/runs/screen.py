"""A part of the terminal that is drawn again and again, below the lines of the log."""

import logging
import os
import sys
import weakref
from collections.abc import Iterator, Sequence
from math import ceil

from mmengine.logging import MMLogger
from rich.console import (
    Console,
    ConsoleOptions,
    ConsoleRenderable,
    RenderableType,
    RenderHook,
    RenderResult,
)
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType, Segment


def is_terminal() -> bool:
    """Whether standard output can be drawn on; FORCE_COLOR makes no terminal of a pipe."""
    return sys.stdout.isatty() and not Console().is_dumb_terminal


class Screen(RenderHook):
    """Shows something at the bottom of the terminal until :meth:`stop`.

    Nothing draws by itself: there is no thread, which a process that is forked would inherit half of. The
    cursor stays visible, so that a process that is killed leaves a usable terminal.
    """

    def __init__(self) -> None:
        self.console = Console()
        self.live: Live | None = None
        self.width = self.console.width
        self.lengths: list[int] = []  # of the lines that are drawn
        self.streams: list[tuple[logging.StreamHandler, object]] = []
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: _call(forget))

    def show(self, content: RenderableType) -> None:
        """Draw, in place of what was drawn before."""
        lines = self.console.render_lines(content, pad=False)
        if self.live is None:
            self._start()
        # drawn again with every line of the log, so in a form that costs little
        self.live.update(_Drawn(lines), refresh=True)
        self.lengths = [Segment.get_line_length(line) for line in lines]

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Before anything is printed, go up the rows that a terminal added when it became narrower."""
        width = self.console.width
        if width == self.width:
            return renderables
        more = sum(max(1, ceil(length / width)) for length in self.lengths) - len(self.lengths)
        self.width, self.lengths = width, [min(length, width) for length in self.lengths]
        return [Control(*[(ControlType.ERASE_IN_LINE, 2), (ControlType.CURSOR_UP, 1)] * more), *renderables]

    @property
    def around_notes(self) -> tuple[str, str]:
        """What stands before and after a line that is written past us, in the place of our last one."""
        return '\r\x1b[2K', ''

    def stop(self) -> None:
        """Leave what was drawn last, and the terminal to others."""
        if self.live is None:
            return
        self._give_streams_back()
        self.console.pop_render_hook()
        self.live.stop()
        self.live = None

    def _start(self) -> None:
        """Let what writes to the terminal from now on write above the drawing."""
        before = [sys.stdout, sys.stderr]
        self.live = Live(
            console=self.console,
            auto_refresh=False,
            redirect_stdout=True,
            redirect_stderr=sys.stderr.isatty(),
        )
        self.live.start()
        self.console.push_render_hook(self)
        self.console.show_cursor(True)
        proxies = dict(zip(map(id, before), (sys.stdout, sys.stderr), strict=True))
        self.streams = [(handler, handler.stream) for handler in _handlers() if id(handler.stream) in proxies]
        for handler, stream in self.streams:
            handler.setStream(proxies[id(stream)])

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


class _Drawn:
    """Lines that are rendered already."""

    def __init__(self, lines: Sequence[Sequence[Segment]]) -> None:
        self.lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, line in enumerate(self.lines):
            yield from [Segment.line()] if number else []
            yield from line


def _handlers() -> Iterator[logging.StreamHandler]:
    """The handlers of MMEngine's loggers and of Python's that write to a stream."""
    loggers = [logging.getLogger(), *MMLogger._instance_dict.values()]
    for handler in {id(handler): handler for logger in loggers for handler in logger.handlers}.values():
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            yield handler
