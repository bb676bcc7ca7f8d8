"""How each project names the layers of an EfficientNet."""

from mmchan.channels.naming import Layout, Names
from mmchan.channels.plans import DEPTHWISE, EXCITE, EXPAND, PROJECT, SQUEEZE, BlockPlan

_GATE = {SQUEEZE: ('se.conv_reduce',), EXCITE: ('se.conv_expand',)}


def timm_roles(block: BlockPlan) -> dict[str, Names]:
    """timm's blocks without an expansion count their convolutions from the depthwise one."""
    if block.conv(EXPAND):
        inside = {EXPAND: ('conv_pw', 'bn1'), DEPTHWISE: ('conv_dw', 'bn2'), PROJECT: ('conv_pwl', 'bn3')}
    else:
        inside = {DEPTHWISE: ('conv_dw', 'bn1'), PROJECT: ('conv_pw', 'bn2')}
    return {**inside, **_GATE}


TIMM = Layout(
    stem=('conv_stem', 'bn1'),
    block=lambda at: f'blocks.{at.group}.{at.member}',
    roles=timm_roles,
    penultimate=('conv_head', 'bn2'),
    head=('classifier',),
    colour='rgb',
)
# of the port to PyTorch whose files are on PyPI; its names are TensorFlow's
OFFICIAL = Layout(
    stem=('_conv_stem', '_bn0'),
    block=lambda at: f'_blocks.{at.number}',
    roles={
        EXPAND: ('_expand_conv', '_bn0'),
        DEPTHWISE: ('_depthwise_conv', '_bn1'),
        SQUEEZE: ('_se_reduce',),
        EXCITE: ('_se_expand',),
        PROJECT: ('_project_conv', '_bn2'),
    },
    penultimate=('_conv_head', '_bn1'),
    head=('_fc',),
    colour='rgb',
)
MMPRETRAIN = Layout(  # its stages merge groups of one resolution, as ours do
    stem=('backbone.layers.0.conv', 'backbone.layers.0.bn'),
    block=lambda at: f'backbone.layers.{at.stage + 1}.{at.index}',
    roles={
        EXPAND: ('expand_conv.conv', 'expand_conv.bn'),
        DEPTHWISE: ('depthwise_conv.conv', 'depthwise_conv.bn'),
        SQUEEZE: ('se.conv1.conv',),
        EXCITE: ('se.conv2.conv',),
        PROJECT: ('linear_conv.conv', 'linear_conv.bn'),
    },
    penultimate=('backbone.layers.6.conv', 'backbone.layers.6.bn'),
    head=('head.fc',),
    colour='rgb',
    wrapper='state_dict',
)
LAYOUTS = {'timm': TIMM, 'official': OFFICIAL, 'mmpretrain': MMPRETRAIN}
