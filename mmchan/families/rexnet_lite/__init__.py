"""ReXNet-lite: ReXNet without squeeze-excitation, for hardware that wants plain layers."""

from mmchan.channels.family import Family, Series, Variant
from mmchan.families.rexnet_lite.plan import PARAMETERS, rexnet_lite

CLOVAAI = 'arXiv:2007.00992, table 5; clovaai/rexnet'

FAMILY = Family(
    name='rexnet_lite',
    title='ReXNet-lite',
    paper='arXiv:2007.00992',
    plan=rexnet_lite,
    parameters=PARAMETERS,
    variants=tuple(
        Variant(name=f'rexnet-lite-{mult}x', arguments={'width_mult': mult}, source=CLOVAAI)
        for mult in (0.9, 1.0, 1.3, 1.5, 2.0)
    ),
    series=(Series('rexnet_lite', 'ReXNet-lite', ('#b0558a', '#e093be')),),
    backbone='mmchan.families.rexnet_lite.backbone:ReXNetLite',
    layouts='mmchan.families.rexnet_lite.names:LAYOUTS',
    population='mmchan.families.rexnet_lite.population:population',
)
