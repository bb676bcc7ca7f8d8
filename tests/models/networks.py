"""Helpers of the tests of models: classifiers, random statistics, small inputs."""

import pytest
import torch
from torch import nn

from mmchan.channels import count, get_plan, list_variants
from mmchan.models import build_backbone

build = build_backbone
# one of each kind
SMALL = (
    *('regnetx-400mf', 'regnety-400mf', 'rexnet-1.0x', 'rexnet-lite-1.0x'),
    *('efficientnet-lite0', 'efficientnet-b0', 'mobilenet_v2-1.0x'),
)
LARGE = 15e6  # parameters


def with_slow_mark(name: str, *values: str):
    """A test's parameters, marked as slow where the variant is large."""
    marks = [pytest.mark.slow] if count(get_plan(name)).parameters > LARGE else []
    return pytest.param(*(values or (name,)), marks=marks, id=(values or (name,))[-1])


ALL = tuple(map(with_slow_mark, list_variants()))


def all_indices(arch):
    """Every out index of a network."""
    return tuple(range(len(get_plan(arch).out_widths)))


def randomise(module: nn.Module, seed: int = 0) -> nn.Module:
    """Random weights that keep activations in range, and random BN statistics; eval mode."""
    generator = torch.Generator().manual_seed(seed)
    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            fan_in = layer.weight[0].numel()
            layer.weight.data.normal_(0, (2 / fan_in) ** 0.5, generator=generator)
            if layer.bias is not None:
                layer.bias.data.normal_(0, 0.1, generator=generator)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.weight.data.uniform_(0.3, 0.8, generator=generator)
            layer.bias.data.normal_(0, 0.1, generator=generator)
            layer.running_mean.normal_(0, 0.1, generator=generator)
            layer.running_var.uniform_(0.5, 2, generator=generator)
    module.eval()  # mmpretrain's RegNet returns None here
    return module


def images(count: int = 2, size: int = 64, seed: int = 1) -> torch.Tensor:
    """Normally distributed images (N, 3, H, W)."""
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(seed))


class Classifier(nn.Module):
    """Backbone, pooling and linear head under mmpretrain's names."""

    def __init__(self, backbone: nn.Module, num_classes: int = 1000) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Module()
        self.head.fc = nn.Linear(backbone.feat_dim, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head.fc(self.backbone(x)[-1].mean((2, 3)))
