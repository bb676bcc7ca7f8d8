"""What the tables of key layouts are written with."""

from collections.abc import Callable, Iterator

from mmchan.channels import BlockPlan, NetPlan

Names = Iterator[str]
# a layout's names of all modules with weights, in forward order, head last
Layout = Callable[[NetPlan], Names]


def numbered_blocks(plan: NetPlan) -> Iterator[tuple[int, int, BlockPlan]]:
    """Stage, index in the stage (both from 0) and block."""
    for stage, blocks in enumerate(plan.stages):
        for index, block in enumerate(blocks):
            yield stage, index, block


def names_if(condition: object, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names where the condition holds, else none."""
    return names if condition else ()


def prefixed(prefix: str, names: tuple[str, ...]) -> Names:
    """``prefix.name`` for every name."""
    return (f'{prefix}.{name}' for name in names)
