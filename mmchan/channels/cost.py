"""The cost of a plan: parameters, MACs and activations, counted in integers.

Conventions are those of the RegNet paper's tables (pycls): a convolution's multiply-accumulates,
plus one per output where it has a bias; normalisation costs parameters only; activations are the
outputs of convolutions and of the classifier. One MAC is what the paper calls one FLOP.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import starmap

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
        return Cost(*_counted(self.conv, self.height * self.width))


def _counted(conv: ConvPlan, pixels: int) -> tuple[int, int, int]:
    """Parameters, MACs and activations of a convolution with an output of so many pixels."""
    outputs = conv.out_channels
    weights = conv.kernel_size**2 * conv.in_channels * outputs // conv.groups
    if conv.bias:
        weights += outputs
    return weights + 2 * outputs * conv.norm, weights * pixels, outputs * pixels


def layers(
    plan: NetPlan, resolution: int | tuple[int, int] = 224, *, num_classes: int | None = 1000
) -> Iterator[Layer]:
    """Every convolution of a network in forward order; the classifier counts as one.

    The parts are 'stem', 'block 0', 'block 1', …, 'penultimate' and 'head'. Layers behind a global
    pooling (squeeze-excitation, head) have outputs of 1x1. Arguments are those of :func:`count`.
    """
    return starmap(Layer, _placed(plan, resolution, num_classes))


# part, convolution, height and width of its output: what a layer is, without the time that making one takes
_Placed = tuple[str, ConvPlan, int, int]


def _placed(plan: NetPlan, resolution: int | tuple[int, int], num_classes: int | None) -> Iterator[_Placed]:
    size = _out_size(plan.stem, checked_size(resolution))
    yield ('stem', plan.stem, *size)
    for number, block in enumerate(plan.blocks):
        size = yield from _placed_in(block, f'block {number}', size)
    if plan.penultimate:
        yield ('penultimate', plan.penultimate, *_out_size(plan.penultimate, size))
    if num_classes is not None:
        require_integer(num_classes, 'num_classes')
        yield from (('head', conv, 1, 1) for conv in (*plan.head, plan.classifier(num_classes)))


def _placed_in(
    block: BlockPlan, part: str, size: tuple[int, int]
) -> Generator[_Placed, None, tuple[int, int]]:
    """The layers of a block, which returns the size of its output."""
    for conv in block.layers:
        if conv.is_pooled:
            yield part, conv, 1, 1
            continue
        if conv.role != SHORTCUT:
            size = _out_size(conv, size)
        yield (part, conv, *size)
    return size


def _out_size(conv: ConvPlan, size: tuple[int, int]) -> tuple[int, int]:
    # the padding keeps the size at stride 1, so that only the stride counts
    if conv.stride == 1:
        return size
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
    placed = _placed(plan, resolution, num_classes)
    counted = (_counted(conv, height * width) for _, conv, height, width in placed)
    return Cost(*map(sum, zip(*counted, strict=True)))
