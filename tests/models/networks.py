"""Helpers of the tests of models: which networks, classifiers, random statistics, small inputs."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from mmchan.channels import count, get_plan, list_variants
from mmchan.models import build_backbone

build = build_backbone


def series_of(name: str) -> str:
    """A variant's name without its size: regnetx-400mf-tv is of the series regnetx-tv."""
    return re.sub(r'-?\d+(\.\d+)?([mg]f|x)?(?=-|$)', '', name)


def smallest_of_each_series(names: Iterable[str]) -> list[str]:
    """The variant with the fewest MACs of every series.

    Within a series all that differs is integers: widths, depths, groups. What numbers show, they show on
    the smallest; what integers could break, structure shows on all, on the meta device.
    """
    smallest: dict[str, str] = {}
    for name in sorted(names, key=lambda name: count(get_plan(name)).macs):
        smallest.setdefault(series_of(name), name)
    return list(smallest.values())


ALL = tuple(list_variants())
SMALL = tuple(smallest_of_each_series(ALL))


def all_indices(arch):
    """Every out index of a network."""
    return tuple(range(len(get_plan(arch).out_widths)))


@contextmanager
def without_numbers() -> Iterator[None]:
    """Networks of any library built within this context have parameters of shapes alone.

    Other than under ``torch.device('meta')``, libraries may compute with tensors on their way.
    """

    def on_meta(module: nn.Module, name: str, parameter: nn.Parameter | None) -> nn.Parameter | None:
        return parameter if parameter is None else nn.Parameter(parameter.to('meta'))

    hook = nn.modules.module.register_module_parameter_registration_hook(on_meta)
    try:
        yield
    finally:
        hook.remove()


def run_on_meta(network: nn.Module, x: torch.Tensor) -> tuple[object, dict[nn.Module, tuple]]:
    """What a network gives on the meta device, and what each layer with weights that ran is and gave."""
    ran = {}

    def note(layer: nn.Module, inputs: object, output: torch.Tensor) -> None:
        names = ('kernel_size', 'stride', 'dilation', 'groups', 'eps')
        settings = {name: getattr(layer, name) for name in names if hasattr(layer, name)}
        ran[layer] = (settings, layer.weight.shape, output.shape)

    hooks = [
        layer.register_forward_hook(note)
        for layer in network.modules()
        if getattr(layer, 'weight', None) is not None
    ]
    with torch.no_grad():
        outputs = network(x.to('meta'))
    for hook in hooks:
        hook.remove()
    return outputs, ran


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


def loud(network: nn.Module, seed: int = 0) -> nn.Module:
    """Random weights whose activations reach 6, so that ReLU6 and the padding make a difference."""
    randomise(network, seed)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.weight.data *= 1.75
    return network


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
