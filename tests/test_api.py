"""``mmchan.get_model``, ``list_models``, ``out_channels`` and ``predict``."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

import mmchan
from mmchan.channels import InputError, list_variants
from mmchan.layouts.renaming import convert_state_dict
from mmchan.models import Classifier
from tests.cli.command_lines import DIGITS, ROOT
from tests.models.networks import SMALL, images, randomise

LITE0 = 'efficientnet-lite0'


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    """Random weights of ReXNet 1.0 for 5 classes in timm's layout."""
    original = randomise(Classifier('rexnet-1.0x', 5))
    plan = original.backbone.plan
    path = tmp_path_factory.mktemp('checkpoint') / 'rexnet.pth'
    torch.save(convert_state_dict(original.state_dict(), plan, source='mmchan', target='timm'), path)
    return original, path


def test_the_interface_is_small_and_listed():
    assert set(mmchan.__all__) == {'__version__', 'get_model', 'list_models', 'out_channels', 'predict'}
    assert set(mmchan.__all__) <= set(dir(mmchan))
    with pytest.raises(AttributeError, match="module 'mmchan' has no attribute 'get_modle'"):
        _ = mmchan.get_modle


def test_list_models_takes_patterns():
    assert mmchan.list_models() == list_variants()
    assert mmchan.list_models('efficientnet-lite[01]') == ['efficientnet-lite0', 'efficientnet-lite1']
    assert mmchan.out_channels('rexnet-1.0x', (1, 2, 3, 4)) == [38, 61, 128, 185]


