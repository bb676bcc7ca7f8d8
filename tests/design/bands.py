"""The bands that networks of a space are compared in."""

from mmchan.design import spaces

BAND = (360e6, 400e6)


def in_band(name='regnetx'):
    """A space within a band that its networks are compared in."""
    return spaces.get(name, macs=(60e6, 90e6) if name.startswith('rexnet') else BAND)
