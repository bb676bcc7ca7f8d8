"""MobileNetV2 is the paper's network, torchvision's and timm's; its linear widths are a line."""

from itertools import pairwise

import pytest
import timm
import torch
from mmengine.registry import init_default_scope
from mmpretrain.registry import MODELS
from torch import nn
from torchvision.models import MobileNetV2
from torchvision.models.mobilenetv2 import InvertedResidual

from mmchan.channels import count, get_plan, list_variants, out_channels
from mmchan.channels.plans import DEPTHWISE, EXPAND, PROJECT
from mmchan.families.mobilenet_v2.plan import DEPTHS, STRIDES
from mmchan.models.classifier import Classifier
from tests.families.peers import TOLERANCE, assert_equal_to, difference, with_weights_of
from tests.golden import MOBILENET_V2
from tests.models.networks import images, loud

VARIANTS = list_variants(family='mobilenet_v2')
LINEAR = 'mobilenet_v2-linear-1.0x'
SCALED = [name for name in VARIANTS if name != LINEAR]
WITH_SHORTCUT = [2, 4, 5, 7, 8, 9, 11, 12, 14, 15]


def factor(name):
    """The width multiplier of a name."""
    return float(name.rpartition('-')[2].removesuffix('x'))


@pytest.mark.parametrize('name', VARIANTS)
def test_parameters_are_the_published(name):
    assert count(get_plan(name)).parameters == MOBILENET_V2['parameters'][name]


@pytest.mark.parametrize('name', MOBILENET_V2['mmacs'])
def test_macs_are_the_published_in_whole_millions(name):
    macs = count(get_plan(name)).macs / 1e6
    assert macs == pytest.approx(MOBILENET_V2['mmacs'][name], abs=1)


def test_widths_and_strides_are_those_of_table_2():
    plan = get_plan('mobilenet_v2-1.0x')
    assert list(plan.widths) == MOBILENET_V2['widths']['mobilenet_v2-1.0x']
    assert plan.out_strides == (2, 4, 8, 16, 32, 32)
    assert [block.stride for block in plan.blocks] == [1, 2, 1, 2, 1, 1, 2] + [1] * 6 + [2] + [1] * 3


@pytest.mark.parametrize('name', VARIANTS)
def test_blocks_expand_six_times_and_end_linearly(name):
    first, *others = get_plan(name).blocks
    assert first.conv(EXPAND) is None
    assert first.conv(DEPTHWISE).out_channels == first.in_channels
    assert all(block.conv(EXPAND).out_channels == 6 * block.in_channels for block in others)
    for block in (first, *others):
        assert block.squeeze is None
        assert block.activation is None
        assert block.conv(PROJECT).activation is None
        assert {conv.activation for conv in block.convs[:-1]} == {'relu6'}
        assert block.conv(DEPTHWISE).groups == block.conv(DEPTHWISE).in_channels
        assert block.spatial.kernel_size == 3


@pytest.mark.parametrize('name', SCALED)
def test_input_is_added_where_stride_and_width_stay(name):
    shortcuts = [block.shortcut for block in get_plan(name).blocks]
    expected = {**dict.fromkeys(WITH_SHORTCUT, 'identity')}
    if name == 'mobilenet_v2-0.5x':  # 24 and 32 round to one width, but a stride lies between
        assert get_plan(name).widths[2:4] == (16, 16)
    assert shortcuts == [expected.get(index, 'none') for index in range(len(shortcuts))]


def test_linear_widths_add_the_input_to_the_first_channels_as_rexnets_do():
    """In torchvision only equal widths are added, and linear ones never are."""
    first, *others = get_plan(LINEAR).blocks
    assert first.shortcut == 'none'
    assert all(block.shortcut == ('partial' if block.stride == 1 else 'none') for block in others)


def test_stem_and_end_scale_as_the_authors_do():
    stems = {name: get_plan(name).stem for name in VARIANTS}
    assert [stems[name].out_channels for name in SCALED] == [16, 32, 48]
    assert {(stem.kernel_size, stem.stride, stem.activation) for stem in stems.values()} == {(3, 2, 'relu6')}
    assert [get_plan(name).penultimate.out_channels for name in SCALED] == [1280, 1280, 1792]