@pytest.mark.parametrize('name', SMALL)
def test_models_give_logits_or_maps_at_strides_4_to_32(name):
    x = images(2, 64)
    assert mmchan.get_model(name, num_classes=7).eval()(x).shape == (2, 7)
    maps = mmchan.get_model(name, features_only=True).eval()(x)
    assert [64 // feature.shape[-1] for feature in maps] == [4, 8, 16, 32]


def test_a_checkpoint_of_any_layout_is_loaded(checkpoint):
    original, path = checkpoint
    model = mmchan.get_model('rexnet-1.0x', path, num_classes=5).eval()
    backbone = mmchan.get_model('rexnet-1.0x', str(path), features_only=True).eval()
    with torch.no_grad():
        assert torch.equal(model(images()), original(images()))
        # the last stage, before the penultimate convolution
        stages = original.backbone._run_stages(original.backbone._run_stem(images()))[1]
        assert torch.equal(backbone(images())[-1], stages)


def test_a_head_of_other_classes_is_left_out_and_said(checkpoint, logged):
    original, path = checkpoint
    model = mmchan.get_model('rexnet-1.0x', path, num_classes=3)
    assert any('left out: it has 5 classes, the model 3' in message for message in logged.messages)
    assert model.head.fc.weight.shape == (3, 1280)
    assert torch.equal(model.backbone.penultimate.conv.weight, original.backbone.penultimate.conv.weight)


def test_number_of_classes_is_the_checkpoints_unless_given(checkpoint):
    original, path = checkpoint
    model = mmchan.get_model('rexnet-1.0x', path)
    assert torch.equal(model.head.fc.weight, original.head.fc.weight)
    assert mmchan.get_model('rexnet-1.0x').head.fc.out_features == 1000


def test_weights_of_the_other_colour_order_are_reported(tmp_path, logged):
    original = Classifier('regnetx-200mf', 5)  # its published weights, those of pycls, expect BGR
    weights = convert_state_dict(
        original.state_dict(), original.backbone.plan, source='mmchan', target='torchvision'
    )
    torch.save(weights, tmp_path / 'theirs.pth')
    mmchan.get_model('regnetx-200mf', tmp_path / 'theirs.pth')
    assert any('expects images in RGB, but they come in BGR' in message for message in logged.messages)


def test_a_config_builds_its_model():
    model = mmchan.get_model(DIGITS).eval()
    assert model(torch.rand(1, 3, 32, 32)).shape == (1, 10)
    assert mmchan.get_model(str(DIGITS), num_classes=4).eval()(torch.rand(1, 3, 32, 32)).shape == (1, 4)
    maps = mmchan.get_model(DIGITS, features_only=True).eval()(torch.rand(1, 3, 64, 64))
    assert len(maps) == 4


def test_a_config_takes_a_checkpoint(tmp_path):
    original = randomise(mmchan.get_model(DIGITS))
    torch.save({'state_dict': original.state_dict()}, tmp_path / 'digits.pth')
    loaded = mmchan.get_model(DIGITS, tmp_path / 'digits.pth').eval()
    x = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(loaded(x), original(x))


def test_a_mapping_is_a_network_of_ones_own():
    arch = {'variant': 'regnetx-400mf', 'se_ratio': 0.25}
    assert mmchan.get_model(arch, num_classes=3).backbone.layer1[0].se is not None


@pytest.mark.parametrize(
    ('call', 'message'),
    [
        (lambda: mmchan.get_model('rexnet-1.0'), "unknown variant 'rexnet-1.0'; did you mean 'rexnet-1.0x'"),
        (lambda: mmchan.get_model('rexnet-0.9x', True), 'no public weights; the nearest .* is rexnet-1.0x'),
        (lambda: mmchan.get_model('rexnet-1.0x', 'absent.pth'), "there is no checkpoint 'absent.pth'"),
        (lambda: mmchan.get_model('absent.py'), "there is no config 'absent.py'"),
        (lambda: mmchan.get_model({'family': 'rexnet'}, True), "pretrained must be True for a variant"),
        (lambda: mmchan.predict(LITE0, 'absent.jpg'), 'absent.jpg: the file does not exist'),
        (lambda: mmchan.predict(LITE0, __file__), 'test_api.py: the file is no image'),
        (lambda: mmchan.predict(LITE0, np.zeros((8, 8))), r'an array must be \(H, W, 3\) of uint8'),
        (lambda: mmchan.predict(LITE0, [3]), 'an image must be a path, a PIL image or an array, got int'),
        (lambda: mmchan.predict('lite', Image.new('RGB', (9, 9))), "unknown variant 'lite'"),
        (
            lambda: mmchan.predict(torch.nn.Identity(), Image.new('RGB', (9, 9))),
            'preprocessing must be given for a model that is not of a named variant',
        ),
    ],
)  # fmt: skip
def test_mistakes_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_images_are_checked_before_weights_are_loaded(monkeypatch):
    monkeypatch.setattr('mmchan.api.get_model', lambda *_, **__: pytest.fail('loaded'))
    with pytest.raises(InputError, match='the file does not exist'):
        mmchan.predict(LITE0, ['absent.jpg'])


PROBE = """
import sys
for name in ('mmpretrain', 'mmdet', 'mmseg', 'timm', 'mmcv.ops', 'mmcv._ext'):
    sys.modules[name] = None  # importing it raises ImportError
import mmchan, torch
model = mmchan.get_model('rexnet-lite-1.0x', num_classes=4).eval()
maps = mmchan.get_model('regnety-400mf', features_only=True).eval()(torch.rand(1, 3, 64, 64))
from PIL import Image
found = mmchan.predict('efficientnet-lite0', Image.new('RGB', (64, 64)), topk=3)
print(model(torch.rand(1, 3, 64, 64)).shape, len(maps), len(found[0].names))
"""


@pytest.mark.slow
def test_no_openmmlab_library_but_mmengine_and_mmcv_is_needed():
    probe = subprocess.run([sys.executable, '-c', PROBE], capture_output=True, text=True, cwd=ROOT)
    assert probe.returncode == 0, probe.stderr
    assert probe.stdout.splitlines()[-1] == 'torch.Size([1, 4]) 4 3'
