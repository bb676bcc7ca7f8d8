"""One option adds MMEngine's backend to whatever visualizer the config has."""

from importlib.util import find_spec

import pytest
from mmengine.config import Config

from mmchan.errors import InputError
from mmchan.runs.backends import BACKENDS, add_backends

LOCAL = {'type': 'LocalVisBackend'}


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Packages by the names that the backends need, for whoever asks only whether they are there."""
    for package in BACKENDS:
        (tmp_path / f'{package}.py').touch()
    monkeypatch.syspath_prepend(tmp_path)


def backends(cfg):
    return [backend['type'] for backend in cfg.visualizer.vis_backends]


@pytest.mark.parametrize(('package', 'backend'), BACKENDS.items())
@pytest.mark.parametrize(
    'visualizer',
    [
        {'type': 'UniversalVisualizer', 'vis_backends': [LOCAL]},
        {'type': 'DetLocalVisualizer', 'vis_backends': [LOCAL], 'name': 'visualizer'},
        {'type': 'UniversalVisualizer'},
        None,
    ],
)
def test_backend_is_added_to_those_that_are_there(installed, package, backend, visualizer):
    cfg = Config({} if visualizer is None else {'visualizer': visualizer})
    add_backends(cfg, {package: True})
    assert backends(cfg) == ['LocalVisBackend', backend]
    assert cfg.visualizer.type == (visualizer or {'type': 'mmengine.Visualizer'})['type']
    add_backends(cfg, {package: True})
    assert backends(cfg) == ['LocalVisBackend', backend]


def test_nothing_is_added_unasked(installed):
    cfg = Config({'a': 1})
    add_backends(cfg, dict.fromkeys(BACKENDS, False))
    assert 'visualizer' not in cfg


@pytest.mark.parametrize('package', [package for package in BACKENDS if find_spec(package) is None])
def test_missing_package_is_named_with_its_remedy(package):
    with pytest.raises(InputError, match=f'--{package} needs the package .* pip install {package}'):
        add_backends(Config({}), {package: True})
