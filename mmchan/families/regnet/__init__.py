"""RegNet: the widths of the blocks follow a quantized linear function."""

from collections.abc import Iterator
from dataclasses import replace

from mmchan.channels.family import Family, Preprocessing, Series, Variant
from mmchan.families.regnet.plan import PARAMETERS, regnet

PYCLS = 'arXiv:2003.13678, table 3-4; pycls model zoo'
TORCHVISION = 'torchvision, whose rounding gives other widths than pycls'

# name -> depth, w0, wa, wm, group width
_REGNETX = {
    '200mf': (13, 24, 36.44, 2.49, 8),
    '400mf': (22, 24, 24.48, 2.54, 16),
    '600mf': (16, 48, 36.97, 2.24, 24),
    '800mf': (16, 56, 35.73, 2.28, 16),
    '1.6gf': (18, 80, 34.01, 2.25, 24),
    '3.2gf': (25, 88, 26.31, 2.25, 48),
    '4.0gf': (23, 96, 38.65, 2.43, 40),
    '6.4gf': (17, 184, 60.83, 2.07, 56),
    '8.0gf': (23, 80, 49.56, 2.88, 120),
    '12gf': (19, 168, 73.36, 2.37, 112),
    '16gf': (22, 216, 55.59, 2.1, 128),
    '32gf': (23, 320, 69.86, 2.0, 168),
}
_REGNETY = {
    '200mf': (13, 24, 36.44, 2.49, 8),
    '400mf': (16, 48, 27.89, 2.09, 8),
    '600mf': (15, 48, 32.54, 2.32, 16),
    '800mf': (14, 56, 38.84, 2.4, 16),
    '1.6gf': (27, 48, 20.71, 2.65, 24),
    '3.2gf': (21, 80, 42.63, 2.66, 24),
    '4.0gf': (22, 96, 31.41, 2.24, 64),
    '6.4gf': (25, 112, 33.22, 2.27, 72),
    '8.0gf': (17, 192, 76.82, 2.19, 56),
    '12gf': (19, 168, 73.36, 2.37, 112),
    '16gf': (18, 200, 106.23, 2.48, 112),
    '32gf': (20, 232, 115.89, 2.53, 232),
}
_TORCHVISION_ROUNDED = ('regnetx-400mf', 'regnety-800mf', 'regnety-8.0gf')


def _published() -> Iterator[Variant]:
    for series, rows, se_ratio in (('regnetx', _REGNETX, None), ('regnety', _REGNETY, 0.25)):
        for size, row in rows.items():
            arguments = dict(zip(('depth', 'w0', 'wa', 'wm', 'group_width'), row, strict=True))
            arguments['se_ratio'] = se_ratio
            yield Variant(name=f'{series}-{size}', arguments=arguments, source=PYCLS, series=series)


def _torchvision_rounded() -> Iterator[Variant]:
    for variant in _published():
        if variant.name in _TORCHVISION_ROUNDED:
            arguments = {**variant.arguments, 'rounding': 'torchvision'}
            yield replace(variant, name=f'{variant.name}-tv', arguments=arguments, source=TORCHVISION)


FAMILY = Family(
    name='regnet',
    title='RegNet',
    paper='arXiv:2003.13678',
    plan=regnet,
    parameters=PARAMETERS,
    variants=(*_published(), *_torchvision_rounded()),
    series=(
        Series('regnetx', 'RegNetX', ('#0072b2', '#56b4e9')),
        Series('regnety', 'RegNetY', ('#c04f00', '#f08a4b')),
    ),
    preprocessing=Preprocessing(interpolation='bilinear', colour='bgr'),
    backbone='mmchan.families.regnet.backbone:RegNet',
    layouts='mmchan.families.regnet.names:LAYOUTS',
    published='mmchan.families.regnet.published:PUBLISHED',
    population='mmchan.families.regnet.population:population',
)
