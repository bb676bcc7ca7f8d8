"""``mmchan.Pretrained``: every layout loads, whatever does not fit is refused."""

import pytest
import timm
import torch
import torchvision
from safetensors.torch import save_file

from mmchan.channels import InputError, get_plan
from mmchan.layouts.renaming import convert_state_dict
from tests.models.networks import Classifier, all_indices, build, images, randomise


def pretrained(arch, path, **arguments):
    """A backbone initialised from a file."""
    init_cfg = {'type': 'mmchan.Pretrained', 'checkpoint': str(path)}
    backbone = build(arch, init_cfg=init_cfg, **arguments)
    backbone.init_weights()
    return backbone.eval()


def assert_same_maps(arch, one, other):
    with torch.no_grad():
        for a, b in zip(one(images()), other(images()), strict=True):
            assert torch.equal(a, b)


@pytest.mark.slow
@pytest.mark.parametrize('layout', ['mmchan', 'timm', 'torchvision', 'pycls'])
@pytest.mark.parametrize('wrapper', [None, 'state_dict', 'model_state'])
def test_regnet_loads_from_every_layout(tmp_path, layout, wrapper):
    arch, original = 'regnety-400mf', randomise(Classifier(build('regnety-400mf')))
    weights = convert_state_dict(original.state_dict(), get_plan(arch), source='mmchan', target=layout)
    torch.save({wrapper: weights} if wrapper else weights, tmp_path / 'weights.pyth')
    loaded = pretrained(arch, tmp_path / 'weights.pyth')
    assert_same_maps(arch, original.backbone, loaded)


@pytest.mark.parametrize('prefix', ['', 'backbone.', 'module.', 'module.backbone.'])
def test_a_backbone_alone_loads_under_any_prefix(tmp_path, prefix):
    original = randomise(build('regnetx-400mf'))
    weights = {f'{prefix}{key}': value for key, value in original.state_dict().items()}
    torch.save(weights, tmp_path / 'weights.pth')
    assert_same_maps('regnetx-400mf', original, pretrained('regnetx-400mf', tmp_path / 'weights.pth'))


def test_timms_safetensors_load_into_a_dense_rexnet(tmp_path):
    peer = randomise(timm.create_model('rexnet_100'))
    save_file(peer.state_dict(), tmp_path / 'model.safetensors')
    loaded = pretrained('rexnet-1.0x', tmp_path / 'model.safetensors', out_indices=(1, 2, 3, 4))
    with torch.no_grad():
        stem = peer.stem(images())
        c2 = peer.features[:3](stem)
        assert torch.allclose(loaded(images())[0], c2, atol=1e-6)


def test_torchvisions_own_model_loads(tmp_path):
    peer = randomise(torchvision.models.regnet_y_400mf())
    torch.save(peer.state_dict(), tmp_path / 'weights.pth')
    loaded = pretrained('regnety-400mf', tmp_path / 'weights.pth', out_indices=all_indices('regnety-400mf'))
    with torch.no_grad():
        assert torch.allclose(loaded(images())[-1], peer.trunk_output(peer.stem(images())), atol=1e-5)


OTHERS = {
    'regnetx-200mf': 'another width or depth: regnetx-200mf in the layout of mmchan',
    'resnet18': 'no known layout of a regnet .* another family',
}


@pytest.mark.parametrize('name', OTHERS)
def test_another_network_is_refused(tmp_path, name):
    other = timm.create_model(name) if name.startswith('resnet') else build(name)
    torch.save(other.state_dict(), tmp_path / 'other.pth')
    with pytest.raises(InputError, match=OTHERS[name]):
        pretrained('regnetx-400mf', tmp_path / 'other.pth')


def test_same_depth_but_other_width_is_refused(tmp_path):
    torch.save(build('rexnet-1.3x').state_dict(), tmp_path / 'weights.pth')
    with pytest.raises(
        InputError, match=r'shape .* instead of .* Allowed are 0%.* another width or depth: rexnet-1.3x'
    ):
        pretrained('rexnet-1.0x', tmp_path / 'weights.pth')


def test_unknown_open_mmlab_name_suggests_the_nearest():
    with pytest.raises(InputError, match="did you mean 'regnetx_400mf'"):
        pretrained('regnetx-400mf', 'open-mmlab://regnetx_401mf')
