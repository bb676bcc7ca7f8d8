"""How each project names the layers of a ReXNet and a ReXNet-lite."""

from itertools import count

from mmchan.channels import BlockPlan, NetPlan
from mmchan.weights.naming import Layout, Names, names_if, numbered_blocks, prefixed


def _mmchan(plan: NetPlan) -> Names:
    yield from ('backbone.stem.conv', 'backbone.stem.bn')
    for stage, index, block in numbered_blocks(plan):
        layers = (
            *names_if(len(block.convs) == 3, ('expand.conv', 'expand.bn')),
            *('depthwise.conv', 'depthwise.bn'),
            *names_if(block.squeeze, ('se.conv1.conv', 'se.conv1.bn', 'se.conv2.conv')),
            *('project.conv', 'project.bn'),
        )
        yield from prefixed(f'backbone.layer{stage + 1}.{index}', layers)
    yield from ('backbone.penultimate.conv', 'backbone.penultimate.bn')
    # mmpretrain's linear head, or its stacked one with a hidden layer
    yield from ('head.layers.0.fc', 'head.layers.0.norm', 'head.layers.1.fc') if plan.head else ('head.fc',)


def _timm(plan: NetPlan) -> Names:
    yield from ('stem.conv', 'stem.bn')
    for index, block in enumerate(plan.blocks):
        layers = (
            *names_if(len(block.convs) == 3, ('conv_exp.conv', 'conv_exp.bn')),
            *('conv_dw.conv', 'conv_dw.bn'),
            *names_if(block.squeeze, ('se.fc1', 'se.bn', 'se.fc2')),
            *('conv_pwl.conv', 'conv_pwl.bn'),
        )
        yield from prefixed(f'features.{index}', layers)
    last = len(plan.blocks)
    yield from (f'features.{last}.conv', f'features.{last}.bn', 'head.fc')


def _official(plan: NetPlan) -> Names:
    """The authors' modules are numbered in Sequentials, activations and dropout included."""
    yield from ('features.0', 'features.1')  # 2 is the activation
    for index, block in enumerate(plan.blocks):
        yield from prefixed(f'features.{index + 3}.out', tuple(_official_block(block)))
    last = len(plan.blocks) + 3
    yield from (f'features.{last}', f'features.{last + 1}')
    yield from ('output.0', 'output.1', 'output.4') if plan.head else ('output.1',)


def _official_block(block: BlockPlan) -> Names:
    position = count()
    if len(block.convs) == 3:
        yield from (str(next(position)), str(next(position)))
        next(position)  # activation
    yield from (str(next(position)), str(next(position)))
    if block.squeeze:
        yield from prefixed(f'{next(position)}', ('fc.0', 'fc.1', 'fc.3'))
    next(position)  # ReLU6
    yield from (str(next(position)), str(next(position)))


REXNET: dict[str, Layout] = {'mmchan': _mmchan, 'timm': _timm, 'official': _official}
REXNET_LITE: dict[str, Layout] = {'mmchan': _mmchan, 'official': _official}
