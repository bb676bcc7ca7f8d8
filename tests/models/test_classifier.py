"""The classifier is mmpretrain's ImageClassifier with our configs, name by name and number by number."""

import pytest
import torch
from mmpretrain.registry import MODELS
from torch import nn

from mmchan.channels import InputError
from mmchan.models import Classifier
from tests.configs.shipped import load
from tests.models.networks import images, randomise

CONFIGS = {
    'regnetx-400mf': 'configs/regnet/regnetx-400mf_8xb128_in1k.py',
    'regnety-400mf': 'configs/regnet/regnety-400mf_8xb128_in1k.py',
    'rexnet-1.0x': 'configs/rexnet/rexnet-1.0x_4xb128_in1k.py',
    'rexnet-lite-1.0x': 'configs/rexnet_lite/rexnet-lite-1.0x_4xb128_in1k.py',
    'efficientnet-lite0': 'configs/efficientnet_lite/efficientnet-lite0_4xb128_in1k.py',
}


@pytest.mark.parametrize('arch', CONFIGS)
def test_checkpoints_interchange_with_mmpretrain(arch):
    with MODELS.switch_scope_and_registry('mmpretrain') as registry:
        theirs = registry.build(load(CONFIGS[arch]).model).eval()
    ours = randomise(Classifier(arch))
    theirs.load_state_dict(ours.state_dict(), strict=True)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    with torch.no_grad():
        expected = theirs.head(theirs.extract_feat(images()))
        assert expected.std() > 1e-3
        assert torch.allclose(ours(images()), expected, atol=1e-5)


def dropout_rates(model: nn.Module) -> list[float]:
    return [layer.p for layer in model.modules() if isinstance(layer, nn.Dropout)]


def test_dropout_is_the_papers_unless_given():
    rates = {'regnetx-400mf': 0, 'rexnet-1.0x': 0.2, 'efficientnet-lite1': 0.2, 'efficientnet-lite2': 0.3}
    assert {arch: dropout_rates(Classifier(arch))[0] for arch in rates} == rates
    assert dropout_rates(Classifier('rexnet-lite-1.0x', dropout_rate=0.5)) == [0.5]


def test_training_drops_what_the_classifier_sees():
    model = Classifier('rexnet-1.0x', 10, dropout_rate=0.5)
    model.backbone.eval()
    x = images()
    with torch.no_grad():
        assert not torch.equal(model(x), model(x))
        model.eval()
        assert torch.equal(model(x), model(x))


def test_a_mapping_builds_a_network_of_ones_own():
    arch = {'family': 'anynet', 'widths': [16, 32], 'depths': [1, 1], 'group_widths': [8, 8]}
    assert Classifier(arch, 7).eval()(images()).shape == (2, 7)


@pytest.mark.parametrize('rate', [-0.1, 1])
def test_dropout_rate_outside_its_range_is_refused(rate):
    with pytest.raises(InputError, match=r'dropout_rate must be None or within \[0, 1\), got'):
        Classifier('rexnet-1.0x', dropout_rate=rate)
