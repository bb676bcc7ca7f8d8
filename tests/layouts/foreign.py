"""Small networks of other projects with random weights, as state dicts in every layout, and their logits."""

from functools import cache
from typing import NamedTuple

import timm
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from mmchan.channels import get_plan
from mmchan.layouts.renaming import convert_state_dict
from mmchan.models import Classifier
from tests.layouts.documented import renamed
from tests.models.networks import images, loud, randomise


class Foreign(NamedTuple):
    """A variant, its layout, a state dict in it and the logits that it gives for images()."""

    arch: str
    layout: str
    weights: dict[str, torch.Tensor]
    logits: torch.Tensor


CASES = (
    ('regnety-400mf', 'mmchan'),
    ('regnety-400mf', 'timm'),
    ('regnety-400mf', 'torchvision'),
    ('regnety-400mf', 'pycls'),
    ('rexnet-1.0x', 'timm'),
    ('rexnet-1.0x', 'official'),
    ('rexnet-lite-1.0x', 'official'),
    ('efficientnet-lite0', 'timm'),
    ('efficientnet-lite0', 'official'),
)


@cache
def foreign(arch: str, layout: str) -> Foreign:
    """The network of a case; tests share it and must not change it."""
    plan = get_plan(arch)
    with torch.no_grad():
        if (arch, layout) == ('rexnet-lite-1.0x', 'official'):
            weights = official_lite_weights(arch)
            return Foreign(arch, layout, weights, official_lite(weights, images()))
        peer = build_peer(arch, layout)
        weights, logits = dict(peer.state_dict()), peer(images())
    if layout in ('pycls', 'official') and arch != 'efficientnet-lite0':
        weights = renamed(weights, plan, layout)
    elif layout in ('mmchan', 'official'):
        weights = convert_state_dict(weights, plan, source='timm', target=layout)
    return Foreign(arch, layout, weights, logits)


def build_peer(arch: str, layout: str) -> nn.Module:
    """torchvision's network for its own layout, timm's for all others."""
    if layout == 'torchvision':
        return randomise(torchvision.models.regnet_y_400mf())
    names = {
        'regnety-400mf': 'regnety_004',
        'rexnet-1.0x': 'rexnet_100',
        'efficientnet-lite0': 'tf_efficientnet_lite0',
    }
    return randomise(timm.create_model(names[arch]))


def official_lite_weights(arch: str) -> dict[str, torch.Tensor]:
    """Random weights under the keys that the authors' module documents."""
    ours = loud(Classifier(arch))
    return renamed(ours.state_dict(), get_plan(arch), 'official')


def official_lite(weights: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """ReXNet-lite as the authors' code computes it, read off its keys: Sequentials with ReLU6 in between."""

    def conv(name: str, x: torch.Tensor, **settings: int) -> torch.Tensor:
        return F.conv2d(x, weights[f'{name}.weight'], weights.get(f'{name}.bias'), **settings)

    def norm(name: str, x: torch.Tensor) -> torch.Tensor:
        names = ('running_mean', 'running_var', 'weight', 'bias')
        return F.batch_norm(x, *(weights[f'{name}.{leaf}'] for leaf in names))

    x = F.relu6(norm('features.1', conv('features.0', x, stride=2, padding=1)))
    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    for block, stride in enumerate(strides):
        name, out = f'features.{block + 3}.out', x
        if block:
            out = F.relu6(norm(f'{name}.1', conv(f'{name}.0', out)))
        depthwise, last = (3, 6) if block else (0, 3)
        out = conv(f'{name}.{depthwise}', out, stride=stride, padding=1, groups=out.shape[1])
        out = F.relu6(norm(f'{name}.{depthwise + 1}', out))
        out = norm(f'{name}.{last + 1}', conv(f'{name}.{last}', out))
        if stride == 1 and x.shape[1] <= out.shape[1]:
            out[:, : x.shape[1]] += x
        x = out
    x = F.relu6(norm('features.20', conv('features.19', x))).mean((2, 3), keepdim=True)
    x = F.relu6(norm('output.1', conv('output.0', x)))
    return conv('output.4', x).flatten(1)
