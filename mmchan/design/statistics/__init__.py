"""What a population of networks says about its design space, and how surely: arrays in, arrays out.

All of it is either exact or seeded. An error is what is to be small, whatever its unit.
"""

from mmchan.design.statistics.advantage import Advantage, advantage, holm, smallest_advantage
from mmchan.design.statistics.bands import Band, band, dkw_half_width
from mmchan.design.statistics.cheap import CheapEdf, cheap_edf
from mmchan.design.statistics.comparison import Comparison, compare, smallest_difference
from mmchan.design.statistics.correlation import Correlation, correlation
from mmchan.design.statistics.distribution import (
    Edf,
    bin_weights,
    bins_of,
    edf,
    normalised_edf,
    weighted_quantile,
)
from mmchan.design.statistics.groups import (
    Tenth,
    Tenths,
    best_median_worst,
    mean_widths,
    tenths,
    widths_per_block,
)
from mmchan.design.statistics.selection import (
    BestValue,
    SearchEfficiency,
    best_value,
    chances_of_best,
    expected_minimum_limits,
    search_efficiency,
)

__all__ = [
    'Advantage',
    'Band',
    'BestValue',
    'CheapEdf',
    'Comparison',
    'Correlation',
    'Edf',
    'SearchEfficiency',
    'Tenth',
    'Tenths',
    'advantage',
    'band',
    'best_median_worst',
    'best_value',
    'bin_weights',
    'bins_of',
    'chances_of_best',
    'cheap_edf',
    'compare',
    'correlation',
    'dkw_half_width',
    'edf',
    'expected_minimum_limits',
    'holm',
    'mean_widths',
    'normalised_edf',
    'search_efficiency',
    'smallest_advantage',
    'smallest_difference',
    'tenths',
    'weighted_quantile',
    'widths_per_block',
]
