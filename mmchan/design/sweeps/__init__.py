"""Sweeps: populations of networks that are trained, and what came of each."""

from mmchan.design.sweeps.results import Results, read_results

__all__ = ['Results', 'read_results']
