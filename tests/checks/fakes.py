"""A virtual environment whose libraries are a few lines each: real metadata, real imports, any fault."""

import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

TORCH = """
__version__ = '2.12.0+cu130'
class cuda:
    is_available = staticmethod(lambda: {gpu!r} != '')
    get_device_name = staticmethod(lambda: {gpu!r})
"""
OPS = 'def get_compiling_cuda_version(): return {!r}'

# distribution -> version, its requirements, its modules
HEALTHY = {
    'setuptools': ('81.0.0', [], {'pkg_resources': ''}),
    'torch': ('2.12.0', [], {'torch': TORCH.format(gpu='')}),
    'torchvision': ('0.27.0', ['numpy', 'torch==2.12.0'], {'torchvision': 'import torch'}),
    'opencv-python': ('5.0.0.93', [], {'cv2': ''}),
    'mmengine': ('0.10.7', [], {'mmengine': '', 'mmengine.runner': 'import torch'}),
    'mmcv': ('2.1.0', [], {'mmcv': '', 'mmcv.ops': OPS.format('not available')}),
    'mmpretrain': ('1.2.0', [], {'mmpretrain': '', 'mmpretrain.models': 'import torch, mmengine.runner'}),
    'mmdet': ('3.3.0', [], {'mmdet': '', 'mmdet.models': 'import torch, mmcv.ops'}),
    'scikit-learn': ('1.9.1', [], {'sklearn': '', 'sklearn.datasets': ''}),
    'mmchan': (
        '0.1.0',
        [
            'torch<2.14,>=2.6; extra == "openmmlab"',
            'mmcv<2.2,>=2.1; extra == "openmmlab"',
            'setuptools<82; extra == "openmmlab"',
        ],
        {},
    ),
}


class FakeEnvironment:
    """A virtual environment in which everything is as it should be, to be damaged by a test."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / 'bin' / 'python'
        version = f'python{sys.version_info.major}.{sys.version_info.minor}'
        self.packages = folder / 'lib' / version / 'site-packages'
        # mmchan itself comes from the repository, its command line's only dependency from here
        (self.packages / 'repository.pth').write_text(f'{REPOSITORY}\n')
        (self.packages / 'click').symlink_to(Path(distribution('click').locate_file('click')))
        for name, (release, requirements, modules) in HEALTHY.items():
            self.install(name, release, requirements=requirements, modules=modules)

    def install(self, name: str, version: str, *, requirements=(), modules=None) -> None:
        """Write a distribution's metadata and modules over what may be there."""
        self._forget(name)
        metadata = self.packages / f'{name.replace("-", "_")}-{version}.dist-info'
        metadata.mkdir()
        lines = [f'Requires-Dist: {requirement}' for requirement in requirements]
        text = '\n'.join(['Metadata-Version: 2.1', f'Name: {name}', f'Version: {version}', *lines, ''])
        (metadata / 'METADATA').write_text(text)
        for module, source in (modules or {}).items():
            self.write(module, source)

    def uninstall(self, name: str) -> None:
        """Remove a distribution's metadata and its modules."""
        self._forget(name)
        for module in HEALTHY.get(name, ('', [], {}))[2]:
            self.write(module, f'raise ModuleNotFoundError("No module named {module!r}")')

    def _forget(self, name: str) -> None:
        for metadata in self.packages.glob(f'{name.replace("-", "_")}-[0-9]*.dist-info'):
            (metadata / 'METADATA').unlink()
            metadata.rmdir()

    def write(self, module: str, source: str) -> None:
        """Write a module's source; a package's is its __init__."""
        package, *rest = module.split('.')
        folder = self.packages / package
        folder.mkdir(exist_ok=True)
        (folder / f'{rest[0] if rest else "__init__"}.py').write_text(source)
