"""Puts configs, tools and the model index into the package; everything else is in pyproject.toml."""

import os
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SHIPPED = ('configs', 'tools', 'model-index.yml')


class BuildWithConfigs(build_py):
    """Fills ``mmchan/.mim``, where mim and MMEngine look: copies in a wheel, links in an editable install."""

    def run(self) -> None:
        super().run()
        package = ROOT if self.editable_mode else Path(self.build_lib)
        folder = package / 'mmchan' / '.mim'
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in SHIPPED:
            (link if self.editable_mode else copy)(ROOT / name, folder / name)


def link(source: Path, target: Path) -> None:
    target.symlink_to(os.path.relpath(source, target.parent))


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns('__pycache__', '*.pyc'))
    else:
        shutil.copy2(source, target)


setup(cmdclass={'build_py': BuildWithConfigs})
