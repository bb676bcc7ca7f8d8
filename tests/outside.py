"""Families of other distributions, in this process: installed for a test, forgotten behind it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmchan.channels import catalogue
from mmchan.weights.catalogue import published

# a package of one module
PLAIN = """
from mmchan.channels import Family, NetPlan, Parameter, Variant
from mmchan.channels.blocks import residual_bottleneck, stem

def plain(*, width=16):
    blocks = tuple(residual_bottleneck(width, width, width, groups=1) for _ in range(3))
    return NetPlan('plain', stem(width, stride=2, activation='relu'), (blocks,))

WIDTH = Parameter(name='width', kind='integer', meaning='width of all blocks', default=16, low=8, high=64)
VARIANTS = [Variant(name=f'plain-{width}', arguments={'width': width}, source='-') for width in (16, 24)]
FAMILY = Family(name='plain', title='Plain', paper='-', plan=plain, parameters=[WIDTH], variants=VARIANTS)
"""

CACHES = (catalogue.families, catalogue._variants, catalogue._plan_of, published)


def look_again() -> None:
    """Let the families be looked for anew."""
    for cached in CACHES:
        cached.cache_clear()


@contextmanager
def forgotten(module: str) -> Iterator[None]:
    """Look for families anew, and afterwards forget those that the block installed, and their module."""
    look_again()
    try:
        yield
    finally:
        look_again()
        sys.modules.pop(module, None)


def install(folder: Path, module: str, text: str) -> None:
    """Write what pip leaves of a package with one module that has a family: FAMILY, in ``text``."""
    (folder / f'{module}.py').write_text(text)
    metadata = folder / f'{module}-0.1.dist-info'
    metadata.mkdir()
    (metadata / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {module}\nVersion: 0.1\n')
    (metadata / 'entry_points.txt').write_text(f'[mmchan.families]\n{module} = {module}:FAMILY\n')
