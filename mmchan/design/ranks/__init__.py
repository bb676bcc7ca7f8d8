"""The rank analysis of ReXNet: how much of its channels a layer or a block can use.

Random layers and blocks against their channel dimension ratio, and the blocks of a trained network on real
images; arrays in, arrays out. torch is imported when something is computed.

Source: arXiv:2007.00992, section 3.
"""

from mmchan.design.ranks.analysis import Analysis, analyse
from mmchan.design.ranks.measures import THRESHOLDS, Measures, default_tolerance, measure
from mmchan.design.ranks.profile import BLOCK, PartProfile, profile_blocks, randomised
from mmchan.design.ranks.published import FIGURE
from mmchan.design.ranks.settings import KINDS, NONLINEARITIES, RATIOS, Settings

__all__ = [
    'BLOCK',
    'FIGURE',
    'KINDS',
    'NONLINEARITIES',
    'RATIOS',
    'THRESHOLDS',
    'Analysis',
    'Measures',
    'PartProfile',
    'Settings',
    'analyse',
    'default_tolerance',
    'measure',
    'profile_blocks',
    'randomised',
]
