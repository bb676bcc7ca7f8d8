"""Plans: what a network is, layer by layer, in resolved integers.

The module is built from the plan, the cost is a sum over it, the drawing reads it. Plans are frozen,
hashable and picklable. A convolution is asked for by its role, never by its position.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mmchan.errors import InputError, require

# Roles of convolutions. STEM, PENULTIMATE, HIDDEN and CLASSIFIER stand once or at the ends of a network;
# a block has some of the others.
STEM, PENULTIMATE, HIDDEN, CLASSIFIER = 'stem', 'penultimate', 'hidden', 'classifier'
REDUCE, EXPAND, SPATIAL, DEPTHWISE, PROJECT = 'reduce', 'expand', 'spatial', 'depthwise', 'project'
SQUEEZE, EXCITE, SHORTCUT = 'squeeze', 'excite', 'shortcut'
SHORTCUTS = ('none', 'identity', 'partial', 'projection')


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
        role: What the convolution does, such as 'stem', 'expand' or 'depthwise'; unique in a block.
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
    role: str = ''

    def __post_init__(self) -> None:
        least = min(
            self.in_channels, self.out_channels, self.kernel_size, self.stride, self.groups, self.dilation
        )
        if least < 1 or self.in_channels % self.groups or self.out_channels % self.groups:
            self._refuse()

    def _refuse(self) -> None:
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

    @property
    def is_pooled(self) -> bool:
        """Whether it sees one pixel: behind a global pooling."""
        return self.role in (SQUEEZE, EXCITE, HIDDEN, CLASSIFIER)


@dataclass(frozen=True)
class SqueezePlan:
    """Squeeze-excitation: every channel is multiplied by a function of all channels' means.

    Attributes:
        squeeze: The 1x1 convolution to fewer channels.
        excite: The 1x1 convolution back, whose activation is the gate.
        after: Role of the convolution whose output is gated.
        before_activation: Whether the gate comes before that convolution's activation (ReXNet) or
            behind it (RegNet, EfficientNet).
    """

    squeeze: ConvPlan
    excite: ConvPlan
    after: str
    before_activation: bool = False


def squeeze_excitation(
    channels: int,
    squeezed: int,
    *,
    after: str,
    norm: bool = False,
    activation: str = 'relu',
    before_activation: bool = False,
) -> SqueezePlan:
    """Gate ``channels`` by ``squeezed`` numbers.

    Args:
        channels: Channels that are gated.
        squeezed: Channels between the two convolutions.
        after: Role of the convolution whose output is gated.
        norm: Whether a normalisation layer follows the first convolution.
        activation: Activation between the two.
        before_activation: Whether the gate comes before the activation of the gated convolution.

    Source: arXiv:1709.01507.
    """
    squeeze = ConvPlan(channels, squeezed, bias=True, norm=norm, activation=activation, role=SQUEEZE)
    excite = ConvPlan(squeezed, channels, bias=True, norm=False, activation='sigmoid', role=EXCITE)
    return SqueezePlan(squeeze, excite, after, before_activation)


@dataclass(frozen=True)
class BlockPlan:
    """One block: its convolutions in order, its squeeze-excitation and its shortcut.

    Attributes:
        convs: The convolutions on the main path, in order, each of another role.
        squeeze: The squeeze-excitation, or None.
        shortcut: 'none'; 'identity'; 'partial' (the input is added to the first channels of a wider
            output); or 'projection' (through ``projection``).
        projection: The convolution of a projected shortcut, or None.
        activation: What follows the addition, or None.
    """

    convs: tuple[ConvPlan, ...]
    squeeze: SqueezePlan | None = None
    shortcut: str = 'none'
    projection: ConvPlan | None = None
    activation: str | None = None

    def __post_init__(self) -> None:
        roles = [conv.role for conv in self.convs]
        distinct = all(roles) and len(set(roles)) == len(roles)
        require(distinct, 'convs', 'convolutions of different roles', roles)
        if self.shortcut not in SHORTCUTS:
            raise InputError(f'shortcut must be one of {", ".join(SHORTCUTS)}, got {self.shortcut!r}')
        if self.squeeze is not None and self.squeeze.after not in roles:
            rule = f'a role of the block ({", ".join(roles)})'
            raise InputError(f'squeeze.after must be {rule}, got {self.squeeze!r}')

    def conv(self, role: str) -> ConvPlan | None:
        """The convolution of a role on the main path; None where the block has none."""
        return next((conv for conv in self.convs if conv.role == role), None)

    @property
    def layers(self) -> Iterator[ConvPlan]:
        """All convolutions in forward order, with those of the squeeze-excitation; the shortcut last."""
        for conv in self.convs:
            yield conv
            if self.squeeze and self.squeeze.after == conv.role:
                yield from (self.squeeze.squeeze, self.squeeze.excite)
        if self.projection:
            yield self.projection

    @property
    def spatial(self) -> ConvPlan:
        """The convolution that looks at neighbours, depthwise or in groups."""
        return (
            self.conv(DEPTHWISE) or self.conv(SPATIAL) or max(self.convs, key=lambda conv: conv.kernel_size)
        )

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
        family: Name of the family that made it.
        stem: The first convolution, of stride 2, or 1 for small images.
        stages: Blocks by resolution; each stage's last block is a feature map for dense tasks.
        penultimate: The convolution between the last block and global pooling, or None.
        head: Hidden layers of the classification head, applied after pooling; mostly empty.
        dropout_rate: Share of the classifier's inputs that the paper's training drops.
        norm_eps: What batch normalisation adds to the variance.
        norm_momentum: Share of the new batch in the running statistics, as torch counts it.
    """

    family: str
    stem: ConvPlan
    stages: tuple[tuple[BlockPlan, ...], ...]
    penultimate: ConvPlan | None = None
    head: tuple[ConvPlan, ...] = ()
    dropout_rate: float = 0.0
    norm_eps: float = 1e-5
    norm_momentum: float = 0.1

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
        return ConvPlan(in_channels, num_classes, bias=True, norm=False, role=CLASSIFIER)

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
