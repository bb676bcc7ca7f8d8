"""Real ImageNet weights: outputs equal timm's, and the wrong padding would be noticed."""

import pytest
import torch

import mmchan
from mmchan.channels import preprocessing_of
from mmchan.prediction.classification import load_image, prepare
from mmchan.weights.catalogue import find_published, locate
from tests.weights.real_weights import PACKAGED, photographs, timm_peer


def batch(name: str) -> torch.Tensor:
    """All photographs as a variant's input, at its own size."""
    preprocessing = preprocessing_of(name)
    return torch.stack([prepare(load_image(pixels), preprocessing) for pixels in photographs().values()])


@pytest.mark.slow
@pytest.mark.parametrize('name', PACKAGED)
def test_logits_equal_timms_with_the_same_weights(name):
    ours, peer = mmchan.get_model(name, pretrained=True).eval(), timm_peer(name)
    inputs = batch(name)
    with torch.no_grad():
        expected = peer(inputs)
        assert expected.std() > 0.5
        assert (ours(inputs) - expected).abs().max() < 1e-4


def test_the_wrong_padding_is_noticed():
    name = 'efficientnet-lite0'
    symmetric = {'variant': name, 'padding': 'symmetric'}
    right = mmchan.get_model(name, pretrained=True).eval()
    wrong = mmchan.get_model(symmetric, pretrained=locate(find_published(name))).eval()
    inputs = batch(name)
    with torch.no_grad():
        expected, actual = right(inputs), wrong(inputs)
    assert (expected - actual).abs().max() > 1
