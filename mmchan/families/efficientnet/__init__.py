"""EfficientNet B0 to B3, with which ReXNet is compared."""

from mmchan.channels.family import Family, Series, Variant
from mmchan.families.efficientnet.plan import PARAMETERS, efficientnet

EFFICIENTNET = "arXiv:1905.11946, table 1; the authors' efficientnet_builder"
# number -> width multiplier, depth multiplier, dropout in front of the classifier
_SCALING = {0: (1.0, 1.0, 0.2), 1: (1.0, 1.1, 0.2), 2: (1.1, 1.2, 0.3), 3: (1.2, 1.4, 0.3)}

FAMILY = Family(
    name='efficientnet',
    title='EfficientNet',
    paper='arXiv:1905.11946',
    plan=efficientnet,
    parameters=PARAMETERS,
    variants=tuple(
        Variant(
            name=f'efficientnet-b{number}',
            arguments={'width_mult': width, 'depth_mult': depth, 'dropout_rate': dropout},
            source=EFFICIENTNET,
        )
        for number, (width, depth, dropout) in _SCALING.items()
    ),
    series=(Series('efficientnet', 'EfficientNet', ('#9a6a00', '#e6a417')),),
    layouts='mmchan.families.efficientnet.names:LAYOUTS',
    published='mmchan.families.efficientnet.published:PUBLISHED',
    population='mmchan.families.efficientnet.population:population',
)
