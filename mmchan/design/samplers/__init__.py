"""Who proposes the next networks of a space: random search, or one of Optuna's samplers.

>>> from mmchan.design import samplers, spaces
>>> space = spaces.rexnet('piecewise', blocks=5).within(macs=(0, 30e6), parameters=(0, 0.2e6))
>>> len(samplers.get('random', space, seed=0).ask(4))
4
"""

from mmchan.design.samplers.asking import RANDOM, SAMPLERS, OptunaSampler, RandomSampler, Sampler, get

__all__ = ['RANDOM', 'SAMPLERS', 'OptunaSampler', 'RandomSampler', 'Sampler', 'get']
