"""How each project names the layers of a RegNet."""

from mmchan.channels.naming import OWN, Layout
from mmchan.channels.plans import EXCITE, EXPAND, REDUCE, SHORTCUT, SPATIAL, SQUEEZE

LAYOUTS = {
    OWN: Layout(  # mmpretrain's and mmdet's, with names of ours for the squeeze-excitation
        stem=('backbone.conv1', 'backbone.bn1'),
        block=lambda at: f'backbone.layer{at.stage + 1}.{at.index}',
        roles={
            REDUCE: ('conv1', 'bn1'),
            SPATIAL: ('conv2', 'bn2'),
            SQUEEZE: ('se.conv1.conv',),
            EXCITE: ('se.conv2.conv',),
            EXPAND: ('conv3', 'bn3'),
            SHORTCUT: ('downsample.0', 'downsample.1'),
        },
        head=('head.fc',),
        wrapper='state_dict',
    ),
    'timm': Layout(
        stem=('stem.conv', 'stem.bn'),
        block=lambda at: f's{at.stage + 1}.b{at.index + 1}',
        roles={
            REDUCE: ('conv1.conv', 'conv1.bn'),
            SPATIAL: ('conv2.conv', 'conv2.bn'),
            SQUEEZE: ('se.fc1',),
            EXCITE: ('se.fc2',),
            EXPAND: ('conv3.conv', 'conv3.bn'),
            SHORTCUT: ('downsample.conv', 'downsample.bn'),
        },
        head=('head.fc',),
        colour='rgb',
    ),
    'torchvision': Layout(
        stem=('stem.0', 'stem.1'),
        block=lambda at: f'trunk_output.block{at.stage + 1}.block{at.stage + 1}-{at.index}',
        roles={
            REDUCE: ('f.a.0', 'f.a.1'),
            SPATIAL: ('f.b.0', 'f.b.1'),
            SQUEEZE: ('f.se.fc1',),
            EXCITE: ('f.se.fc2',),
            EXPAND: ('f.c.0', 'f.c.1'),
            SHORTCUT: ('proj.0', 'proj.1'),
        },
        head=('fc',),
        colour='rgb',
    ),
    'pycls': Layout(
        stem=('stem.conv', 'stem.bn'),
        block=lambda at: f's{at.stage + 1}.b{at.index + 1}',
        roles={
            REDUCE: ('f.a', 'f.a_bn'),
            SPATIAL: ('f.b', 'f.b_bn'),
            SQUEEZE: ('f.se.f_ex.0',),
            EXCITE: ('f.se.f_ex.2',),
            EXPAND: ('f.c', 'f.c_bn'),
            SHORTCUT: ('proj', 'bn'),
        },
        head=('head.fc',),
        colour='bgr',
        wrapper='model_state',
    ),
}
