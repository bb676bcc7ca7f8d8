"""Sweeps: a population of networks, each of them trained, and a table of what came of it."""

from mmchan.design.sweeps.results import Results, read_results
from mmchan.design.sweeps.settings import Sweep, read_sweep

__all__ = ['Results', 'Sweep', 'read_results', 'read_sweep']
