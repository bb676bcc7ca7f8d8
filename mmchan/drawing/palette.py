"""One colour and one title per series of networks, in every drawing and on the site, from the families."""

from mmchan.channels import families, find_series, find_variant
from mmchan.channels.family import GREY
from mmchan.errors import InputError

# titles of series that papers compare with and that are none of ours
OTHERS = {
    'fbnet': 'FBNet',
    'mobilenet_v1': 'MobileNetV1',
    'mobilenet_v3': 'MobileNetV3',
    'resnet': 'ResNet',
    'resnext': 'ResNeXt',
}


def colours() -> dict[str, tuple[str, str]]:
    """Series -> colour on a light and on a dark ground.

    Ours are after the palette of Okabe and Ito, which people with any of the common colour vision
    deficiencies tell apart, darkened or lightened to a contrast of 3:1.
    """
    return {series.name: series.colours for family in families().values() for series in family.series}


def colour_of(series: str) -> str:
    """The colour of a series on a light ground; grey for those that are quoted for comparison.

    >>> colour_of('regnetx'), colour_of('resnet')
    ('#0072b2', '#6b7280')
    """
    try:
        return find_series(series).colours[0]
    except InputError:
        return GREY[0]


def title_of(series: str) -> str:
    """How people read a series' name, one of ours or one that papers compare with.

    >>> title_of('rexnet_lite'), title_of('resnet')
    ('ReXNet-lite', 'ResNet')
    """
    try:
        return find_series(series).title
    except InputError:
        return OTHERS.get(series, series)


def series_of(variant: str) -> str:
    """The series of a variant.

    >>> series_of('rexnet-lite-1.0x'), series_of('regnetx-400mf-tv'), series_of('efficientnet-lite0')
    ('rexnet_lite', 'regnetx', 'efficientnet_lite')
    """
    return find_variant(variant).series
