"""The built distributions carry the configs and tools, and work in an environment of their own."""

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import mmchan

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCES = ('mmchan', 'configs', 'tools')


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    """A folder with the sdist of this tree, and the wheel that was built from the sdist."""
    folder = tmp_path_factory.mktemp('build')
    copy = folder / 'copy'
    # a build writes into its tree: work on a copy
    caches = shutil.ignore_patterns('__pycache__', '.mim')
    for source in SOURCES:
        shutil.copytree(REPOSITORY / source, copy / source, ignore=caches)
    for file in REPOSITORY.iterdir():
        if file.is_file():
            shutil.copy(file, copy)
    command = [sys.executable, '-m', 'build', '--no-isolation', '--outdir', str(folder), str(copy)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope='module')
def python(built, tmp_path_factory):
    """The Python of an environment in which nothing but the wheel is installed."""
    folder = tmp_path_factory.mktemp('environment') / 'environment'
    venv.create(folder, with_pip=False)
    python = folder / 'bin' / 'python'
    pip = [sys.executable, '-m', 'pip', '--python', str(python), 'install', '--no-deps', '--no-index']
    subprocess.run([*pip, str(next(built.glob('*.whl')))], capture_output=True, check=True)
    # what mmchan depends on is borrowed; editable installs are not visible this way
    site_packages = next(folder.glob('lib/*/site-packages'))
    (site_packages / 'borrowed.pth').write_text(sysconfig.get_paths()['purelib'])
    return python


def files_under(root, *folders):
    found = (path for folder in folders for path in (root / folder).rglob('*'))
    return {str(path.relative_to(root)) for path in found if path.is_file()}


def test_wheel_holds_configs_tools_and_index(built):
    names = zipfile.ZipFile(next(built.glob('*.whl'))).namelist()
    shipped = {name.removeprefix('mmchan/.mim/') for name in names if name.startswith('mmchan/.mim/')}
    assert shipped == files_under(built / 'copy', 'configs', 'tools') | {'model-index.yml'}
    assert len([name for name in shipped if name.startswith('configs/')]) > 20
    assert files_under(built / 'copy', 'mmchan') <= set(names)  # scripts and styles of pages too
    roots = {name.partition('/')[0].partition('-')[0] for name in names}
    assert roots == {'mmchan'}
    assert any(name.endswith('licenses/LICENSE') for name in names)


def test_sdist_holds_what_the_wheel_is_built_from(built):
    with tarfile.open(next(built.glob('*.tar.gz'))) as archive:
        held = {name.partition('/')[2] for name in archive.getnames()}
    assert (
        files_under(built / 'copy', 'configs', 'tools') | {'model-index.yml', 'LICENSE', 'setup.py'} <= held
    )
    assert not [name for name in held if '.mim' in name]


def test_installed_wheel_runs(python, tmp_path):
    command = [str(python), '-I', '-m', 'mmchan', '--version']
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.stdout == f'mmchan, version {mmchan.__version__}\n', result.stderr
    program = subprocess.run([str(python.with_name('mmchan')), '--help'], capture_output=True, text=True)
    assert 'doctor' in program.stdout, program.stderr


INHERIT = """
import sys
from pathlib import Path
import mmchan
from mmchan.runs.config import load_config
assert Path(mmchan.__file__).is_relative_to(sys.prefix), mmchan.__file__
print(load_config('mine.py').model.backbone.type)
"""


def test_configs_are_inherited_from_the_installed_wheel(python, tmp_path):
    (tmp_path / 'mine.py').write_text("_base_ = 'mmchan::regnet/regnetx-400mf_1xb64_digits.py'\n")
    # isolated: no PYTHONPATH leads to this tree
    command = [str(python), '-I', '-c', INHERIT]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.stdout.endswith('mmchan.RegNet\n'), result.stderr
