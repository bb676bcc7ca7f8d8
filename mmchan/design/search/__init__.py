"""Channel search: the conventions that the best networks are compared with, what was found, and its configs.

>>> from mmchan.design import search, spaces
>>> space = spaces.rexnet('piecewise', blocks=5).within(macs=(0, 30e6), parameters=(0, 0.2e6))
>>> search.conventional('rexnet', space).plan(0).widths
(6, 23, 39, 55, 72)
"""

from mmchan.design.search.conventions import CONVENTIONS, conventional, shape

__all__ = ['CONVENTIONS', 'conventional', 'shape']
