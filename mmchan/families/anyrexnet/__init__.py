"""AnyReXNet: groups of inverted bottlenecks with everything free, the space that ReXNet was searched in."""

from mmchan.channels.family import Family, Series
from mmchan.families.anyrexnet.plan import PARAMETERS, anyrexnet

FAMILY = Family(
    name='anyrexnet',
    title='AnyReXNet',
    paper='arXiv:2007.00992',
    plan=anyrexnet,
    parameters=PARAMETERS,
    series=(Series('anyrexnet', 'AnyReXNet'),),
    population='mmchan.families.anyrexnet.population:population',
)
