"""Importing this module registers the classes of our families, such as ``mmchan.RegNet``, with MMEngine.

:mod:`mmchan.registry` names it, so that MMEngine imports it when a config asks for a network of ours. It is
apart from the room's own imports because those classes are built on them.
"""

from mmchan.channels.catalogue import inner_families

for family in inner_families().values():
    family.load('backbone')
