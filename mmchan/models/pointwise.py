"""Pointwise convolutions that widen, and their batch norm, as one step of a training on a CPU.

Batch norm is bound by memory: it reads the wide maps five times and writes them twice. But what it needs of
them follows from the narrow maps that the convolution reads. With rows x of C_in channels and y = W x:

    mean(y) = W mean(x),    var(y) = diag(W cov(x) W^T)

so that the normalisation is folded into the convolution, as in inference. Its gradients, too, follow from
products with the narrow rows: the wide maps before the normalisation exist nowhere and are not kept.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

LEAST_EXPANSION = 3  # the covariance costs C_in / C_out of the convolution, forward and backward


class _Statistics(NamedTuple):
    """Of the narrow rows and of what the convolution makes of them."""

    mean: torch.Tensor  # (C_in,)
    covariance: torch.Tensor  # (C_in, C_in)
    wide_mean: torch.Tensor  # (C_out,)
    wide_variance: torch.Tensor  # (C_out,)


def expands(conv: nn.Module, norm: nn.Module) -> bool:
    """Whether two layers are a convolution and a batch norm that :func:`expand` can do together.

    Args:
        conv: A convolution.
        norm: The normalisation behind it.
    """
    return (
        type(conv) is nn.Conv2d
        and type(norm) is nn.BatchNorm2d
        and (conv.kernel_size, conv.stride, conv.padding) == ((1, 1), (1, 1), (0, 0))
        and conv.groups == 1
        and conv.bias is None
        and conv.out_channels >= LEAST_EXPANSION * conv.in_channels
        and norm.affine
        and norm.track_running_stats
        and norm.momentum is not None
    )


def can_expand(conv: nn.Conv2d, norm: nn.BatchNorm2d, x: torch.Tensor) -> bool:
    """Whether :func:`expand` may stand for two layers of :func:`expands` now.

    Not in evaluation, on a GPU, in another precision, compiled, traced or watched by hooks.

    Args:
        conv: The convolution.
        norm: The batch norm.
        x: Maps (N, C_in, H, W).
    """
    trains = norm.training and torch.is_grad_enabled()
    watched = any(layer._forward_hooks or layer._forward_pre_hooks for layer in (conv, norm))
    traced = torch.compiler.is_compiling() or torch.jit.is_tracing()
    return trains and not watched and not traced and _is_fit(x)


def _is_fit(x: torch.Tensor) -> bool:
    return (
        x.device.type == 'cpu'
        and x.dtype == torch.float32
        and not torch.is_autocast_enabled('cpu')
        and x.is_contiguous(memory_format=torch.channels_last)
        and x.numel() > x.shape[1]
    )


def expand(conv: nn.Conv2d, norm: nn.BatchNorm2d, x: torch.Tensor) -> torch.Tensor:
    """``norm(conv(x))`` in training, the running statistics included.

    Args:
        conv: The convolution.
        norm: The batch norm.
        x: Maps (N, C_in, H, W) in channels_last.

    Returns:
        Maps (N, C_out, H, W) in channels_last.
    """
    out, mean, variance = _Expand.apply(x, conv.weight, norm.weight, norm.bias, norm.eps)
    with torch.no_grad():
        count = x.numel() // x.shape[1]
        norm.num_batches_tracked.add_(1)
        norm.running_mean.lerp_(mean, norm.momentum)
        norm.running_var.lerp_(variance * (count / (count - 1)), norm.momentum)
    return out


class _Expand(torch.autograd.Function):
    """1x1 convolution and batch norm; also returns mean and variance of the batch."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        x: torch.Tensor,
        weight: torch.Tensor,
        gain: torch.Tensor,
        bias: torch.Tensor,
        eps: float,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        found = _statistics(_rows(x), weight.flatten(1))
        scale = (found.wide_variance + eps).rsqrt()
        gained = gain * scale
        folded = weight * gained[:, None, None, None]
        ctx.save_for_backward(x, weight, gain, bias, found.mean, found.covariance, scale)
        ctx.eps = eps
        ctx.mark_non_differentiable(found.wide_mean, found.wide_variance)
        out = torch.conv2d(x, folded, bias - gained * found.wide_mean)
        return out, found.wide_mean, found.wide_variance

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, grad: torch.Tensor, *_: torch.Tensor
    ) -> tuple[torch.Tensor | None, ...]:
        x, weight, gain, bias, mean, covariance, scale = ctx.saved_tensors
        if torch.is_grad_enabled():  # of a gradient that is to be differentiated itself
            out = F.batch_norm(torch.conv2d(x, weight), None, None, gain, bias, training=True, eps=ctx.eps)
            return *torch.autograd.grad(out, (x, weight, gain, bias), grad, create_graph=True), None
        rows, wide = _rows(x), _rows(grad.contiguous(memory_format=torch.channels_last))
        matrix, count = weight.flatten(1), len(rows)
        sums = wide.t().mv(wide.new_ones(count))
        product = wide.t() @ rows
        grad_gain = scale * ((matrix * product).sum(1) - (matrix @ mean) * sums)
        gained = gain * scale
        grad_matrix = product - torch.outer(sums, mean) - (grad_gain * scale)[:, None] * (matrix @ covariance)
        grad_weight = (gained[:, None] * grad_matrix).view_as(weight)
        grad_x = None
        if ctx.needs_input_grad[0]:
            # of sums, of the gain, of the maps themselves
            inner = matrix.t() @ ((gained * grad_gain * scale / count)[:, None] * matrix)
            constant = mean @ inner - (gained * sums / count) @ matrix
            narrow = torch.addmm(constant, rows, inner, alpha=-1).addmm_(wide, gained[:, None] * matrix)
            grad_x = narrow.view(len(x), *x.shape[2:], x.shape[1]).permute(0, 3, 1, 2)
        return grad_x, grad_weight, grad_gain, sums, None


def _rows(maps: torch.Tensor) -> torch.Tensor:
    """Maps (N, C, H, W) in channels_last as rows (N * H * W, C), without a copy."""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def _statistics(rows: torch.Tensor, matrix: torch.Tensor) -> _Statistics:
    """Of rows (M, C_in), and of their products with a matrix (C_out, C_in)."""
    mean = rows.t().mv(rows.new_ones(len(rows))) / len(rows)
    centred = rows - mean  # the difference of large sums of squares would lose digits
    covariance = centred.t() @ centred / len(rows)
    variance = ((matrix @ covariance) * matrix).sum(1).clamp_(min=0)
    return _Statistics(mean, covariance, matrix @ mean, variance)
