"""Set up everything that mmchan needs: ``python3 requirements/setup_env.py``, or ``make setup``.

Uses the active virtual environment, else ``.venv``. Every step looks first whether its work is done, so
that a second run takes seconds and an interrupted one is repaired by running it again. mmcv is built once
from its sdist, with its compiled ops, into a wheel cache outside the clone that all clones share.

Environment variables: VIRTUAL_ENV (use this environment), MMCHAN_WHEEL_CACHE (the cache's folder, by
default mmchan/wheels in the user's cache), MAX_JOBS (compilers at the same time).

Standard library only; it parses under Python 3.7, so that an old Python gets a message, not a SyntaxError.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / 'requirements'
PYTHONS = ('3.10', '3.11', '3.12')
GIBIBYTES_PER_JOB = 2.5  # what one compiler takes at most
REPORT_EVERY = 30  # seconds
# CFLAGS of the environment replace Python's own, which would double the time and make the wheel ten times as
# large with debug symbols; so the optimisation has to be asked for again.
COMPILER_FLAGS = '-O2 -DNDEBUG -g0 -w'

# What a wheel with compiled ops depends on, as seen by the environment's own Python.
DESCRIBE = """
import json, sys, sysconfig, torch
from torch.utils.cpp_extension import CUDA_HOME, include_paths
gpu = torch.cuda.is_available()
capability = '%d%d' % torch.cuda.get_device_capability() if gpu and CUDA_HOME else ''
print(json.dumps({
    'torch': torch.__version__,
    'python': sys.implementation.cache_tag,
    'platform': sysconfig.get_platform(),
    'ops': 'sm' + capability if capability else 'cpu',
    'gpu': gpu,
    'include': sysconfig.get_paths()['include'],
    'torch_includes': include_paths(),
}))
"""

# Whether mmcv was installed from this wheel: pip and uv note where a distribution came from.
ORIGIN = """
import importlib.metadata
try:
    print(importlib.metadata.distribution('mmcv').read_text('direct_url.json') or '')
except importlib.metadata.PackageNotFoundError:
    pass
"""

# An installer that is killed leaves packages behind that look installed. Without its metadata such a package
# is unknown, and the next installer writes it again.
FORGET_INCOMPLETE = """
import importlib.metadata, pathlib, re, shutil, sys, sysconfig
def complete(file):
    place = file.locate()
    return place.exists() and file.size in (None, place.stat().st_size)
for folder in pathlib.Path(sysconfig.get_paths()['purelib']).glob('*.dist-info'):
    files = importlib.metadata.PathDistribution(folder).files
    if not files or not all(map(complete, files)):
        name = re.sub('[-_.]+', '-', folder.name.split('-')[0]).lower()
        if name in sys.argv[1:]:
            print(name)
            shutil.rmtree(folder)
"""

BUILD_HINTS = """Likely causes:
  - too little memory: run again with MAX_JOBS=1
  - no network, or a proxy or certificate that pip does not know
  - a CUDA toolkit that differs from torch's: run again with CUDA_VISIBLE_DEVICES= for CPU ops"""


class SetupError(Exception):
    """Something that the user has to mend; the message says what."""


def main() -> int:
    """Set up the environment; return the exit code."""
    started = time.monotonic()
    try:
        with lock(ROOT, 'another set-up of this clone'):
            python = find_environment()
            set_up(python)
    except (SetupError, OSError) as error:
        say(f'FAILED: {error}')
        return 1
    except KeyboardInterrupt:
        say('interrupted; run it again to go on')
        return 130
    say(f'ready after {elapsed(started)}: {python.parent}')
    return 0


def set_up(python: Path) -> None:
    """Install everything into the environment of a Python and prove that it works."""
    unfinished = python.parents[1] / '.mmchan-setup-unfinished'
    if unfinished.exists():
        say('the last set-up was cut short')
        forget_incomplete(python)
    unfinished.touch()
    install_uv(python)
    say('installing requirements/lock.txt')
    uv_install('requirements', python, '--requirement', REQUIREMENTS / 'lock.txt')
    install_mmcv(python, ask(python, DESCRIBE))
    uv_install('mmchan', python, '--quiet', '--no-deps', '--no-build-isolation', '--editable', ROOT)
    verify(python)
    unfinished.unlink()


# ---------------------------------------------------------------------------------------------- helpers


