"""EfficientNet-lite 0 to 4, with which ReXNet-lite is compared."""

from mmchan.channels.family import Family, Preprocessing, Series, Variant
from mmchan.families.efficientnet_lite.plan import PARAMETERS, efficientnet_lite

EFFICIENTNET = "arXiv:1905.11946, table 1; the authors' EfficientNet-lite"
# number -> width multiplier, depth multiplier, dropout in front of the classifier
_SCALING = {
    0: (1.0, 1.0, 0.2),
    1: (1.0, 1.1, 0.2),
    2: (1.1, 1.2, 0.3),
    3: (1.2, 1.4, 0.3),
    4: (1.4, 1.8, 0.3),
}

FAMILY = Family(
    name='efficientnet_lite',
    title='EfficientNet-lite',
    paper='arXiv:1905.11946',
    plan=efficientnet_lite,
    parameters=PARAMETERS,
    variants=tuple(
        Variant(
            name=f'efficientnet-lite{number}',
            arguments={'width_mult': width, 'depth_mult': depth, 'dropout_rate': dropout},
            source=EFFICIENTNET,
        )
        for number, (width, depth, dropout) in _SCALING.items()
    ),
    series=(Series('efficientnet_lite', 'EfficientNet-lite', ('#45403a', '#e9e4d6')),),
    preprocessing=Preprocessing(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
    backbone='mmchan.families.efficientnet_lite.backbone:EfficientNetLite',
    layouts='mmchan.families.efficientnet_lite.names:LAYOUTS',
    published='mmchan.families.efficientnet_lite.published:PUBLISHED',
    population='mmchan.families.efficientnet_lite.population:population',
)
