"""The set-up script's decisions; `make setup` itself is what runs every other test."""

import importlib.util
import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / 'requirements' / 'setup_env.py'
FACTS = {
    'torch': '2.12.0+cu130',
    'python': 'cpython-311',
    'platform': 'linux-x86_64',
    'ops': 'cpu',
    'gpu': False,
    'include': '/nowhere',
    'torch_includes': [],
}


@pytest.fixture
def setup_env(monkeypatch):
    for name in ('VIRTUAL_ENV', 'MMCHAN_WHEEL_CACHE', 'XDG_CACHE_HOME', 'CXX', 'CFLAGS', 'MAX_JOBS'):
        monkeypatch.delenv(name, raising=False)
    spec = importlib.util.spec_from_file_location('setup_env', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def facts(tmp_path):
    """Facts of an environment with a torch whose headers are quickly compiled."""
    header = tmp_path / 'include' / 'torch' / 'types.h'
    header.parent.mkdir(parents=True)
    header.write_text('struct Tensor {};\n')
    return {**FACTS, 'torch_includes': [str(header.parents[1])]}


def program(path, *lines):
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('\n'.join(['#!/bin/sh', *lines, '']))
    path.chmod(0o755)
    return path


def test_every_requirement_is_pinned_once(setup_env):
    lines = (SCRIPT.parent / 'lock.txt').read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((' ', '#'))]
    assert len(pins) == len(set(pins))
    assert all('==' in pin for pin in pins)
    names = {pin.partition('==')[0] for pin in pins}
    assert not names & {'transformers', 'openmim', 'mmcv', 'mmcv-lite', 'opencv-python-headless'}
    assert setup_env.pin('mmcv').startswith('mmcv==')
    assert setup_env.pin('uv').startswith('uv==')


def test_wheel_key_tells_torch_python_platform_and_ops_apart(setup_env):
    assert setup_env.wheel_key(FACTS) == 'mmcv-2.1.0-torch-2.12.0-cu130-cpython-311-linux-x86_64-cpu-O2'
    others = [{'torch': '2.12.0+cpu'}, {'python': 'cpython-312'}, {'platform': 'linux-arm'}, {'ops': 'sm90'}]
    assert len({setup_env.wheel_key({**FACTS, **other}) for other in others}) == len(others)


def test_wheel_cache_lies_outside_the_clone(setup_env, monkeypatch):
    assert setup_env.wheel_cache() == Path.home() / '.cache' / 'mmchan' / 'wheels'
    monkeypatch.setenv('XDG_CACHE_HOME', '/cache')
    assert setup_env.wheel_cache() == Path('/cache/mmchan/wheels')
    monkeypatch.setenv('MMCHAN_WHEEL_CACHE', '/wheels')
    assert setup_env.wheel_cache() == Path('/wheels')


def test_active_environment_is_used(setup_env, monkeypatch):
    monkeypatch.setenv('VIRTUAL_ENV', sys.prefix)
    assert setup_env.find_environment() == Path(sys.prefix) / 'bin' / 'python'


def test_active_environment_without_python_is_an_error(setup_env, monkeypatch, tmp_path):
    monkeypatch.setenv('VIRTUAL_ENV', str(tmp_path))
    with pytest.raises(setup_env.SetupError, match=r'VIRTUAL_ENV is .*no working Python'):
        setup_env.find_environment()


def test_python_out_of_range_is_an_error(setup_env, monkeypatch, tmp_path):
    monkeypatch.setenv('VIRTUAL_ENV', str(tmp_path))
    program(tmp_path / 'bin' / 'python', 'echo 3.9')
    with pytest.raises(setup_env.SetupError, match=r'has Python 3.9, needed is 3.10 to 3.12; deactivate it'):
        setup_env.find_environment()


@pytest.mark.slow
def test_other_python_on_the_path_serves(setup_env, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, 'executable', str(program(tmp_path / 'python3', 'echo 3.13')))
    monkeypatch.setenv('PATH', str(tmp_path))
    with pytest.raises(setup_env.SetupError, match=r'this is Python 3.13.* make setup PYTHON='):
        setup_env.make_environment(tmp_path / 'new')
    python = f'python{sys.version_info.major}.{sys.version_info.minor}'
    (tmp_path / python).symlink_to(Path(sys.base_prefix) / 'bin' / python)
    setup_env.make_environment(tmp_path / 'new')
    assert (tmp_path / 'new' / 'bin' / 'pip').exists()


def test_missing_compiler_is_named_before_the_build(setup_env, monkeypatch):
    monkeypatch.setenv('CXX', 'no-such-compiler')
    with pytest.raises(setup_env.SetupError, match=r"'no-such-compiler' does not start; .*apt-get install g"):
        setup_env.check_compiler(FACTS)


