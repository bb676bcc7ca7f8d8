"""ReXNet: the width grows linearly with the block index. rexnetr rounds it to multiples of 8 or 16."""

from mmchan.channels.family import Family, Series, Variant
from mmchan.families.rexnet.plan import PARAMETERS, rexnet

CLOVAAI = 'arXiv:2007.00992, table 5; clovaai/rexnet'
TIMM = 'timm, widths in multiples of a divisor'
_REXNET = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 2.0, 2.2, 3.0)
_REXNETR = {1.0: 8, 1.3: 8, 1.5: 8, 2.0: 8, 3.0: 16}  # width multiplier -> divisor

FAMILY = Family(
    name='rexnet',
    title='ReXNet',
    paper='arXiv:2007.00992',
    plan=rexnet,
    parameters=PARAMETERS,
    variants=(
        *(
            Variant(name=f'rexnet-{mult}x', arguments={'width_mult': mult}, source=CLOVAAI)
            for mult in _REXNET
        ),
        *(
            Variant(
                name=f'rexnetr-{mult}x',
                arguments={'width_mult': mult, 'divisor': divisor},
                source=TIMM,
                series='rexnetr',
            )
            for mult, divisor in _REXNETR.items()
        ),
    ),
    series=(
        Series('rexnet', 'ReXNet', ('#007a5a', '#2fc79c')),
        Series('rexnetr', 'ReXNet-R', ('#3d8f69', '#8fd9bd')),
    ),
    backbone='mmchan.families.rexnet.backbone:ReXNet',
    layouts='mmchan.families.rexnet.names:LAYOUTS',
    published='mmchan.families.rexnet.published:PUBLISHED',
    population='mmchan.families.rexnet.population:population',
)
