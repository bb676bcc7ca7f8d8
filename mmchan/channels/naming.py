"""How projects name the layers of a network: a layout is a table from roles to names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mmchan.channels.plans import EXCITE, SHORTCUT, SQUEEZE, BlockPlan, NetPlan

OWN = 'mmchan'  # the layout of our own networks

Names = tuple[str, ...]


class Place(NamedTuple):
    """Where a block stands; everything counts from 0.

    Attributes:
        stage: Stage of one resolution.
        index: Index in the stage.
        number: Index in the network.
        group: Group of blocks of one width and kernel, as in the tables of papers.
        member: Index in the group.
    """

    stage: int
    index: int
    number: int
    group: int
    member: int


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The names of all modules with weights, in forward order, the head last.

    Every convolution has one name, and a second one for the normalisation that follows it.

    Attributes:
        stem: Names of the stem.
        block: The beginning of a block's names, from its place.
        roles: Names inside a block by the role of the convolution, or a function from the block to them.
        penultimate: Names of the penultimate convolution, or a function from the plan to them.
        head: Names of the head's linear layers and their normalisation, or a function from the plan.
        convolved_head: Whether the head consists of 1x1 convolutions, not of linear layers.
        colour: Order of the colours that weights in this layout expect, 'rgb' or 'bgr'; None where there
            are both.
        wrapper: Key under which files of this layout keep the weights; None for bare ones.
    """

    stem: Names
    block: Callable[[Place], str]
    roles: Mapping[str, Names] | Callable[[BlockPlan], Mapping[str, Names]]
    head: Names | Callable[[NetPlan], Names]
    penultimate: Names | Callable[[NetPlan], Names] = ()
    convolved_head: bool = False
    colour: str | None = None
    wrapper: str | None = None

    def names(self, plan: NetPlan) -> Iterator[str]:
        """The names of a network's modules."""
        yield from self.stem
        for place, block in placed_blocks(plan):
            roles, prefix = _of(self.roles, block), self.block(place)
            for conv in block.layers:
                yield from (f'{prefix}.{name}' for name in roles[conv.role])
        if plan.penultimate:
            yield from _of(self.penultimate, plan)
        yield from _of(self.head, plan)


def _of(names: object, plan: object) -> object:
    return names(plan) if callable(names) else names


def placed_blocks(plan: NetPlan) -> Iterator[tuple[Place, BlockPlan]]:
    """The blocks of a network with their places."""
    number, group, member, kernel = 0, -1, 0, 0
    for stage, blocks in enumerate(plan.stages):
        for index, block in enumerate(blocks):
            opens = block.shortcut in ('none', 'partial') or block.spatial.kernel_size != kernel
            group, member = (group + 1, 0) if opens else (group, member + 1)
            kernel = block.spatial.kernel_size
            yield Place(stage, index, number, group, member), block
            number += 1


def own_head(plan: NetPlan) -> Names:
    """mmpretrain's linear head, or its stacked one where there are hidden layers."""
    if not plan.head:
        return ('head.fc',)
    hidden = [f'head.layers.{index}.{part}' for index in range(len(plan.head)) for part in ('fc', 'norm')]
    return (*hidden, f'head.layers.{len(plan.head)}.fc')


def _own_roles(block: BlockPlan) -> dict[str, Names]:
    gate = {SQUEEZE: 'se.conv1', EXCITE: 'se.conv2', SHORTCUT: 'projection'}
    named = {conv.role: (conv, gate.get(conv.role, conv.role)) for conv in block.layers}
    return {
        role: (f'{name}.conv', f'{name}.bn') if conv.norm else (f'{name}.conv',)
        for role, (conv, name) in named.items()
    }


# that of mmchan.models.PlanBackbone inside a classifier; a backbone with names of its own brings its layout
GENERAL = Layout(
    stem=('backbone.stem.conv', 'backbone.stem.bn'),
    block=lambda at: f'backbone.layer{at.stage + 1}.{at.index}',
    roles=_own_roles,
    penultimate=('backbone.penultimate.conv', 'backbone.penultimate.bn'),
    head=own_head,
    wrapper='state_dict',
)


def numbered(*kinds: str) -> Names:
    """The numbers in a Sequential of the members of a kind, such as 'conv', that have weights.

    >>> numbered('conv', 'bn', '', 'conv', 'bn')
    ('0', '1', '3', '4')
    """
    return tuple(str(number) for number, kind in enumerate(kinds) if kind)
