"""How each project names the layers of an EfficientNet-lite."""

from collections.abc import Iterator

from mmchan.channels import BlockPlan, NetPlan
from mmchan.weights.names_rexnet import REXNET
from mmchan.weights.naming import Layout, Names, names_if, prefixed


def _timm(plan: NetPlan) -> Names:
    yield from ('conv_stem', 'bn1')
    for group, index, block in _grouped_blocks(plan):
        # timm's first block has no expansion, and counts its convolutions and norms from the depthwise one
        layers = (
            ('conv_pw', 'bn1', 'conv_dw', 'bn2', 'conv_pwl', 'bn3')
            if len(block.convs) == 3
            else ('conv_dw', 'bn1', 'conv_pw', 'bn2')
        )
        yield from prefixed(f'blocks.{group}.{index}', layers)
    yield from ('conv_head', 'bn2', 'classifier')


def _grouped_blocks(plan: NetPlan) -> Iterator[tuple[int, int, BlockPlan]]:
    """Group of the paper's table, index in it and block; a stride or another kernel opens a group."""
    group, index, kernel = 0, -1, plan.blocks[0].convs[-2].kernel_size
    for block in plan.blocks:
        depthwise = block.convs[-2]
        if depthwise.stride > 1 or depthwise.kernel_size != kernel:
            group, index, kernel = group + 1, -1, depthwise.kernel_size
        index += 1
        yield group, index, block


def _official(plan: NetPlan) -> Names:
    yield from ('_conv_stem', '_bn0')
    for index, block in enumerate(plan.blocks):
        layers = (
            *names_if(len(block.convs) == 3, ('_expand_conv', '_bn0')),
            *('_depthwise_conv', '_bn1'),
            *('_project_conv', '_bn2'),
        )
        yield from prefixed(f'_blocks.{index}', layers)
    yield from ('_conv_head', '_bn1', '_fc')


EFFICIENTNET_LITE: dict[str, Layout] = {'mmchan': REXNET['mmchan'], 'timm': _timm, 'official': _official}
