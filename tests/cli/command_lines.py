"""Runs our tools as users do: as programs of their own, or in this process where that shows the same."""

import contextlib
import io
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from mmchan import cli
from tests import mmengine_globals

ROOT = Path(__file__).parents[2]
DIGITS = ROOT / 'configs/regnet/regnetx-400mf_1xb64_digits.py'


def run(*command, cwd, **environment):
    """Run a program; a name that ends with .py is run by this Python, our package found from ROOT."""
    program = str(command[0])
    prefix = [sys.executable] if program.endswith('.py') else []
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    quiet = {name: value for name, value in os.environ.items() if name not in ('RANK', 'LOCAL_RANK')}
    return subprocess.run(
        [*prefix, *map(str, command)],
        cwd=cwd,
        env={**quiet, 'PATH': path, 'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1', **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def tool(name, *args, cwd, **environment):
    """Run a script of tools/."""
    return run(ROOT / 'tools' / name, *args, cwd=cwd, **environment)


def tool_here(name, *args, cwd):
    """Run a script of tools/ in this process: each new one would import torch and the libraries anew."""
    script = str(ROOT / 'tools' / name)
    return _here(lambda: runpy.run_path(script, run_name='__main__'), script, *args, cwd=cwd)


def mmchan_here(*args, cwd=None):
    """Run the ``mmchan`` command in this process."""
    return _here(cli.main, 'mmchan', *args, cwd=cwd)


def _here(program, *command, cwd):
    """Call what reads ``sys.argv``; the exit code and what it printed, as of a process."""
    command, code = list(map(str, command)), 0
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd or Path.cwd())
        patch.setattr(sys, 'argv', command)
        patch.setenv('LOCAL_RANK', '0')  # the tools set it, and would leave it behind
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                program()
            except SystemExit as end:
                code = end.code or 0
    mmengine_globals.forget()
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())


def succeeded(result):
    """The result, after checking that the program ended well."""
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result
