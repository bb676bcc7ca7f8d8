"""Spaces of networks, and populations drawn from them.

A space is a family, laws that its parameters are drawn from, and constraints; its law is that of rejection. A
population is a table of different networks, and a pure function of space, seed and count. Nothing is built.

>>> from mmchan.design import spaces
>>> drawn = spaces.sample(spaces.get('anynetx_e', macs=(360e6, 400e6)), seed=0, count=10)
>>> drawn.arch(0)['family']
'anynet'
"""

from mmchan.design.spaces.constraints import Band, Cap, Constraint, PowerLaw, Rising
from mmchan.design.spaces.laws import (
    Choice,
    Law,
    LogNormal,
    LogUniform,
    Normal,
    Powers,
    PowersThenLogUniform,
    Uniform,
)
from mmchan.design.spaces.named import anynetx, get, names, regnet, regnetx, regnety, rexnet, usual
from mmchan.design.spaces.own import Measured, Predicted, Where
from mmchan.design.spaces.population import Drawn, Population
from mmchan.design.spaces.quantised import WholeStages
from mmchan.design.spaces.reading import read
from mmchan.design.spaces.report import Explanation, explain
from mmchan.design.spaces.rows import Linear, PerStage, PiecewiseLinear, RowLaw
from mmchan.design.spaces.sampling import sample
from mmchan.design.spaces.space import Space

__all__ = [
    'Band',
    'Cap',
    'Choice',
    'Constraint',
    'Drawn',
    'Explanation',
    'Law',
    'Linear',
    'LogNormal',
    'LogUniform',
    'Measured',
    'Normal',
    'PerStage',
    'PiecewiseLinear',
    'Population',
    'PowerLaw',
    'Powers',
    'PowersThenLogUniform',
    'Predicted',
    'Rising',
    'RowLaw',
    'Space',
    'Uniform',
    'Where',
    'WholeStages',
    'anynetx',
    'explain',
    'get',
    'names',
    'read',
    'regnet',
    'regnetx',
    'regnety',
    'rexnet',
    'sample',
    'usual',
]
