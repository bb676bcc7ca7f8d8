"""The cost of a plan: parameters, MACs and activations, counted in integers.

Conventions are those of the RegNet paper's tables (pycls): a convolution's multiply-accumulates,
plus one per output where it has a bias; normalisation costs parameters only; activations are the
outputs of convolutions and of the classifier. One MAC is what the paper calls one FLOP.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mmchan.channels.plans import SHORTCUT, BlockPlan, ConvPlan, NetPlan
from mmchan.errors import require_integer


@dataclass(frozen=True)
class Cost:
    """Parameters, multiply-accumulates and activations, for one image."""

    parameters: int = 0
    macs: int = 0
    activations: int = 0

    def __add__(self, other: 'Cost') -> 'Cost':
        return Cost(
            self.parameters + other.parameters, self.macs + other.macs, self.activations + other.activations
        )


@dataclass(frozen=True)
class Layer:
    """A convolution where it stands: its part of the network and the size of its output."""

    part: str
    conv: ConvPlan
    height: int
    width: int

    @property
    def cost(self) -> Cost:
        """Parameters, MACs and activations of this layer."""
        conv, pixels = self.conv, self.height * self.width
        weights = conv.kernel_size**2 * conv.in_channels * conv.out_channels // conv.groups
        biases = conv.out_channels * conv.bias
        norms = 2 * conv.out_channels * conv.norm
        return Cost(weights + biases + norms, (weights + biases) * pixels, conv.out_channels * pixels)


def layers(
    plan: NetPlan, resolution: int | tuple[int, int] = 224, *, num_classes: int | None = 1000
) -> Iterator[Layer]:
    """Every convolution of a network in forward order; the classifier counts as one.

    The parts are 'stem', 'block 0', 'block 1', …, 'penultimate' and 'head'. Layers behind a global
    pooling (squeeze-excitation, head) have outputs of 1x1. Arguments are those of :func:`count`.
    """
    size = _out_size(plan.stem, checked_size(resolution))
    yield Layer('stem', plan.stem, *size)
    for number, block in enumerate(plan.blocks):
        yield from _block_layers(f'block {number}', block, size)
        size = _block_size(block, size)
    if plan.penultimate:
        yield Layer('penultimate', plan.penultimate, *_out_size(plan.penultimate, size))
    if num_classes is not None:
        require_integer(num_classes, 'num_classes')
        yield from (Layer('head', conv, 1, 1) for conv in (*plan.head, plan.classifier(num_classes)))


def _block_layers(part: str, block: BlockPlan, size: tuple[int, int]) -> Iterator[Layer]:
    inside = size
    for conv in block.layers:
        if conv.is_pooled:
            yield Layer(part, conv, 1, 1)
            continue
        if conv.role != SHORTCUT:
            inside = _out_size(conv, inside)
        yield Layer(part, conv, *inside)


def _block_size(block: BlockPlan, size: tuple[int, int]) -> tuple[int, int]:
    for conv in block.convs:
        size = _out_size(conv, size)
    return size


def _out_size(conv: ConvPlan, size: tuple[int, int]) -> tuple[int, int]:
    # the padding keeps the size at stride 1, so that only the stride counts
    height, width = size
    return -(-height // conv.stride), -(-width // conv.stride)


def checked_size(resolution: int | tuple[int, int]) -> tuple[int, int]:
    height, width = (resolution, resolution) if isinstance(resolution, int) else resolution
    require_integer(height, 'resolution')
    require_integer(width, 'resolution')
    return height, width


def count(plan: NetPlan, resolution: int | tuple[int, int] = 224, *, num_classes: int | None = 1000) -> Cost:
    """Count a network's cost for one image.

    Args:
        plan: The network.
        resolution: Side of a square image, or (height, width), in pixels, each >= 1.
        num_classes: Classes of the classifier; None counts the backbone alone.

    Returns:
        Parameters, MACs and activations.

    Raises:
        InputError: For a resolution or a number of classes that is not a positive integer.

    Source: arXiv:2003.13678, appendix; pycls ``complexity``.
    """
    return sum((layer.cost for layer in layers(plan, resolution, num_classes=num_classes)), Cost())
