"""ConvPlan -> modules."""

from collections import OrderedDict
from dataclasses import replace

import torch
from mmcv.cnn import build_conv_layer, build_norm_layer
from torch import nn
from torch.nn import functional as F

from mmchan.channels import ConvPlan, SqueezePlan
from mmchan.errors import require
from mmchan.models.pointwise import can_expand, expand, expands

# inplace where autograd needs only the output; SiLU would keep a copy of its input all the same
ACTIVATIONS = {
    'relu': lambda: nn.ReLU(inplace=True),
    'relu6': lambda: nn.ReLU6(inplace=True),
    'silu': nn.SiLU,
    'sigmoid': nn.Sigmoid,
    None: nn.Identity,
}


class SamePad(nn.Module):
    """Zeros around (N, C, H, W) so that a strided convolution gives ceil(H / stride) x ceil(W / stride).

    What is odd of them stands below and on the right. The amounts are sums, without a maximum or a
    branch, so that tracing and export keep them for images of any size; the kernel is therefore at
    least as large as the stride.

    Source: TensorFlow's padding 'SAME'.
    """

    def __init__(self, plan: ConvPlan) -> None:
        super().__init__()
        self.stride = plan.stride
        self.reach = (plan.kernel_size - 1) * plan.dilation
        require(self.reach >= plan.stride - 1, 'kernel_size', f'>= stride ({plan.stride})', plan.kernel_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        height, width = self._missing(x.shape[2]), self._missing(x.shape[3])
        return F.pad(x, (width // 2, width - width // 2, height // 2, height - height // 2))

    def _missing(self, length: int) -> int:
        # so that a symbolic length cancels out of the convolution's: exports take seconds, not minutes
        steps = (length + self.stride - 1) // self.stride - 1
        return steps * self.stride + self.reach + 1 - length

    def extra_repr(self) -> str:
        return f'reach={self.reach}, stride={self.stride}'


def build_conv(plan: ConvPlan, conv_cfg: dict | None) -> nn.Module:
    """The convolution of a plan, without its normalisation and activation."""
    return build_conv_layer(
        conv_cfg,
        plan.in_channels,
        plan.out_channels,
        plan.kernel_size,
        stride=plan.stride,
        padding=0 if plan.pads_unevenly else plan.padding,
        dilation=plan.dilation,
        groups=plan.groups,
        bias=plan.bias,
    )


class ConvNorm(nn.Sequential):
    """What :func:`build_conv_norm` builds; a training on a CPU does two of its layers in one step."""

    def __init__(self, layers: OrderedDict[str, nn.Module]) -> None:
        super().__init__(layers)
        first = list(layers.values())[:2]
        self._expands = len(first) == len(layers.keys() & {'conv', 'bn'}) == 2 and expands(*first)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not (self._expands and can_expand(self.conv, self.bn, x)):
            return super().forward(x)
        x = expand(self.conv, self.bn, x)
        return self.activate(x) if 'activate' in self._modules else x


def build_conv_norm(plan: ConvPlan, *, conv_cfg: dict | None, norm_cfg: dict) -> ConvNorm:
    """Convolution, normalisation and activation of a plan, named conv, bn (or gn, …) and activate.

    Where the padding is uneven, a module ``pad`` without weights stands in front.
    """
    layers = OrderedDict()
    if plan.pads_unevenly:
        layers['pad'] = SamePad(plan)
    layers['conv'] = build_conv(plan, conv_cfg)
    if plan.norm:
        name, norm = build_norm_layer(norm_cfg, plan.out_channels)
        layers[name] = norm
    if plan.activation:
        layers['activate'] = ACTIVATIONS[plan.activation]()
    return ConvNorm(layers)


class SqueezeExcite(nn.Module):
    """Gate every channel by a function of all channels' means.

    Maps (N, C, H, W) to (N, C, H, W).

    Source: arXiv:1709.01507, with the widths and normalisation of the plan.
    """

    def __init__(self, plan: SqueezePlan, *, conv_cfg: dict | None, norm_cfg: dict) -> None:
        super().__init__()
        self.conv1 = build_conv_norm(plan.squeeze, conv_cfg=conv_cfg, norm_cfg=norm_cfg)
        self.conv2 = build_conv_norm(plan.excite, conv_cfg=conv_cfg, norm_cfg=norm_cfg)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # not AdaptiveAvgPool2d, which gave NaN with channels_last and AMP (pytorch issue 43992)
        return x * self.conv2(self.conv1(x.mean((2, 3), keepdim=True)))


def without_activation(plan: ConvPlan) -> ConvPlan:
    """The same convolution and normalisation; the caller applies the activation later."""
    return replace(plan, activation=None)
