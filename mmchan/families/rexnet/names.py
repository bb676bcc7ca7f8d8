"""How each project names the layers of a ReXNet."""

from collections.abc import Callable

from mmchan.channels.naming import Layout, Names, numbered
from mmchan.channels.plans import DEPTHWISE, EXCITE, EXPAND, PROJECT, SQUEEZE, BlockPlan, NetPlan


def official_roles(block: BlockPlan) -> dict[str, Names]:
    """The authors' blocks are Sequentials: their members are numbered, activations included."""
    expand = ('conv', 'bn', '') if block.conv(EXPAND) else ()
    gate = ('gate',) if block.squeeze else ()
    numbers = list(numbered(*expand, 'conv', 'bn', *gate, '', 'conv', 'bn'))
    roles: dict[str, Names] = {}
    if expand:
        roles[EXPAND] = (numbers.pop(0), numbers.pop(0))
    roles[DEPTHWISE] = (numbers.pop(0), numbers.pop(0))
    if gate:
        number = numbers.pop(0)
        roles[SQUEEZE], roles[EXCITE] = (f'{number}.fc.0', f'{number}.fc.1'), (f'{number}.fc.3',)
    roles[PROJECT] = (numbers.pop(0), numbers.pop(0))
    return roles


def official(head: Names) -> Layout:
    """The layout of the authors, with the names of the head of one of their two networks."""
    return Layout(
        stem=('features.0', 'features.1'),  # 2 is the activation
        block=lambda at: f'features.{at.number + 3}.out',
        roles=official_roles,
        penultimate=_after_blocks(lambda last: (f'features.{last + 3}', f'features.{last + 4}')),
        head=head,
        convolved_head=True,
        colour='rgb',
    )


def _after_blocks(names: Callable[[int], Names]) -> Callable[[NetPlan], Names]:
    return lambda plan: names(len(plan.blocks))


LAYOUTS = {
    'timm': Layout(
        stem=('stem.conv', 'stem.bn'),
        block=lambda at: f'features.{at.number}',
        roles={
            EXPAND: ('conv_exp.conv', 'conv_exp.bn'),
            DEPTHWISE: ('conv_dw.conv', 'conv_dw.bn'),
            SQUEEZE: ('se.fc1', 'se.bn'),
            EXCITE: ('se.fc2',),
            PROJECT: ('conv_pwl.conv', 'conv_pwl.bn'),
        },
        penultimate=_after_blocks(lambda last: (f'features.{last}.conv', f'features.{last}.bn')),
        head=('head.fc',),
        colour='rgb',
    ),
    'official': official(('output.1',)),
}
