"""One colour per family, in every drawing and on the site."""

import re
from collections.abc import Mapping
from types import MappingProxyType

# family -> colour on a light and on a dark ground. After the palette of Okabe and Ito, which people with
# any of the common colour vision deficiencies tell apart; darkened or lightened to a contrast of 3:1.
COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType({
    'regnetx': ('#0072b2', '#56b4e9'),
    'regnety': ('#c04f00', '#f08a4b'),
    'rexnet': ('#007a5a', '#2fc79c'),
    'rexnetr': ('#3d8f69', '#8fd9bd'),
    'rexnet-lite': ('#b0558a', '#e093be'),
    'efficientnet': ('#9a6a00', '#e6a417'),
    'efficientnet-lite': ('#45403a', '#e9e4d6'),
})  # fmt: skip
OTHER = ('#6b7280', '#a3adbb')


def family_of(variant: str) -> str:
    """The family that a variant's name begins with.

    >>> family_of('rexnet-lite-1.0x'), family_of('regnetx-400mf-tv'), family_of('efficientnet-lite0')
    ('rexnet-lite', 'regnetx', 'efficientnet-lite')
    """
    return re.split(r'-?\d', variant, maxsplit=1)[0]


def colour_of(family: str) -> str:
    """The colour of a family on a light ground; grey for families that are quoted for comparison.

    >>> colour_of('regnetx')
    '#0072b2'
    """
    return COLOURS.get(family, OTHER)[0]
