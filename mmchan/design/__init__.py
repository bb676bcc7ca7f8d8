"""The workbench: spaces of networks, populations drawn from them, and what can be learnt from those.

Functions return arrays. Importing it imports neither torch nor OpenMMLab: the workbench writes configs,
others run them. Only the rank analysis computes with torch, which it imports then.
"""
