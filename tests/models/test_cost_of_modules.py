"""The plan's cost against what hooks count on the built module, which knows nothing of the plan."""

import numpy as np
import pytest
import torch
from torch import nn

from mmchan.channels import count, families, find_family, get_plan
from mmchan.models import Classifier
from tests.models.networks import ALL

SIZE = 64
NUM_CLASSES = 10
DRAWS = 20  # a family


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


@pytest.mark.slow
@pytest.mark.parametrize('arch', ALL)
def test_cost_equals_hooks_on_the_built_module(arch):
    assert_cost_equals_hooks(arch)


@pytest.mark.slow
@pytest.mark.parametrize('family', families())
def test_cost_equals_hooks_on_random_plans(family):
    rng = np.random.default_rng(7)
    for _ in range(DRAWS):
        assert_cost_equals_hooks({'family': family, **find_family(family).draw(rng)})


@pytest.mark.parametrize(('family', 'variant'), [('regnet', 'regnety-400mf'), ('rexnet', 'rexnet-1.0x')])
def test_cost_of_a_stem_of_stride_1_equals_hooks(family, variant):
    assert_cost_equals_hooks({'family': family, 'variant': variant, 'stem_stride': 1})
