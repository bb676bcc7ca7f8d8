"""The plan's cost against what hooks count on the built module, which knows nothing of the plan."""

import numpy as np
import pytest
import torch
from torch import nn

from mmchan.channels import FAMILIES, InputError, count, get_plan
from mmchan.models import Classifier
from tests.models.networks import ALL

SIZE = 64
NUM_CLASSES = 10


def hooked_cost(module: nn.Module) -> tuple[int, int, int]:
    """Parameters, MACs and activations, counted by hooks in one forward pass."""
    totals = {'macs': 0, 'activations': 0}

    def hook(layer, inputs, output):
        per_output = layer.weight[0].numel() + (layer.bias is not None)
        totals['macs'] += per_output * output.numel()
        totals['activations'] += output.numel()

    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(hook)
    # on the meta device shapes are computed, numbers are not
    with torch.no_grad():
        module.eval()(torch.empty(1, 3, SIZE, SIZE, device='meta'))
    return sum(p.numel() for p in module.parameters()), totals['macs'], totals['activations']


def assert_cost_equals_hooks(arch):
    with torch.device('meta'):
        counted = hooked_cost(Classifier(arch, NUM_CLASSES))
    cost = count(get_plan(arch), SIZE, num_classes=NUM_CLASSES)
    assert (cost.parameters, cost.macs, cost.activations) == counted


@pytest.mark.parametrize('arch', ALL)
def test_cost_equals_hooks_on_the_built_module(arch):
    assert_cost_equals_hooks(arch)


def random_arguments(family: str, rng: np.random.Generator) -> dict:
    """A random network of a family, small enough to build quickly."""
    if family == 'regnet':
        return {
            'w0': 8 * int(rng.integers(1, 8)),
            'wa': float(rng.uniform(4, 40)),
            'wm': float(rng.uniform(1.6, 3)),
            'depth': int(rng.integers(4, 16)),
            'group_width': int(rng.choice((1, 4, 8, 16, 24))),
            'bottleneck_ratio': float(rng.choice((0.25, 0.5, 1, 2))),
            'se_ratio': [None, 0.25][int(rng.integers(2))],
        }
    if family == 'anynet':
        stages = int(rng.integers(1, 6))
        return {
            'widths': [32 * int(width) for width in rng.integers(1, 6, stages)],
            'depths': rng.integers(1, 4, stages).tolist(),
            'group_widths': rng.choice((1, 2, 4, 8), stages).tolist(),
            'bottleneck_ratios': rng.choice((0.25, 0.5, 1.0), stages).tolist(),
            'se_ratio': [None, 0.25, 0.5][int(rng.integers(3))],
        }
    if family == 'efficientnet_lite':
        return {
            'width_mult': float(rng.uniform(0.4, 1.6)),
            'depth_mult': float(rng.uniform(0.4, 1.8)),
            'padding': ['same', 'symmetric'][int(rng.integers(2))],
            'divisor': int(rng.choice((2, 8))),
        }
    lite = {
        'width_mult': float(rng.uniform(0.4, 1.6)),
        'first_width': int(rng.integers(8, 32)),
        'total_growth': float(rng.uniform(40, 240)),
        'divisor': int(rng.choice((1, 2, 8))),
    }
    if family == 'rexnet_lite':
        return lite
    ratio = [None, 1 / 12, 1 / 4][int(rng.integers(3))]
    return {**lite, 'depth_mult': float(rng.uniform(0.5, 1.5)), 'se_ratio': ratio}


@pytest.mark.parametrize('family', FAMILIES)
def test_cost_equals_hooks_on_fifty_random_plans(family):
    rng = np.random.default_rng(7)
    drawn = 0
    while drawn < 50:
        arch = {'family': family, **random_arguments(family, rng)}
        try:
            plan = get_plan(arch)
        except InputError:
            continue  # more than six stages
        if len(plan.stages) > 5:
            continue  # 64 pixels allow no more
        assert_cost_equals_hooks(arch)
        drawn += 1


@pytest.mark.parametrize(('family', 'variant'), [('regnet', 'regnety-400mf'), ('rexnet', 'rexnet-1.0x')])
def test_cost_of_a_stem_of_stride_1_equals_hooks(family, variant):
    assert_cost_equals_hooks({'family': family, 'variant': variant, 'stem_stride': 1})
