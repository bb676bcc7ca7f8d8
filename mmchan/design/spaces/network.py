"""What a sampled network is once its parameters are rounded: its identity and its stages, from its plan."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from mmchan.channels import BlockPlan, ConvPlan, NetPlan

DIGITS = 16  # of the SHA-256: among a million networks, two have the same with a chance of 3e-8

_CONV = attrgetter(
    'in_channels',
    'out_channels',
    'kernel_size',
    'stride',
    'groups',
    'dilation',
    'bias',
    'norm',
    'activation',
    'same_padding',
    'role',
)


@dataclass(frozen=True)
class Realised:
    """A network's identity and stages.

    Attributes:
        id: Digest of all that the plan says of layers; the family's name and its parameters have no part
            in it, so that networks are the same whatever rule they come from.
        widths: Output channels of every stage.
        depths: Blocks of every stage.
        bottleneck_widths: Channels of every stage's spatial convolutions, those of its last block.
        group_widths: Channels per group of these.
    """

    id: str
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    bottleneck_widths: tuple[int, ...]
    group_widths: tuple[int, ...]


def realised(plan: NetPlan) -> Realised:
    """Identity and stages of a plan."""
    spatial = [stage[-1].spatial for stage in plan.stages]
    inside = tuple(conv.out_channels for conv in spatial)
    groups = tuple(conv.out_channels // conv.groups for conv in spatial)
    return Realised(network_id(plan), plan.stage_widths, plan.stage_depths, inside, groups)


def network_id(plan: NetPlan) -> str:
    """The digest of a network's layers, in hexadecimal.

    >>> from mmchan.channels import get_plan
    >>> network_id(get_plan('regnetx-400mf')) == network_id(get_plan('regnetx-400mf-tv'))
    False
    """
    text = '\n'.join(_lines(plan))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _lines(plan: NetPlan) -> Iterator[str]:
    yield f'{plan.dropout_rate!r} {plan.norm_eps!r} {plan.norm_momentum!r}'
    yield _conv(plan.stem)
    for stage in plan.stages:
        yield 'stage'
        last = described = None
        for block in stage:  # most blocks of a stage are one and the same object
            described = described if block is last else _block(block)
            last = block
            yield described
    yield 'end' if plan.penultimate is None else _conv(plan.penultimate)
    yield from map(_conv, plan.head)


def _conv(conv: ConvPlan) -> str:
    return ','.join(map(str, _CONV(conv)))


def _block(block: BlockPlan) -> str:
    parts = [*map(_conv, block.convs), block.shortcut, str(block.activation)]
    if block.squeeze:
        squeeze = block.squeeze
        parts += [
            _conv(squeeze.squeeze),
            _conv(squeeze.excite),
            squeeze.after,
            str(squeeze.before_activation),
        ]
    if block.projection:
        parts.append(_conv(block.projection))
    return ';'.join(parts)
