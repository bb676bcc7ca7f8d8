"""Runs our tools as users do: as programs of their own."""

import os
import subprocess
import sys
from pathlib import Path

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
        timeout=1200,  # a hung program, not a slow machine
    )


def tool(name, *args, cwd, **environment):
    """Run a script of tools/."""
    return run(ROOT / 'tools' / name, *args, cwd=cwd, **environment)


def succeeded(result):
    """The result, after checking that the program ended well."""
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result
