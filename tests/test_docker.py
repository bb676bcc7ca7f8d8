"""The image's recipe: its files exist, its steps parse and stand in an order that spares the build of mmcv.

Docker itself is not needed.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECIPE = (ROOT / 'docker/Dockerfile').read_text()
STEPS = [
    re.sub(r'\s*\\\n\s*', ' ', step.group())
    for step in re.finditer(r'^[A-Z]+ (?:.*\\\n)*.*$', RECIPE, re.MULTILINE)
]
STAGES = re.split(r'(?m)^(?=FROM )', RECIPE)


def words(kind):
    """Steps of a kind, without their options."""
    return [re.sub(r' --\S+', '', step).split()[1:] for step in STEPS if step.startswith(f'{kind} ')]


def test_stages_and_images_that_are_named_exist():
    named = [line[-1] for line in words('FROM') if 'AS' in line]
    assert named == ['wheels', 'environment']
    taken = re.findall(r'(?:--from=|bind,from=)(\w+)', RECIPE)
    assert set(taken) == {'wheels', 'environment'}
    images = dict(re.findall(r'^ARG (\w+)=(\S+)$', RECIPE, re.MULTILINE))
    assert set(re.findall(r'\$\{(\w+)\}', RECIPE)) == set(images)
    # a virtual environment that is copied must find the same Python
    versions = {re.match(r'python:([\d.]+)', image).group(1) for image in images.values()}
    assert len(versions) == 1


def test_environment_depends_on_requirements_and_metadata_alone():
    copied = [path for line in words('COPY') if '--from' not in line for path in line[:-1]]
    stage = next(part for part in STAGES if ' AS environment' in part)
    before = re.findall(r'^COPY (.*)$', stage, re.MULTILINE)
    assert before == [
        'requirements requirements',
        'pyproject.toml setup.py README.md LICENSE model-index.yml ./',
    ]
    for path in copied:
        assert path == '/mmchan/.venv' or (ROOT / path).exists(), path


def test_every_run_step_parses():
    for step in STEPS:
        if step.startswith('RUN '):
            command = re.sub(r'^RUN(?: --mount=\S+)*', '', step)
            subprocess.run(['sh', '-n', '-c', command], check=True)


def test_package_without_code_can_be_installed(tmp_path):
    """What the first stage hands to the installer suffices."""
    copied = ['pyproject.toml', 'setup.py', 'README.md', 'LICENSE', 'model-index.yml']
    for name in copied:
        shutil.copy(ROOT / name, tmp_path)
    make = next(step for step in STEPS if step.startswith('RUN mkdir'))
    subprocess.run(['sh', '-c', make.removeprefix('RUN ')], cwd=tmp_path, check=True)
    hook = 'from setuptools.build_meta import prepare_metadata_for_build_editable as p; print(p("meta"))'
    (tmp_path / 'meta').mkdir()
    done = subprocess.run(
        [sys.executable, '-c', hook], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / 'meta' / done.stdout.splitlines()[-1] / 'METADATA').is_file()
