"""The workbench: spaces of networks, populations drawn from them, and what can be learnt from those.

Functions return arrays. Nothing here imports torch or OpenMMLab: the workbench writes configs,
others run them.
"""
