"""How each project names the layers of an EfficientNet-lite: as those of an EfficientNet."""

from mmchan.families.efficientnet.names import OFFICIAL, TIMM

LAYOUTS = {'timm': TIMM, 'official': OFFICIAL}