def test_linear_widths_grow_by_the_same_number_at_every_block():
    plain, linear = get_plan('mobilenet_v2-1.0x'), get_plan(LINEAR)
    steps = {second - first for first, second in pairwise(linear.widths)}
    assert steps == {7, 8}  # 115 / 16 = 7.2 channels, rounded
    assert (linear.widths[0], linear.widths[-1]) == (16, 16 + 115)
    others = [block.stride for block in plain.blocks], plain.stem, plain.penultimate.out_channels
    assert ([block.stride for block in linear.blocks], linear.stem, linear.penultimate.out_channels) == others


def test_linear_widths_cost_what_the_papers_widths_cost():
    def macs(arch):
        return count(get_plan(arch)).macs

    ours, paper = macs(LINEAR), macs('mobilenet_v2-1.0x')
    assert ours == pytest.approx(paper, rel=0.005)
    for growth in (114, 116):
        other = macs({'variant': LINEAR, 'total_growth': growth})
        assert abs(other - paper) > abs(ours - paper)


@pytest.mark.parametrize('name', SCALED)
def test_outputs_equal_torchvisions(name):
    assert_equal_to(loud(MobileNetV2(width_mult=factor(name))), name, 'torchvision')


def add_to_first_channels(block, inputs, output):
    """What a partial shortcut does."""
    channels = inputs[0].shape[1]
    return torch.cat([output[:, :channels] + inputs[0], output[:, channels:]], dim=1)


def test_outputs_of_the_linear_widths_equal_torchvisions_with_these_widths():
    """torchvision takes a list of (expansion, width, blocks, stride), one entry a block."""
    strides = [
        stride if index == 0 else 1
        for depth, stride in zip(DEPTHS, STRIDES, strict=True)
        for index in range(depth)
    ]
    widths = get_plan(LINEAR).widths
    setting = [
        [1 if index == 0 else 6, width, 1, stride]
        for index, (width, stride) in enumerate(zip(widths, strides, strict=True))
    ]
    peer = MobileNetV2(inverted_residual_setting=setting, round_nearest=1)
    for block in peer.modules():
        if isinstance(block, InvertedResidual) and block.stride == 1 and block is not peer.features[1]:
            block.register_forward_hook(add_to_first_channels)
    assert sum(weight.numel() for weight in peer.parameters()) == MOBILENET_V2['parameters'][LINEAR]
    assert_equal_to(loud(peer), LINEAR, 'torchvision')


@pytest.mark.parametrize('name', SCALED)
def test_outputs_equal_timms(name):
    peer = timm.create_model(f'mobilenetv2_{round(100 * factor(name)):03d}', pretrained=False)
    assert_equal_to(loud(peer), name, 'timm')


@pytest.mark.parametrize('name', SCALED)
def test_outputs_equal_mmpretrains_with_torchs_batch_norm(name):
    init_default_scope('mmpretrain')
    peer = MODELS.build({
        'type': 'ImageClassifier',
        'backbone': {'type': 'mmpretrain.MobileNetV2', 'widen_factor': factor(name)},
        'neck': {'type': 'GlobalAveragePooling'},
        'head': {'type': 'LinearClsHead', 'num_classes': 1000, 'in_channels': out_channels(name)},
    })  # fmt: skip
    assert_equal_to(loud(peer), name, 'mmpretrain')


def test_the_comparison_notices_another_activation():
    peer = loud(MobileNetV2())
    ours = with_weights_of('mobilenet_v2-1.0x', peer, 'torchvision')
    assert difference(ours, peer) < TOLERANCE
    for module in peer.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.ReLU6):
                setattr(module, name, nn.ReLU())
    assert difference(ours, peer) > 0.1


@pytest.mark.parametrize('name', ['mobilenet_v2-0.5x', LINEAR])
def test_gradients_reach_every_parameter(name):
    network = Classifier(name, num_classes=10).train()
    torch.nn.functional.cross_entropy(network(images(4, 32)), torch.arange(4)).backward()
    gradients = {key: weight.grad for key, weight in network.named_parameters()}
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients.values())
    assert all(gradient.abs().max() > 0 for key, gradient in gradients.items() if key.endswith('conv.weight'))
