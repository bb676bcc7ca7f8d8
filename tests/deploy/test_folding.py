"""Normalisation goes into the layer in front of it, and the outputs stay."""

import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmchan.channels import families
from mmchan.deploy.folding import fold
from mmchan.deploy.metadata import Metadata
from mmchan.models import Classifier
from tests.deploy.networks import ANYNET, lively, tiny

METADATA = Metadata(size=(32, 32))
SMALLEST = {family.name: family.variants[0].name for family in families().values() if family.variants}


def norms(module):
    return [name for name, one in module.named_modules() if isinstance(one, _BatchNorm)]


def check_folded(network):
    images = torch.randn(2, 3, 40, 48)
    folded = fold(network, METADATA)
    assert norms(network)
    assert norms(folded) == []
    with torch.no_grad():
        expected, found = network(images), folded(images)
    scale = expected.abs().max()
    assert (found - expected).abs().max() / scale < 1e-4


def test_nothing_is_left_in_a_network_with_squeeze_excitation():
    check_folded(tiny(ANYNET))


@pytest.mark.slow
@pytest.mark.parametrize('name', SMALLEST.values(), ids=SMALLEST)
def test_nothing_is_left_in_any_family(name):
    check_folded(lively(Classifier(name, 5)))


def test_linear_layers_take_theirs():
    head = nn.Sequential(nn.Flatten(), nn.Linear(12, 4), nn.BatchNorm1d(4), nn.ReLU())
    folded = fold(lively(head), example=torch.randn(2, 3, 2, 2))
    assert [type(one).__name__ for one in folded] == ['Flatten', 'Linear', 'Identity', 'ReLU']


class Shared(nn.Module):
    """One convolution in front of two normalisations, as RetinaNet's heads may have it."""

    def __init__(self):
        super().__init__()
        self.conv, self.one, self.other = nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.BatchNorm2d(4)

    def forward(self, x):
        return self.one(self.conv(x)) + self.other(self.conv(2 * x))


def test_layer_of_two_normalisations_keeps_them():
    assert norms(fold(lively(Shared()), METADATA)) == ['one', 'other']


def test_normalisation_behind_an_activation_stays():
    network = lively(nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.BatchNorm2d(4)))
    assert norms(fold(network, METADATA)) == ['2']
