"""What is written while a screen is shown stands above it, and the terminal is as before when it ends."""

import contextlib
import logging
import os
import pty
import re
import sys
import tty

import pytest
from rich.text import Text

from mmchan.runs.screen import Screen, is_terminal

END = b'\x04end'  # what no screen writes


class Terminal:
    """A terminal whose other end is read here."""

    def __init__(self):
        self.ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.file = os.fdopen(theirs, 'w')

    def read(self):
        """What was written since the last time; a mark behind it says when all of it has come."""
        self.file.flush()
        os.write(self.file.fileno(), END)
        text = b''
        while not text.endswith(END):
            text += os.read(self.ours, 1 << 16)
        return text.removesuffix(END).decode()


@pytest.fixture
def terminal(monkeypatch):
    for name in ('COLUMNS', 'LINES', 'NO_COLOR', 'FORCE_COLOR', 'TTY_COMPATIBLE'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('TERM', 'xterm')
    terminal = Terminal()
    yield terminal
    terminal.file.close()
    os.close(terminal.ours)


@contextlib.contextmanager
def printing_to(terminal):
    """Let print write to it, and a handler that is there before the screen is, as MMEngine's are."""
    with contextlib.redirect_stdout(terminal.file), contextlib.redirect_stderr(terminal.file):
        handler = logging.StreamHandler(sys.stdout)
        logging.getLogger().addHandler(handler)
        try:
            yield handler
        finally:
            logging.getLogger().removeHandler(handler)


def plain(text):
    """What is left without control sequences, line by line."""
    return re.sub(r'\x1b\[[0-9;?]*[a-zA-Z]|\r', '', text).split('\n')


def test_lines_of_print_and_log_stand_above(terminal):
    with printing_to(terminal):
        screen = Screen()
        screen.show(Text('one\ntwo'))
        terminal.read()
        print('printed')
        assert plain(terminal.read()) == ['printed', 'one', 'two']
        logging.getLogger().warning('logged')
        said = terminal.read()
        assert plain(said) == ['logged', 'one', 'two']
        assert said.index('\x1b[1A') < said.index('logged')  # the drawing is taken away first
        screen.stop()


def test_everything_is_given_back(terminal):
    with printing_to(terminal) as handler:
        before = sys.stdout, sys.stderr, handler.stream
        screen = Screen()
        screen.show('view')
        assert sys.stdout is not before[0]
        assert handler.stream is not before[2]
        screen.stop()
        screen.stop()
        assert (sys.stdout, sys.stderr, handler.stream) == before


def test_cursor_is_never_left_hidden(terminal):
    with printing_to(terminal):
        screen = Screen()
        screen.show('view')
        said = terminal.read()
        assert said.rindex('\x1b[?25h') > said.rindex('\x1b[?25l')
        screen.stop()


def test_rows_that_a_narrow_terminal_added_are_taken_away(terminal):
    with printing_to(terminal):
        screen = Screen()
        screen.show(Text('\n'.join(['x' * 70] * 3)))
        terminal.read()
        screen.console.width = 40  # each line takes two rows now
        screen.show(Text('y'))
        assert terminal.read().count('\x1b[1A') == 5
        screen.show(Text('z'))
        assert terminal.read().count('\x1b[1A') == 0
        screen.stop()


def test_forked_process_writes_past_the_screen(terminal):
    with printing_to(terminal):
        screen = Screen()
        screen.show('view')
        terminal.read()
        pid = os.fork()
        if pid == 0:
            print('from a worker', flush=True)
            logging.getLogger().warning('logged by it')
            os._exit(0)
        os.waitpid(pid, 0)
        assert terminal.read() == 'from a worker\nlogged by it\n'
        screen.stop()


@pytest.mark.parametrize(('variable', 'value', 'is_one'), [('TERM', 'dumb', False), ('NO_COLOR', '1', True)])
def test_terminal_is_one_that_can_be_drawn_on(terminal, monkeypatch, variable, value, is_one):
    monkeypatch.setenv(variable, value)
    with printing_to(terminal):
        assert is_terminal() == is_one


def test_pipe_is_no_terminal_whatever_is_forced(monkeypatch):
    monkeypatch.setenv('FORCE_COLOR', '1')
    assert not is_terminal()
