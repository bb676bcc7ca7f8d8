"""Random layers and blocks, many of one size at once, in torch and float64.

A batch of B networks maps inputs (B, N, d_in, S, S) to outputs (B, N, d_out, S, S); each has its own weights.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mmchan.design.ranks.settings import BOTTLENECK, CONV1, CONV3, Settings

KERNEL = 3
EPS = 1e-5  # what batch normalisation adds to the variance

Activation = Callable[[Tensor], Tensor]
ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        'linear': torch.clone,
        'relu6': F.relu6,
        'relu': F.relu,
        'leaky_relu': F.leaky_relu,
        'elu': F.elu,
        'softplus': F.softplus,
        'hardswish': F.hardswish,
        'silu': F.silu,
    }
)


@dataclass(frozen=True)
class Size:
    """What networks of one batch have in common.

    Attributes:
        kind: Of KINDS.
        in_channels: d_in.
        out_channels: d_out.
        expansion: Expansion ratio of an inverted bottleneck.
        map_size: Side of the maps.
    """

    kind: str
    in_channels: int
    out_channels: int
    expansion: int
    map_size: int

    @property
    def features(self) -> int:
        """Numbers that the network gives for one input."""
        return self.out_channels * self.map_size**2


class Draw:
    """Draws inputs and weights of a batch of networks.

    Args:
        settings: Laws of inputs and weights.
        batch: Number of networks.
        seed: Of the batch.
    """

    def __init__(self, settings: Settings, batch: int, seed: np.random.SeedSequence) -> None:
        self.settings = settings
        self.batch = batch
        self.rng = np.random.default_rng(seed)

    def inputs(self, count: int, channels: int, map_size: int) -> Tensor:
        """Inputs (B, count, channels, map_size, map_size)."""
        shape = (self.batch, count, channels, map_size, map_size)
        uniform = self.settings.values == 'uniform'
        return torch.from_numpy(self.rng.random(shape) if uniform else self.rng.standard_normal(shape))

    def weights(self, out_channels: int, in_channels: int, kernel: int, map_size: int) -> Tensor:
        """Weights (B, out_channels, in_channels * seen) of a square kernel.

        On a map of one pixel only the kernel's centre meets no zero of the padding: the rest is left out.
        """
        seen, fan_in = 1 if map_size == 1 else kernel**2, in_channels * kernel**2
        shape = (self.batch, out_channels, in_channels * seen)
        if self.settings.weights == 'normal':
            return torch.from_numpy(self.rng.standard_normal(shape) * (2 / fan_in) ** 0.5)
        return torch.from_numpy(self.rng.uniform(-1, 1, shape) / fan_in**0.5)


def outputs(settings: Settings, size: Size, *, batch: int, seed: np.random.SeedSequence) -> Iterator[Tensor]:
    """Outputs of a batch of networks as matrices (B, features, N), one for each nonlinearity in turn.

    A linear network has rank d_in * S ** 2 of its d_out * S ** 2 features, also where its kernel is 3x3.

    Args:
        settings: Laws, normalisation and nonlinearities.
        size: Of every network of the batch.
        batch: Number of networks.
        seed: Of the batch; the same networks for every nonlinearity.
    """
    draw = Draw(settings, batch, seed)
    x = draw.inputs(round(settings.inputs * size.features), size.in_channels, size.map_size)
    build = _layer if size.kind in (CONV1, CONV3) else _bottleneck
    run = build(draw, size, x)
    for name in settings.nonlinearities:
        yield run(ACTIVATIONS[name]).flatten(2).mT


def _layer(draw: Draw, size: Size, x: Tensor) -> Callable[[Activation], Tensor]:
    """A convolution, a normalisation, a nonlinearity."""
    kernel = KERNEL if size.kind == CONV3 else 1
    weights = draw.weights(size.out_channels, size.in_channels, kernel, size.map_size)
    before = normalised(conv(x, weights), draw.settings.norm)
    return lambda activation: activation(before)


def _bottleneck(draw: Draw, size: Size, x: Tensor) -> Callable[[Activation], Tensor]:
    """1x1 expansion, 3x3 convolution, linear 1x1 projection; the input is added to the first channels."""
    norm, inside = draw.settings.norm, size.expansion * size.in_channels
    full = size.kind == BOTTLENECK
    middle = conv if full else depthwise_conv
    expand = draw.weights(inside, size.in_channels, 1, size.map_size)
    spatial = draw.weights(inside, inside if full else 1, KERNEL, size.map_size)
    project = draw.weights(size.out_channels, inside, 1, size.map_size)
    expanded = normalised(conv(x, expand), norm)

    def run(activation: Activation) -> Tensor:
        out = activation(normalised(middle(activation(expanded), spatial), norm))
        out = normalised(conv(out, project), norm)
        out[:, :, : size.in_channels] += x
        return out

    return run


def conv(x: Tensor, weights: Tensor) -> Tensor:
    """A 1x1 or 3x3 convolution (B, N, C, S, S) by weights (B, out, C) or (B, out, C * 9), padded by zeros."""
    batch, count, channels, side = x.shape[:4]
    kernel = 1 if weights.shape[2] == channels else KERNEL
    columns = x.flatten(3) if kernel == 1 else _patches(x).flatten(2, 3)  # (B, N, C * kernel ** 2, pixels)
    flat = columns.transpose(1, 2).flatten(2)
    out = (weights @ flat).unflatten(2, (count, -1)).transpose(1, 2)
    return out.reshape(batch, count, -1, side, side)


def depthwise_conv(x: Tensor, weights: Tensor) -> Tensor:
    """A depthwise convolution of (B, N, C, S, S) by weights (B, C, 1) or (B, C, 9), padded by zeros."""
    if weights.shape[2] == 1:
        return x * weights[:, None, :, :, None]
    return (_patches(x) * weights[:, None, :, :, None]).sum(3).view_as(x)


def _patches(x: Tensor) -> Tensor:
    """What a 3x3 kernel sees at every pixel, (B, N, C, 9, pixels)."""
    batch, count, channels, side = x.shape[:4]
    seen = F.unfold(x.reshape(batch * count, channels, side, side), KERNEL, padding=KERNEL // 2)
    return seen.reshape(batch, count, channels, KERNEL**2, -1)


def normalised(x: Tensor, norm: str) -> Tensor:
    """Every channel by the statistics of its network's batch, see :class:`Settings`."""
    if norm == 'none':
        return x
    over = (1, 3, 4)
    centred = x if norm == 'scale' else x - x.mean(over, keepdim=True)
    return centred * (x.var(over, correction=0, keepdim=True) + EPS).rsqrt()


def singular_values(matrices: Tensor) -> np.ndarray:
    """Singular values (B, min(R, N)) of matrices (B, R, N), with an error of about 1e-15 times the largest.

    The triangular factor of the transpose has the same ones and costs half.
    """
    tall = matrices.mT if matrices.shape[-1] > matrices.shape[-2] else matrices
    return torch.linalg.svdvals(torch.linalg.qr(tall, mode='r').R).numpy()
