"""How each project names the layers of a MobileNetV2."""

from mmchan.channels.naming import Layout, Names
from mmchan.channels.plans import DEPTHWISE, EXPAND, PROJECT, BlockPlan
from mmchan.families.efficientnet.names import TIMM


def _torchvision_roles(block: BlockPlan) -> dict[str, Names]:
    """Sequentials: convolutions with an activation are Sequentials of their own."""
    if block.conv(EXPAND):
        return {EXPAND: ('0.0', '0.1'), DEPTHWISE: ('1.0', '1.1'), PROJECT: ('2', '3')}
    return {DEPTHWISE: ('0.0', '0.1'), PROJECT: ('1', '2')}


def _mmpretrain_roles(block: BlockPlan) -> dict[str, Names]:
    return {conv.role: (f'{index}.conv', f'{index}.bn') for index, conv in enumerate(block.convs)}


LAYOUTS = {
    'timm': TIMM,
    'torchvision': Layout(
        stem=('features.0.0', 'features.0.1'),
        block=lambda at: f'features.{at.number + 1}.conv',
        roles=_torchvision_roles,
        penultimate=lambda plan: tuple(f'features.{len(plan.blocks) + 1}.{part}' for part in (0, 1)),
        head=('classifier.1',),
        colour='rgb',
    ),
    'mmpretrain': Layout(  # its layers are the groups of one width, those of the paper's table
        stem=('backbone.conv1.conv', 'backbone.conv1.bn'),
        block=lambda at: f'backbone.layer{at.group + 1}.{at.member}.conv',
        roles=_mmpretrain_roles,
        penultimate=('backbone.conv2.conv', 'backbone.conv2.bn'),
        head=('head.fc',),
        colour='rgb',
        wrapper='state_dict',
    ),
}
