"""One colour and one title per series of networks, in every drawing and on the site."""

import re
from collections.abc import Mapping
from types import MappingProxyType

# series -> colour on a light and on a dark ground. After the palette of Okabe and Ito, which people with
# any of the common colour vision deficiencies tell apart; darkened or lightened to a contrast of 3:1.
COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType({
    'regnetx': ('#0072b2', '#56b4e9'),
    'regnety': ('#c04f00', '#f08a4b'),
    'rexnet': ('#007a5a', '#2fc79c'),
    'rexnetr': ('#3d8f69', '#8fd9bd'),
    'rexnet_lite': ('#b0558a', '#e093be'),
    'efficientnet': ('#9a6a00', '#e6a417'),
    'efficientnet_lite': ('#45403a', '#e9e4d6'),
})  # fmt: skip
OTHER = ('#6b7280', '#a3adbb')


# series -> how people read it, of ours and of those that papers compare with
TITLES: Mapping[str, str] = MappingProxyType({
    'regnetx': 'RegNetX',
    'regnety': 'RegNetY',
    'rexnet': 'ReXNet',
    'rexnetr': 'ReXNetR',
    'rexnet_lite': 'ReXNet-lite',
    'efficientnet': 'EfficientNet',
    'efficientnet_lite': 'EfficientNet-lite',
    'fbnet': 'FBNet',
    'mobilenet_v1': 'MobileNetV1',
    'mobilenet_v2': 'MobileNetV2',
    'mobilenet_v3': 'MobileNetV3',
    'resnet': 'ResNet',
    'resnext': 'ResNeXt',
})  # fmt: skip


def series_of(variant: str) -> str:
    """The series that a variant's name begins with.

    >>> series_of('rexnet-lite-1.0x'), series_of('regnetx-400mf-tv'), series_of('efficientnet-lite0')
    ('rexnet_lite', 'regnetx', 'efficientnet_lite')
    """
    return re.split(r'-?\d', variant, maxsplit=1)[0].replace('-', '_')


def colour_of(series: str) -> str:
    """The colour of a series on a light ground; grey for those that are quoted for comparison.

    >>> colour_of('regnetx')
    '#0072b2'
    """
    return COLOURS.get(series, OTHER)[0]


def title_of(series: str) -> str:
    """How people read a series' name.

    >>> title_of('rexnet_lite')
    'ReXNet-lite'
    """
    return TITLES.get(series, series)