def test_missing_headers_are_named_before_the_build(setup_env):
    with pytest.raises(setup_env.SetupError, match=r'needs Python.s headers'):
        setup_env.check_compiler(FACTS)


def test_old_compiler_is_named_before_the_build(setup_env, monkeypatch, tmp_path):
    compiler = program(tmp_path / 'old', 'echo "unrecognized option -std=c++17" >&2', 'exit 1')
    monkeypatch.setenv('CXX', str(compiler))
    with pytest.raises(setup_env.SetupError, match=r'needs a C\+\+17 compiler.*\n.*unrecognized option'):
        setup_env.check_compiler(FACTS)


def test_failed_build_shows_its_log_and_leaves_no_wheel(setup_env, facts, tmp_path):
    python = program(tmp_path / 'bin' / 'python', 'echo "g++: fatal error: Killed signal"', 'exit 7')
    folder = tmp_path / 'cache' / 'key'
    folder.parent.mkdir()
    with pytest.raises(setup_env.SetupError, match=r'exit code 7') as caught:
        setup_env.build_wheel(python, facts, folder)
    assert 'g++: fatal error: Killed signal' in str(caught.value)
    assert 'too little memory: run again with MAX_JOBS=1' in str(caught.value)
    assert [path.name for path in folder.parent.iterdir()] == ['key.log']


def test_build_reports_how_far_it_is(setup_env, facts, monkeypatch, tmp_path, capsys):
    compiled, reported = tmp_path / 'compiled', tmp_path / 'reported'

    def elapsed(started):
        if compiled.exists():
            reported.touch()
        return '0 s'

    monkeypatch.setattr(setup_env, 'REPORT_EVERY', 0.01)
    monkeypatch.setattr(setup_env, 'elapsed', elapsed)
    lines = (
        'echo "[1/77] c++ -c a.cpp"',
        'echo "[12/77] c++ -c b.cpp"',
        f'touch {compiled}',
        f'until test -e {reported}; do sleep 0.01; done',
        'touch "$5/mmcv-2.1.0.whl"',
    )
    python = program(tmp_path / 'bin' / 'python', *lines)
    folder = tmp_path / 'key'
    setup_env.build_wheel(python, facts, folder)
    assert [path.name for path in folder.iterdir()] == ['mmcv-2.1.0.whl']
    printed = capsys.readouterr().out
    assert 'building mmcv: 0 s, 12 of 77 files' in printed
    assert 'built mmcv==2.1.0 in ' in printed


def test_build_variables_fit_the_machine(setup_env, monkeypatch, tmp_path):
    variables = setup_env.build_variables(FACTS, tmp_path)
    assert variables['MMCV_WITH_OPS'] == '1'
    assert 1 <= int(variables['MAX_JOBS']) <= os.cpu_count()
    monkeypatch.setenv('MAX_JOBS', '1')
    monkeypatch.setenv('CFLAGS', '-march=native')
    blind = setup_env.build_variables({**FACTS, 'gpu': True}, tmp_path)
    assert blind['MAX_JOBS'] == '1'
    assert blind['CFLAGS'] == f'-O2 -DNDEBUG -g0 -w -march=native -include {tmp_path}/torch_types.h'
    assert blind['CUDA_VISIBLE_DEVICES'] == ''


def test_build_reads_the_precompiled_headers_of_torch(setup_env, facts, monkeypatch, tmp_path):
    variables = setup_env.build_variables(facts, tmp_path)
    setup_env.precompile_torch(facts, tmp_path)
    (tmp_path / 'include' / 'torch' / 'types.h').unlink()  # whoever reads the header itself fails now
    source = tmp_path / 'op.cpp'
    source.write_text('Tensor make() { return {}; }\n')
    flags = [*shlex.split(variables['CFLAGS']), '-std=c++17', '-fPIC', '-DTORCH_EXTENSION_NAME=_ext']
    subprocess.run(['c++', *flags, '-c', str(source), '-o', str(tmp_path / 'op.o')], check=True)


def test_lock_is_waited_for(setup_env, tmp_path, monkeypatch):
    events, waits = [], threading.Event()

    def say(message):
        events.append(message)
        waits.set()

    def second():
        with setup_env.lock(tmp_path, 'the first'):
            events.append('second')

    monkeypatch.setattr(setup_env, 'say', say)
    with setup_env.lock(tmp_path, 'nobody'):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(timeout=60)
        events.append('first')
    thread.join(timeout=60)
    assert events == ['waiting for the first', 'first', 'second']


def test_mistake_ends_with_a_message_and_exit_code_1(tmp_path):
    variables = {**os.environ, 'VIRTUAL_ENV': str(tmp_path)}
    command = [sys.executable, str(SCRIPT)]
    result = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout.startswith('[setup] FAILED: VIRTUAL_ENV is ')
    assert not result.stderr
