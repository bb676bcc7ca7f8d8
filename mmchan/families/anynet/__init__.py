"""AnyNet: stages of residual bottlenecks with everything free, the space that RegNet refines."""

from mmchan.channels.family import Family, Series
from mmchan.families.anynet.plan import PARAMETERS, anynet

FAMILY = Family(
    name='anynet',
    title='AnyNet',
    paper='arXiv:2003.13678',
    plan=anynet,
    parameters=PARAMETERS,
    series=(Series('anynet', 'AnyNet'),),
    backbone='mmchan.families.regnet.backbone:RegNet',
    layouts='mmchan.families.regnet.names:LAYOUTS',
    population='mmchan.families.anynet.population:population',
)
