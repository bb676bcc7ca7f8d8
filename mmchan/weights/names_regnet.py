"""How each project names the layers of a RegNet."""

from collections.abc import Callable
from dataclasses import dataclass

from mmchan.channels import NetPlan
from mmchan.weights.naming import Layout, Names, names_if, numbered_blocks, prefixed


@dataclass(frozen=True)
class RegNetNames:
    """A layout's names: stem, block (from its stage, from 1, and its index in it), inside, head."""

    stem: tuple[str, ...]
    block: Callable[[int, int], str]
    convs: tuple[str, ...]
    squeeze: tuple[str, ...]
    last: tuple[str, ...]
    projection: tuple[str, ...]
    head: str

    def __call__(self, plan: NetPlan) -> Names:
        yield from self.stem
        for stage, index, block in numbered_blocks(plan):
            squeeze = names_if(block.squeeze, self.squeeze)
            projection = names_if(block.projection, self.projection)
            inside = (*self.convs, *squeeze, *self.last, *projection)
            yield from prefixed(self.block(stage + 1, index), inside)
        yield self.head


REGNET: dict[str, Layout] = {
    'mmchan': RegNetNames(
        stem=('backbone.conv1', 'backbone.bn1'),
        block=lambda stage, index: f'backbone.layer{stage}.{index}',
        convs=('conv1', 'bn1', 'conv2', 'bn2'),
        squeeze=('se.conv1.conv', 'se.conv2.conv'),
        last=('conv3', 'bn3'),
        projection=('downsample.0', 'downsample.1'),
        head='head.fc',
    ),
    'timm': RegNetNames(
        stem=('stem.conv', 'stem.bn'),
        block=lambda stage, index: f's{stage}.b{index + 1}',
        convs=('conv1.conv', 'conv1.bn', 'conv2.conv', 'conv2.bn'),
        squeeze=('se.fc1', 'se.fc2'),
        last=('conv3.conv', 'conv3.bn'),
        projection=('downsample.conv', 'downsample.bn'),
        head='head.fc',
    ),
    'torchvision': RegNetNames(
        stem=('stem.0', 'stem.1'),
        block=lambda stage, index: f'trunk_output.block{stage}.block{stage}-{index}',
        convs=('f.a.0', 'f.a.1', 'f.b.0', 'f.b.1'),
        squeeze=('f.se.fc1', 'f.se.fc2'),
        last=('f.c.0', 'f.c.1'),
        projection=('proj.0', 'proj.1'),
        head='fc',
    ),
    'pycls': RegNetNames(
        stem=('stem.conv', 'stem.bn'),
        block=lambda stage, index: f's{stage}.b{index + 1}',
        convs=('f.a', 'f.a_bn', 'f.b', 'f.b_bn'),
        squeeze=('f.se.f_ex.0', 'f.se.f_ex.2'),
        last=('f.c', 'f.c_bn'),
        projection=('proj', 'bn'),
        head='head.fc',
    ),
}
