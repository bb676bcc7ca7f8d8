"""channels/ stands alone."""

import json
import subprocess
import sys

import pytest

PROBE = """
import json, sys
before = {{*sys.modules}}
import {module}
print(json.dumps(sorted({{*sys.modules}} - before)))
"""
# modules of Python's own library that cost as much time as all of ours
HEAVY = {
    'argparse',
    'asyncio',
    'email',
    'http',
    'logging',
    'multiprocessing',
    'socket',
    'subprocess',
    'unittest',
}


@pytest.mark.parametrize(
    ('module', 'rooms'), [('mmchan', {'process'}), ('mmchan.channels', {'channels', 'process'})]
)
def test_import_takes_little_of_python_and_nothing_else(module, rooms):
    command = [sys.executable, '-c', PROBE.format(module=module)]
    imported = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    roots = {name.partition('.')[0] for name in imported}
    assert roots - sys.stdlib_module_names == {'mmchan'}
    assert not roots & HEAVY
    assert {name.split('.')[1] for name in imported if name.startswith('mmchan.')} == rooms


@pytest.mark.parametrize('command', [['--help'], ['list', 'rexnet'], ['show', 'rexnet-1.0x']], ids=' '.join)
def test_quick_commands_import_nothing_slow(command):
    program = f"""
import sys
from mmchan import cli
try:
    cli.main({command!r})
except SystemExit:
    print({{'torch', 'numpy', 'rich', 'importlib.metadata', 'logging', 'difflib'}} & {{*sys.modules}})
"""
    printed = subprocess.run(
        [sys.executable, '-c', program], capture_output=True, text=True, check=True
    ).stdout
    assert printed.splitlines()[-1] == 'set()'
