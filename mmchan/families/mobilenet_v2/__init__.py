"""MobileNetV2, and the same network with widths that grow linearly with the block, as ReXNet argues."""

from mmchan.channels.family import Family, Series, Variant
from mmchan.families.mobilenet_v2.plan import PARAMETERS, mobilenet_v2

SANDLER = 'arXiv:1801.04381, table 2; torchvision'
LINEAR = (
    "arXiv:2007.00992, section 4, applied to MobileNetV2; of all growths it is nearest to MobileNetV2's MACs"
)

FAMILY = Family(
    name='mobilenet_v2',
    title='MobileNetV2',
    paper='arXiv:1801.04381',
    plan=mobilenet_v2,
    parameters=PARAMETERS,
    variants=(
        *(
            Variant(name=f'mobilenet_v2-{mult}x', arguments={'width_mult': mult}, source=SANDLER)
            for mult in (0.5, 1.0, 1.4)
        ),
        Variant(
            name='mobilenet_v2-linear-1.0x',
            arguments={'total_growth': 115, 'divisor': 1},
            source=LINEAR,
            series='mobilenet_v2_linear',
        ),
    ),
    series=(
        Series('mobilenet_v2', 'MobileNetV2', ('#b3261e', '#ff8a80')),
        Series('mobilenet_v2_linear', 'MobileNetV2, linear widths', ('#7b4bb7', '#c0a3ea')),
    ),
    layouts='mmchan.families.mobilenet_v2.names:LAYOUTS',
    published='mmchan.families.mobilenet_v2.published:PUBLISHED',
    population='mmchan.families.mobilenet_v2.population:population',
)
