"""One colour and one title per series of networks, in every drawing and on the site: as the families say."""

from collections.abc import Mapping
from types import MappingProxyType

from mmchan.channels import Series, families, find_variant, list_variants
from mmchan.channels.family import GREY

# series of others, which papers compare with
QUOTED: Mapping[str, str] = MappingProxyType({
    'fbnet': 'FBNet',
    'mobilenet_v1': 'MobileNetV1',
    'mobilenet_v3': 'MobileNetV3',
    'resnet': 'ResNet',
    'resnext': 'ResNeXt',
})  # fmt: skip


def series() -> dict[str, Series]:
    """All series by name: those of the families, then those that are only quoted, in grey.

    The families' colours are after the palette of Okabe and Ito, which people with any of the common colour
    vision deficiencies tell apart, darkened or lightened to a contrast of 3:1.
    """
    known = {one.name: one for family in families().values() for one in family.series}
    return {**{name: Series(name, title) for name, title in QUOTED.items()}, **known}


def colour_of(name: str) -> str:
    """The colour of a series on a light ground; grey for one that is quoted for comparison.

    >>> colour_of('regnetx'), colour_of('resnet')
    ('#0072b2', '#6b7280')
    """
    found = series().get(name)
    return found.colours[0] if found else GREY[0]


def colour_of_network(name: str) -> str:
    """The colour of a variant's series on a light ground; grey for a network that is no named variant.

    >>> colour_of_network('regnetx-1.6gf') == colour_of('regnetx'), colour_of_network('mine')
    (True, '#6b7280')
    """
    return colour_of(find_variant(name).series) if name in list_variants() else GREY[0]


def title_of(name: str) -> str:
    """How people read a series' name.

    >>> title_of('rexnet_lite')
    'ReXNet-lite'
    """
    found = series().get(name)
    return found.title if found else name
