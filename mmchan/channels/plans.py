"""Plans: what a network is, layer by layer, in resolved integers.

The module is built from the plan, the cost is a sum over it, the drawing reads it. Plans are frozen,
hashable and picklable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmchan.errors import InputError, require


@dataclass(frozen=True)
class ConvPlan:
    """One convolution with what follows it: normalisation, then activation.

    Attributes:
        in_channels: Input channels.
        out_channels: Output channels.
        kernel_size: Side of the square kernel; the padding keeps the size at stride 1.
        stride: Stride in both directions.
        groups: Number of groups.
        dilation: Dilation in both directions.
        bias: Whether the convolution has a bias.
        norm: Whether a normalisation layer follows.
        activation: 'relu', 'relu6', 'silu', 'sigmoid' or None.
        same_padding: Pad as TensorFlow's 'SAME' does: where a stride leaves an odd number of zeros, the
            odd one stands below and on the right. It does not change the size of the output.
    """

    in_channels: int
    out_channels: int
    kernel_size: int = 1
    stride: int = 1
    groups: int = 1
    dilation: int = 1
    bias: bool = False
    norm: bool = True
    activation: str | None = None
    same_padding: bool = False

    def __post_init__(self) -> None:
        for name in ('in_channels', 'out_channels', 'kernel_size', 'stride', 'groups', 'dilation'):
            require(getattr(self, name) >= 1, name, '>= 1', getattr(self, name))
        for name in ('in_channels', 'out_channels'):
            rule = f'a multiple of groups ({self.groups})'
            require(getattr(self, name) % self.groups == 0, name, rule, getattr(self, name))

    @property
    def pads_unevenly(self) -> bool:
        """Whether the zeros on the two sides may differ, depending on the image's size."""
        return self.same_padding and self.stride > 1

    @property
    def padding(self) -> int:
        """Zeros added at each side, where they do not differ."""
        return (self.kernel_size - 1) // 2 * self.dilation


def squeeze_excitation(channels: int, squeezed: int, *, norm: bool) -> tuple[ConvPlan, ConvPlan]:
    """The two 1x1 convolutions that gate ``channels`` by ``squeezed`` numbers.

    Args:
        channels: Channels that are gated.
        squeezed: Channels between the two convolutions.
        norm: Whether a normalisation layer follows the first.
    """
    reduce = ConvPlan(channels, squeezed, bias=True, norm=norm, activation='relu')
    return reduce, ConvPlan(squeezed, channels, bias=True, norm=False, activation='sigmoid')


@dataclass(frozen=True)
class BlockPlan:
    """One block: its convolutions in order, its squeeze-excitation and its shortcut.

    Attributes:
        convs: The convolutions on the main path, in order.
        squeeze: The two 1x1 convolutions of the squeeze-excitation (reduce, then gate), or None.
        squeeze_after: Index in ``convs`` of the convolution whose output is gated.
        shortcut: 'none'; 'identity'; 'partial' (the input is added to the first channels of a wider
            output); or 'projection' (through ``projection``).
        projection: The convolution of a projected shortcut, or None.
    """

    convs: tuple[ConvPlan, ...]
    squeeze: tuple[ConvPlan, ConvPlan] | None = None
    squeeze_after: int = 1
    shortcut: str = 'none'
    projection: ConvPlan | None = None

    @property
    def in_channels(self) -> int:
        """Channels of the input."""
        return self.convs[0].in_channels

    @property
    def out_channels(self) -> int:
        """Channels of the output: the block's width."""
        return self.convs[-1].out_channels

    @property
    def stride(self) -> int:
        """Product of the strides along the main path."""
        stride = 1
        for conv in self.convs:
            stride *= conv.stride
        return stride


@dataclass(frozen=True)
class NetPlan:
    """A network: stem, stages, an optional penultimate convolution, the head's hidden layers.

    Attributes:
        family: 'regnet', 'anynet', 'rexnet', 'rexnet_lite' or 'efficientnet_lite'.
        stem: The first convolution, of stride 2, or 1 for small images.
        stages: Blocks by resolution; each stage's last block is a feature map for dense tasks.
        penultimate: The convolution between the last block and global pooling, or None.
        head: Hidden layers of the classification head, applied after pooling; mostly empty.
        dropout_rate: Share of the classifier's inputs that the paper's training drops.
    """

    family: str
    stem: ConvPlan
    stages: tuple[tuple[BlockPlan, ...], ...]
    penultimate: ConvPlan | None = None
    head: tuple[ConvPlan, ...] = ()
    dropout_rate: float = 0.0

    @property
    def blocks(self) -> tuple[BlockPlan, ...]:
        """All blocks, in order."""
        return tuple(block for stage in self.stages for block in stage)

    @property
    def widths(self) -> tuple[int, ...]:
        """Output channels of every block."""
        return tuple(block.out_channels for block in self.blocks)

    @property
    def stage_widths(self) -> tuple[int, ...]:
        """Output channels of every stage."""
        return tuple(stage[-1].out_channels for stage in self.stages)

    @property
    def stage_depths(self) -> tuple[int, ...]:
        """Number of blocks of every stage."""
        return tuple(len(stage) for stage in self.stages)

    @property
    def out_widths(self) -> tuple[int, ...]:
        """Channels at every out index: the stages, then the penultimate convolution if there is one."""
        return self.stage_widths + ((self.penultimate.out_channels,) if self.penultimate else ())

    @property
    def out_strides(self) -> tuple[int, ...]:
        """Pixels of the image per pixel of the map, at every out index."""
        strides, total = [], self.stem.stride
        for stage in self.stages:
            for block in stage:
                total *= block.stride
            strides.append(total)
        return tuple(strides + [total] * (len(self.out_widths) - len(strides)))

    def classifier(self, num_classes: int) -> ConvPlan:
        """The last layer of the head: a linear layer, written as a 1x1 convolution with bias."""
        in_channels = self.head[-1].out_channels if self.head else self.out_widths[-1]
        return ConvPlan(in_channels, num_classes, bias=True, norm=False)

    def with_in_channels(self, in_channels: int) -> 'NetPlan':
        """The same network for images of ``in_channels`` channels."""
        return replace(self, stem=replace(self.stem, in_channels=in_channels))

    def check_out_indices(self, out_indices: Sequence[int]) -> tuple[int, ...]:
        """Return the out indices as non-negative, sorted integers; negative ones count from the end.

        Raises:
            InputError: For an empty sequence, an index out of range or a repeated one.
        """
        count = len(self.out_widths)
        if not out_indices or not all(-count <= index < count for index in out_indices):
            raise InputError(
                f'out_indices must be within [{-count}, {count - 1}] ({len(self.stages)} stages'
                f'{" and the penultimate conv" if self.penultimate else ""}), got {tuple(out_indices)!r}'
            )
        resolved = sorted({index % count for index in out_indices})
        require(len(resolved) == len(out_indices), 'out_indices', 'without repetition', tuple(out_indices))
        return tuple(resolved)
