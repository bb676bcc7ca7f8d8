"""How the authors name the layers of a ReXNet-lite; timm has none."""

from mmchan.families.rexnet.names import official

LAYOUTS = {'official': official(('output.0', 'output.1', 'output.4'))}
