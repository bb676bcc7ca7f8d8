"""Inside mmdet's detectors, our RegNet equals mmdet's own on the same weights, and loads its checkpoints."""

import pytest
import torch
from mmdet.registry import MODELS
from mmengine.registry import init_default_scope

from mmchan.channels import find_variant, get_plan
from mmchan.errors import InputError
from mmchan.families.regnet.backbone import RegNet
from mmchan.families.rexnet.backbone import ReXNet
from tests.configs.shipped import load
from tests.models.networks import images, randomise

C2_TO_C5 = (0, 1, 2, 3)
SIZES = ('400mf', '800mf', '1.6gf', '3.2gf', '4.0gf', '6.4gf', '8.0gf', '12gf')


@pytest.fixture(autouse=True)
def default_scope():
    """mmdet's scope, as its Runner sets it."""
    init_default_scope('mmdet')


def mmdets(arch: str) -> dict:
    """mmdet's own backbone of a variant, as its configs have it."""
    return {
        'type': 'RegNet',
        'arch': arch,
        'out_indices': C2_TO_C5,
        'frozen_stages': 1,
        'norm_cfg': {'type': 'BN', 'requires_grad': True},
        'norm_eval': True,
        'style': 'pytorch',
    }


def test_fpn_levels_equal_those_of_mmdets_regnet():
    model = load('configs/mask_rcnn/mask-rcnn_regnetx-400mf_fpn_1x_coco.py').model
    theirs = randomise(MODELS.build({**model, 'backbone': mmdets('regnetx_400mf')}))
    ours = MODELS.build(model).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    with torch.no_grad():
        expected, actual = theirs.extract_feat(images(2, 96)), ours.extract_feat(images(2, 96))
    assert len(expected) == len(actual) == model.neck.num_outs
    for level, (one, other) in enumerate(zip(expected, actual, strict=True)):
        assert one.std() > 1e-3, f'level {level} would not show a difference'
        assert (one - other).abs().max() < 1e-5


@pytest.mark.parametrize('size', SIZES)
def test_mmdets_checkpoint_layout_loads_without_an_unmatched_key(size):
    arch = f'regnetx_{size}'
    with torch.device('meta'):
        theirs = MODELS.build(mmdets(arch))
        ours = MODELS.build({**mmdets(arch), 'type': 'mmchan.RegNet'})
    shapes = {key: value.shape for key, value in theirs.state_dict().items()}
    assert {key: value.shape for key, value in ours.state_dict().items()} == shapes


def test_pretrained_fills_the_backbone_from_a_file_of_mmdets_layout(tmp_path):
    # open-mmlab://regnetx_400mf holds the backbone under bare keys and a classifier, head.fc
    peer = randomise(MODELS.build(mmdets('regnetx_400mf')))
    state = {**peer.state_dict(), 'head.fc.weight': torch.zeros(1000, 384), 'head.fc.bias': torch.zeros(1000)}
    torch.save({'state_dict': state}, tmp_path / 'regnetx_400mf.pth')
    model = load('configs/mask_rcnn/mask-rcnn_regnetx-400mf_fpn_1x_coco.py').model
    init = {**model.backbone.init_cfg, 'checkpoint': str(tmp_path / 'regnetx_400mf.pth')}
    detector = MODELS.build({**model, 'backbone': {**model.backbone, 'init_cfg': init}})
    detector.init_weights()
    loaded = detector.backbone.state_dict()
    assert all(torch.equal(loaded[key], value) for key, value in peer.state_dict().items())


def test_pretrained_refuses_the_weights_of_another_variant(tmp_path):
    peer = MODELS.build(mmdets('regnetx_400mf'))
    torch.save(peer.state_dict(), tmp_path / 'regnetx_400mf.pth')
    init = {'type': 'mmchan.Pretrained', 'checkpoint': str(tmp_path / 'regnetx_400mf.pth')}
    backbone = MODELS.build({**mmdets('regnetx_800mf'), 'type': 'mmchan.RegNet', 'init_cfg': init})
    with pytest.raises(InputError, match='regnetx_400mf'):
        backbone.init_weights()


@pytest.mark.parametrize(
    ('kind', 'arch', 'indices'),
    [(RegNet, 'regnety-400mf', C2_TO_C5), (ReXNet, 'rexnet-1.0x', (1, 2, 3, 4))],
    ids=['regnety-400mf', 'rexnet-1.0x'],
)
def test_mmdet_finds_the_backbone_by_its_type_alone(kind, arch, indices):
    # no custom_imports: the scope of the type is enough
    with torch.device('meta'):
        backbone = MODELS.build({'type': f'mmchan.{kind.__name__}', 'arch': arch, 'out_indices': indices})
    assert type(backbone) is kind
    assert backbone.out_strides == (4, 8, 16, 32)
    assert backbone.plan == get_plan(find_variant(arch).name)