def say(message: str) -> None:
    """Print one line at once, also into a pipe."""
    print(f'[setup] {message}', flush=True)


def elapsed(started: float) -> str:
    """The time since a moment of ``time.monotonic``, as '9 min 05 s'."""
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    return f'{minutes} min {seconds:02d} s' if minutes else f'{seconds} s'


def run(what: str, *command: str | Path) -> None:
    """Run a command whose output the user sees."""
    code = subprocess.run([str(part) for part in command], cwd=ROOT).returncode
    if code:
        raise SetupError(f'{what} (exit code {code}): {" ".join(str(part) for part in command)}')


def output(python: Path, code: str, *arguments: str) -> str:
    """What Python code prints, run by another interpreter away from the clone's folders."""
    command = [str(python), '-W', 'ignore', '-c', code, *arguments]
    result = subprocess.run(command, cwd=tempfile.gettempdir(), capture_output=True, text=True)
    if result.returncode:
        raise SetupError(f'{python} fails:\n{tail(result.stderr, 15)}')
    return result.stdout


def ask(python: Path, code: str) -> dict:
    """The JSON object that Python code prints on its last line."""
    return json.loads(output(python, code).splitlines()[-1])


def tail(text: str, lines: int) -> str:
    """The last lines of a text."""
    return '\n'.join(text.rstrip().splitlines()[-lines:])


def pin(name: str) -> str:
    """The requirement in ``requirements/<name>.txt``, 'name==version'."""
    lines = (REQUIREMENTS / f'{name}.txt').read_text(encoding='utf-8').splitlines()
    return next(line.strip() for line in lines if '==' in line and not line.startswith('#'))


