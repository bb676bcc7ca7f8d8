"""Channel search: who proposes networks of a space, and the conventions that the best ones are compared with.

>>> from mmchan.design import search, spaces
>>> space = spaces.rexnet('piecewise', blocks=5).within(macs=(0, 30e6), parameters=(0, 0.2e6))
>>> sampler = search.get_sampler('random', space, seed=0)
>>> len(sampler.ask(4))
4
>>> search.conventional('rexnet', space).plan(0).widths
(6, 23, 39, 55, 72)
"""

from mmchan.design.search.conventions import CONVENTIONS, conventional, shape
from mmchan.design.search.samplers import SAMPLERS, OptunaSampler, RandomSampler, Sampler, get_sampler

__all__ = [
    'CONVENTIONS',
    'SAMPLERS',
    'OptunaSampler',
    'RandomSampler',
    'Sampler',
    'conventional',
    'get_sampler',
    'shape',
]
