"""The workbench: spaces of networks, populations drawn from them, and what can be learnt from those.

Functions return arrays. The workbench writes configs, others run them: torch and OpenMMLab are imported by
the first trial of a network and by the rank analysis, when it computes, and by nothing before.
"""

from mmchan.design.tables import list_populations, load_population

__all__ = ['list_populations', 'load_population']
