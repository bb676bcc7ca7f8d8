"""EfficientNet B0 to B3 are the authors' networks, timm's and mmpretrain's, whose checkpoints load."""

from dataclasses import replace

import mmdet.models
import pytest
import timm
import torch
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint
from mmpretrain.registry import MODELS

from mmchan.channels import count, get_plan, list_variants, out_channels
from mmchan.channels.plans import DEPTHWISE, EXPAND, PROJECT
from mmchan.errors import InputError
from mmchan.layouts.renaming import convert_state_dict
from mmchan.models.backbone import build_backbone
from mmchan.models.classifier import Classifier
from mmchan.weights.loading import load_weights
from tests.families.peers import (
    TOLERANCE,
    assert_equal_to,
    assert_equal_weights,
    difference,
    with_weights_of,
)
from tests.golden import EFFICIENTNET
from tests.models.networks import images, loud

VARIANTS = list_variants(family='efficientnet')
C2_TO_C5 = (1, 2, 3, 4)


@pytest.fixture(autouse=True)
def default_scope():
    """mmpretrain's scope, as its Runner sets it."""
    init_default_scope('mmpretrain')


def symmetric(name):
    """A variant with torch's padding, for which timm trained weights of its own."""
    return {'variant': name, 'padding': 'symmetric'}


def mmpretrains(name, backbone=None):
    """A classifier of mmpretrain, with its own EfficientNet or another backbone."""
    own = {'type': 'mmpretrain.EfficientNet', 'arch': name.removeprefix('efficientnet-')}
    return MODELS.build({
        'type': 'ImageClassifier',
        'backbone': backbone or own,
        'neck': {'type': 'GlobalAveragePooling'},
        'head': {'type': 'LinearClsHead', 'num_classes': 1000, 'in_channels': out_channels(name)},
    })  # fmt: skip


@pytest.fixture(scope='module', params=VARIANTS)
def peer(request):
    """mmpretrain's network of a variant, with random weights, and the variant's name."""
    init_default_scope('mmpretrain')
    return loud(mmpretrains(request.param)), request.param


@pytest.fixture
def checkpoint(peer, tmp_path):
    """A file as mmpretrain publishes them."""
    path = tmp_path / f'{peer[1]}_3rdparty_8xb32_in1k.pth'
    torch.save({'state_dict': peer[0].state_dict(), 'meta': {}}, path)
    return str(path)


@pytest.mark.parametrize('name', VARIANTS)
def test_parameters_and_macs_are_the_published(name):
    cost = count(get_plan(name), EFFICIENTNET['resolutions'][name])
    assert cost.parameters == EFFICIENTNET['parameters'][name]
    assert cost.macs / 1e9 == pytest.approx(EFFICIENTNET['gmacs'][name], abs=0.0005)


@pytest.mark.parametrize('name', VARIANTS)
def test_stages_have_the_published_widths_depths_and_strides(name):
    plan = get_plan(name)
    assert list(plan.stage_widths) == EFFICIENTNET['stage_widths'][name]
    assert list(plan.stage_depths) == EFFICIENTNET['stage_depths'][name]
    assert plan.out_strides == (2, 4, 8, 16, 32, 32)
    kernels = [{block.spatial.kernel_size for block in stage} for stage in plan.stages]
    assert kernels == [{3}, {3}, {5}, {3, 5}, {3, 5}]


def test_stem_and_end_grow_with_the_widths():
    assert [get_plan(name).stem.out_channels for name in VARIANTS] == [32, 32, 32, 40]
    assert [get_plan(name).penultimate.out_channels for name in VARIANTS] == [1280, 1280, 1408, 1536]
    assert {get_plan(name).penultimate.activation for name in VARIANTS} == {'silu'}


@pytest.mark.parametrize('name', VARIANTS)
def test_squeeze_excitation_stands_behind_the_activation_and_follows_the_input(name):
    for block in get_plan(name).blocks:
        squeeze = block.squeeze
        assert (squeeze.after, squeeze.before_activation) == (DEPTHWISE, False)
        assert squeeze.squeeze.out_channels == block.in_channels // 4
        assert (squeeze.squeeze.activation, squeeze.excite.activation) == ('silu', 'sigmoid')
        assert not squeeze.squeeze.norm
        assert [conv.activation for conv in block.convs] == ['silu'] * (len(block.convs) - 1) + [None]


@pytest.mark.parametrize('name', VARIANTS)
def test_input_is_added_where_stride_and_width_stay(name):
    plan = get_plan(name)
    for block in plan.blocks:
        stays = block.stride == 1 and block.in_channels == block.out_channels
        assert block.shortcut == ('identity' if stays else 'none')
        assert block.conv(PROJECT).activation is block.activation is None
    assert not any(block.conv(EXPAND) for block in plan.stages[0])
    others = [block for stage in plan.stages[1:] for block in stage]
    assert all(block.conv(EXPAND).out_channels == 6 * block.in_channels for block in others)