@contextlib.contextmanager
def lock(folder: Path, holder: str) -> Iterator[None]:
    """Hold a folder's lock, which the system frees when this process ends, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f'waiting for {holder}')
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# ------------------------------------------------------------------------------------------ environment


def find_environment() -> Path:
    """The Python of the active virtual environment, or of ``.venv``, which is made if need be."""
    active = os.environ.get('VIRTUAL_ENV')
    folder = Path(active).resolve() if active else ROOT / '.venv'
    python = folder / 'bin' / 'python'
    if python_version(python) is None:
        if active:
            raise SetupError(f'VIRTUAL_ENV is {active}, but there is no working Python; deactivate it')
        make_environment(folder)
    version = python_version(python)
    if version not in PYTHONS:
        remedy = 'deactivate it' if active else 'delete that folder'
        raise SetupError(f'{folder} has Python {version}, needed is {PYTHONS[0]} to {PYTHONS[-1]}; {remedy}')
    say(f'{"active" if active else "own"} environment {folder}, Python {version}')
    return python


def python_version(python: Path | str) -> str | None:
    """'3.11' for a Python of that version, None for one that does not run."""
    code = 'import sys; print("%d.%d" % sys.version_info[:2])'
    try:
        result = subprocess.run([str(python), '-c', code], capture_output=True, text=True)
    except OSError:
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def make_environment(folder: Path) -> None:
    """Make a virtual environment from this Python, or from another one of the right version."""
    candidates = [sys.executable, *(f'python{version}' for version in reversed(PYTHONS))]
    base = next((python for python in candidates if python_version(python) in PYTHONS), None)
    if base is None:
        found = python_version(sys.executable)
        raise SetupError(
            f'this is Python {found}, and no python{PYTHONS[0]} to python{PYTHONS[-1]} is on the PATH; '
            'install one, or name it: make setup PYTHON=/path/to/python3.12'
        )
    say(f'making {folder} with {base}')
    hint = 'the virtual environment was not made; on Debian and Ubuntu: apt-get install python3-venv'
    run(hint, base, '-m', 'venv', '--clear', folder)


def install_uv(python: Path) -> None:
    """Install the pinned uv, and pip where the environment came without (mmcv's build needs it)."""
    code = 'import importlib.metadata as m; print(*(f"{d.name}=={d.version}" for d in m.distributions()))'
    installed = output(python, code).split()
    if not any(name.startswith('pip==') for name in installed):
        run('pip was not installed', python, '-m', 'ensurepip')
    if pin('uv') not in installed:
        say(f'installing {pin("uv")}')
        file = REQUIREMENTS / 'uv.txt'
        run('uv was not installed', python, '-m', 'pip', 'install', '--quiet', '--requirement', file)


def uv_install(name: str, python: Path, *arguments: str | Path) -> None:
    """Run ``uv pip install`` for an environment.

    Bytecode is compiled at once: libraries of this size take many seconds to import without.
    """
    command = [python.parent / 'uv', 'pip', 'install', '--python', python, '--compile-bytecode']
    run(f'{name} not installed', *command, *arguments)


def forget_incomplete(python: Path) -> None:
    """Take the metadata of those of our packages away that miss files."""
    lines = (REQUIREMENTS / 'lock.txt').read_text(encoding='utf-8').splitlines()
    locked = [line.partition('==')[0] for line in lines if not line.startswith((' ', '#'))]
    names = output(python, FORGET_INCOMPLETE, *locked, 'mmcv', 'mmchan', 'pip', 'uv').split()
    say(f'incomplete: {", ".join(names) or "nothing"}')


def verify(python: Path) -> None:
    """Import what breaks when torch, torchvision and mmcv do not fit each other."""
    say('verifying torch, torchvision, mmcv.ops and mmchan')
    try:
        output(python, 'import torch, torchvision, mmcv.ops, mmchan')
    except SetupError as error:
        hint = f'To start over, delete {python.parents[1]} and, if mmcv.ops is what fails, {wheel_cache()}'
        raise SetupError(f'{error}\n{hint}') from None


# ----------------------------------------------------------------------------------------------- mmcv


def wheel_cache() -> Path:
    """The folder with mmcv's wheels, one subfolder per torch, Python, platform and kind of ops."""
    user = Path(os.environ.get('XDG_CACHE_HOME') or '~/.cache', 'mmchan', 'wheels')
    return Path(os.environ.get('MMCHAN_WHEEL_CACHE') or user).expanduser().absolute()


def install_mmcv(python: Path, facts: dict) -> None:
    """Install mmcv with the ops that fit this environment, built now if it never was."""
    folder = wheel_cache() / wheel_key(facts)
    if folder.name in output(python, ORIGIN):
        say(f'{pin("mmcv")} is in place')
        return
    wheel = find_wheel(folder) or build_once(python, facts, folder)
    say(f'installing {wheel}')
    uv_install('mmcv', python, '--quiet', '--no-deps', '--reinstall-package', 'mmcv', wheel)


def wheel_key(facts: dict) -> str:
    """The name of the wheel's folder in the cache, in characters that no URL escapes."""
    machine = (facts['torch'], facts['python'], facts['platform'], facts['ops'])
    parts = (pin('mmcv'), 'torch', *machine, COMPILER_FLAGS.split()[0])
    return re.sub(r'[^\w.]+', '-', '-'.join(parts))


def find_wheel(folder: Path) -> Path | None:
    """The wheel in a folder of the cache, None where there is none."""
    return next(folder.glob('mmcv-*.whl'), None)


def build_once(python: Path, facts: dict, folder: Path) -> Path:
    """Build the wheel, unless another process is doing so: then wait for its wheel."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with lock(folder.parent, 'the mmcv build of another clone'):
        wheel = find_wheel(folder)
        if wheel is None:
            check_compiler(facts)
            build_wheel(python, facts, folder)
            wheel = find_wheel(folder)
    return wheel


def check_compiler(facts: dict) -> None:
    """Compile three lines, to know in a second what would else fail after minutes."""
    compiler = os.environ.get('CXX', 'c++')
    command = [*compiler.split(), '-std=c++17', '-fsyntax-only', f'-I{facts["include"]}', '-x', 'c++', '-']
    source = '#include <Python.h>\n#include <optional>\nint main() { return 0; }\n'
    try:
        result = subprocess.run(command, input=source, capture_output=True, text=True)
    except OSError:
        raise SetupError(
            f'mmcv needs a C++ compiler, and {compiler!r} does not start; '
            'on Debian and Ubuntu: apt-get install g++; else name one in CXX'
        ) from None
    if result.returncode:
        headers = 'Python.h' in result.stderr
        package = "Python's headers (python3-dev)" if headers else 'a C++17 compiler (g++ 9 or later)'
        raise SetupError(f'mmcv needs {package}; {compiler} says:\n{tail(result.stderr, 8)}')


def build_wheel(python: Path, facts: dict, folder: Path) -> None:
    """Build mmcv beside its folder in the cache and move it there when it is whole."""
    work = folder.with_name(f'.{folder.name}.building')
    log = folder.with_name(f'{folder.name}.log')
    shutil.rmtree(work, ignore_errors=True)  # of a build that was killed
    (work / 'wheel').mkdir(parents=True)
    started = time.monotonic()
    try:
        precompile_torch(facts, work)
        code = watch_build(build_command(python, work), build_variables(facts, work), log)
        if code or find_wheel(work / 'wheel') is None:
            shown = tail(log.read_text(encoding='utf-8', errors='replace'), 25)
            raise SetupError(
                f'mmcv was not built (exit code {code}):\n{shown}\n{BUILD_HINTS}\nWhole log: {log}'
            )
        (work / 'wheel').replace(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    log.unlink()
    say(f'built {pin("mmcv")} in {elapsed(started)}')


def build_command(python: Path, work: Path) -> list[str]:
    """The pip command that builds the wheel into ``work/wheel``.

    pip's own wheel cache is left out: it does not know for which torch a wheel was built.
    """
    place = ['--wheel-dir', str(work / 'wheel')]
    flags = ['--verbose', '--no-deps', '--no-build-isolation', '--no-cache-dir', '--no-binary', 'mmcv']
    return [str(python), '-m', 'pip', 'wheel', *place, *flags, pin('mmcv')]


def build_variables(facts: dict, work: Path) -> dict[str, str]:
    """The environment variables of the build."""
    jobs = os.environ.get('MAX_JOBS') or str(default_jobs())
    say(f'building {pin("mmcv")} with {facts["ops"]} ops for torch {facts["torch"]}, {jobs} files at a time')
    variables = {**os.environ, 'MMCV_WITH_OPS': '1', 'MAX_JOBS': jobs, 'TMPDIR': str(work)}
    variables['CFLAGS'] = shlex.join([*compiler_flags(), '-include', str(torch_header(work))])
    if facts['gpu'] and facts['ops'] == 'cpu':
        say('there is a GPU but no CUDA toolkit (nvcc): mmcv gets CPU ops; torch itself uses the GPU')
        variables['CUDA_VISIBLE_DEVICES'] = ''
    return variables


def compiler_flags() -> list[str]:
    """Our flags, then those of the user's CFLAGS."""
    return shlex.split(f'{COMPILER_FLAGS} {os.environ.get("CFLAGS", "")}')


def torch_header(work: Path) -> Path:
    """The header that every file of the build includes first."""
    return work / 'torch_types.h'


def precompile_torch(facts: dict, work: Path) -> None:
    """Parse torch's headers once for all files: parsing them is most of what a file takes.

    A compiler that finds the precompiled header unfit for a file reads the header itself.
    """
    header = torch_header(work)
    header.write_text('#include <torch/types.h>\n', encoding='utf-8')
    includes = [f'-I{path}' for path in (*facts['torch_includes'], facts['include'])]
    compiler = [*shlex.split(os.environ.get('CXX', 'c++')), '-std=c++17', '-fPIC', *compiler_flags()]
    command = [*compiler, *includes, '-x', 'c++-header', str(header), '-o', f'{header}.gch']
    run("torch's headers were not compiled", *command)


def default_jobs() -> int:
    """As many compilers as there are cores, but no more than the memory holds."""
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    return max(1, min(os.cpu_count() or 1, int(memory / GIBIBYTES_PER_JOB)))


def watch_build(command: list[str], variables: dict[str, str], log: Path) -> int:
    """Run the build with its output in a log, and say now and then how far it is."""
    started = time.monotonic()
    say(f'this takes some minutes, once; log: {log}')
    with log.open('w') as file:
        process = subprocess.Popen(
            command, env=variables, stdout=file, stderr=subprocess.STDOUT, cwd=variables['TMPDIR']
        )
    while True:
        try:
            return process.wait(timeout=REPORT_EVERY)
        except subprocess.TimeoutExpired:
            say(f'building mmcv: {elapsed(started)}{files_done(log)}')


def files_done(log: Path) -> str:
    """How many files ninja has compiled, as the log tells: ', 12 of 80 files'."""
    steps = re.findall(
        r'^\s*\[(\d+)/(\d+)\]', log.read_text(encoding='utf-8', errors='replace'), re.MULTILINE
    )
    return ', {} of {} files'.format(*steps[-1]) if steps else ''


if __name__ == '__main__':
    sys.exit(main())
