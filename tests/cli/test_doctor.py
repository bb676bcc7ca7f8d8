"""``mmchan doctor`` as a program, in environments of every kind."""

import os
import pty
import subprocess
import sys

import pytest

from tests.checks.fakes import FakeEnvironment


@pytest.fixture
def fake(tmp_path):
    return FakeEnvironment(tmp_path)


def doctor(python):
    return subprocess.run([str(python), '-m', 'mmchan', 'doctor'], capture_output=True, text=True)


def test_healthy_environment_exits_with_0(fake):
    result = doctor(fake.python)
    assert result.returncode == 0, result.stderr
    assert 'everything that mmchan needs works' in result.stdout
    assert 'ok    torch           2.12.0+cu130\n' in result.stdout


def test_missing_torch_exits_with_1_and_its_remedy(fake):
    fake.uninstall('torch')
    result = doctor(fake.python)
    assert result.returncode == 1, result.stderr
    assert 'fail  torch           not installed\n' in result.stdout
    assert f"mend: {fake.python} -m pip install 'torch>=2.6,<2.14'\n" in result.stdout
    assert 'to mend, from the top' in result.stdout


def test_warnings_alone_exit_with_0(fake):
    fake.uninstall('mmdet')
    fake.install('openmim', '0.3.9')
    result = doctor(fake.python)
    assert result.returncode == 0, result.stderr
    assert 'warn  mmdet           not installed; needed for detection only\n' in result.stdout
    assert 'warn  openmim ' in result.stdout


def test_states_are_colored_in_a_terminal_only(fake):
    reader, terminal = pty.openpty()
    subprocess.run([str(fake.python), '-m', 'mmchan', 'doctor'], stdout=terminal, stderr=terminal)
    assert b'\x1b[32m' in os.read(reader, 4096)
    assert '\x1b' not in doctor(fake.python).stdout


@pytest.mark.slow
def test_this_environment_is_healthy():
    result = doctor(sys.executable)
    assert result.returncode == 0, result.stdout