def test_module_runs_in_the_order_of_the_plan():
    block = build_backbone('efficientnet-b0').layer2[0]
    assert block.path == ['expand', 'depthwise', 'se', 'project']
    assert list(dict(block.depthwise.named_children())) == ['pad', 'conv', 'bn', 'activate']


@pytest.mark.slow
@pytest.mark.parametrize('padding', ['same', 'symmetric'])
@pytest.mark.parametrize('name', VARIANTS)
def test_outputs_equal_timms(name, padding):
    theirs = name.replace('-', '_')
    if padding == 'same':
        theirs = f'tf_{theirs}'
    network = loud(timm.create_model(theirs, pretrained=False))
    assert_equal_to(network, {'variant': name, 'padding': padding}, 'timm')


@pytest.mark.slow
def test_outputs_equal_mmpretrains(peer):
    assert_equal_to(peer[0], peer[1], 'mmpretrain')


def test_wrong_padding_gives_other_logits():
    name = 'efficientnet-b0'
    network = loud(timm.create_model('tf_efficientnet_b0', pretrained=False))
    assert difference(with_weights_of(name, network, 'timm'), network) < TOLERANCE
    assert difference(with_weights_of(symmetric(name), network, 'timm'), network) > 1e-2


def test_wrong_order_of_the_squeeze_excitation_gives_other_logits():
    plan = get_plan('efficientnet-b0')
    gated_first = [
        [replace(block, squeeze=replace(block.squeeze, before_activation=True)) for block in stage]
        for stage in plan.stages
    ]
    network = loud(timm.create_model('tf_efficientnet_b0', pretrained=False))
    wrong = replace(plan, stages=tuple(map(tuple, gated_first)))
    assert difference(with_weights_of(wrong, network, 'timm'), network) > 1e-2


@pytest.mark.slow
def test_mmpretrains_checkpoint_loads_by_every_way(peer, checkpoint):
    network, name = peer
    expected = convert_state_dict(network.state_dict(), get_plan(name), source='mmpretrain', target='mmchan')
    ours = Classifier(name)
    assert load_weights(ours, checkpoint) == 'mmpretrain'
    assert_equal_weights(ours.state_dict(), expected)

    by_runner = mmpretrains(name, {'type': 'mmchan.Backbone', 'arch': name})
    load_checkpoint(by_runner, checkpoint, strict=True)  # what load_from does
    assert_equal_weights(by_runner.state_dict(), expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    'kind', [{'type': 'mmchan.Pretrained'}, {'type': 'Pretrained', 'prefix': 'backbone.'}]
)
def test_backbone_starts_from_mmpretrains_checkpoint(peer, checkpoint, kind):
    network, name = peer
    backbone = build_backbone(name, init_cfg={**kind, 'checkpoint': checkpoint})
    backbone.init_weights()
    expected = convert_state_dict(network.state_dict(), get_plan(name), source='mmpretrain', target='mmchan')
    inside = {key.removeprefix('backbone.'): expected[key] for key in expected if key.startswith('backbone.')}
    assert_equal_weights(backbone.state_dict(), inside)


@pytest.mark.slow
def test_checkpoint_of_another_width_is_refused_with_its_name(peer, checkpoint):
    name = next(other for other in VARIANTS if other != peer[1])
    with pytest.raises(InputError, match=f'it is a network of another width or depth: {peer[1]}'):
        load_weights(Classifier(name), checkpoint)


@pytest.mark.slow
@pytest.mark.parametrize('name', ['efficientnet-b0', 'efficientnet-b3'])
def test_mmdets_users_get_the_same_maps_without_the_penultimate_convolution(name, tmp_path):
    """The out indices of mmdet's own count the stem."""
    arch = name.removeprefix('efficientnet-')
    theirs = loud(mmdet.models.EfficientNet(arch, out_indices=(2, 3, 4, 5)))
    ours = build_backbone(name, out_indices=C2_TO_C5)
    path = tmp_path / 'detector.pth'
    weights = {f'backbone.{key}': tensor for key, tensor in theirs.state_dict().items()}
    torch.save({'state_dict': {**weights, 'neck.lateral_convs.0.conv.bias': torch.zeros(256)}}, path)
    assert load_weights(ours, str(path)) == 'mmpretrain'
    with torch.no_grad():
        pairs = list(zip(theirs(images()), ours.eval()(images()), strict=True))
    assert [len(one[0]) for one, _ in pairs] == out_channels(name, C2_TO_C5)
    assert all((one - other).abs().max() < TOLERANCE for one, other in pairs)
    assert all(one.std() > 1e-3 for one, _ in pairs)


def test_gradients_reach_every_parameter():
    network = Classifier('efficientnet-b0', num_classes=10).train()
    torch.nn.functional.cross_entropy(network(images(4, 32)), torch.arange(4)).backward()
    gradients = {key: weight.grad for key, weight in network.named_parameters()}
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients.values())
    assert all(gradient.abs().max() > 0 for key, gradient in gradients.items() if key.endswith('conv.weight'))
