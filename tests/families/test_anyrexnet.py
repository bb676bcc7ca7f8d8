"""AnyReXNet has the networks of other families in it, and the blocks of ReXNet's rank analysis."""

import pytest

from mmchan.channels import InputError, count, find_family, get_plan
from mmchan.channels.plans import DEPTHWISE, SPATIAL
from mmchan.families.efficientnet import plan as efficientnet
from mmchan.families.mobilenet_v2 import plan as mobilenet_v2
from mmchan.families.rexnet.plan import GROUP_DEPTHS, GROUP_STRIDES
from mmchan.models.classifier import Classifier
from tests.models.networks import images


def plan_of(**arguments):
    return find_family('anyrexnet').build_plan(arguments)


def same_but_for_names(plan, other):
    """Whether two networks have the same layers."""
    return (plan.stem, plan.stages, plan.penultimate) == (other.stem, other.stages, other.penultimate)


def test_mobilenet_v2_is_in_it():
    plan = plan_of(
        widths=mobilenet_v2.WIDTHS,
        depths=mobilenet_v2.DEPTHS,
        strides=mobilenet_v2.STRIDES,
        expand_ratios=(1, 6, 6, 6, 6, 6, 6),
        activation='relu6',
        shortcut='identity',
    )
    assert same_but_for_names(plan, get_plan('mobilenet_v2-1.0x'))


def test_efficientnet_lite_with_its_kernels_is_in_it():
    plan = plan_of(
        widths=efficientnet.WIDTHS,
        depths=efficientnet.DEPTHS,
        strides=efficientnet.STRIDES,
        kernel_sizes=efficientnet.KERNELS,
        expand_ratios=(1, 6, 6, 6, 6, 6, 6),
        activation='relu6',
        shortcut='identity',
    )
    lite = {'variant': 'efficientnet_lite0', 'padding': 'symmetric'}
    assert same_but_for_names(plan, get_plan(lite))


def test_rexnet_without_gates_is_in_it_block_by_block():
    rexnet = get_plan({'variant': 'rexnet-1.0x', 'se_ratio': None})
    strides = [stride if block == 0 else 1
               for stride, depth in zip(GROUP_STRIDES, GROUP_DEPTHS, strict=True)
               for block in range(depth)]  # fmt: skip
    plan = plan_of(widths=rexnet.widths, strides=strides, expand_ratios=(1,) + (6,) * 15)
    assert same_but_for_names(plan, rexnet)


def test_gate_is_rexnets():
    gate, rexnets = (plan.blocks[5].squeeze for plan in (
        plan_of(widths=get_plan('rexnet-1.0x').widths, se_ratio=1 / 12, expand_ratios=(1,) + (6,) * 15),
        get_plan('rexnet-1.0x'),
    ))  # fmt: skip
    assert gate == rexnets


def test_full_convolution_sees_all_channels_inside():
    depthwise = {'widths': (16, 24), 'depths': (1, 2), 'se_ratio': 0.25}
    full = plan_of(**depthwise, convolution='full')
    assert [block.conv(DEPTHWISE) for block in full.blocks] == [None] * 3
    assert {block.conv(SPATIAL).groups for block in full.blocks} == {1}
    assert {block.squeeze.after for block in full.blocks} == {SPATIAL}
    inside = [block.conv(SPATIAL).out_channels for block in full.blocks]
    more = sum(9 * channels * (channels - 1) for channels in inside)
    assert count(full).parameters == count(plan_of(**depthwise)).parameters + more


@pytest.mark.parametrize('convolution', ['depthwise', 'full'])
def test_network_is_built_and_has_as_many_weights_as_counted(convolution):
    arch = {
        'family': 'anyrexnet',
        'widths': (8, 12, 20),
        'strides': (1, 2, 1),
        'se_ratio': 0.25,
        'convolution': convolution,
        'penultimate_width': None,
    }
    network = Classifier(arch, 7).eval()
    assert network(images()).shape == (2, 7)
    weights = sum(weight.numel() for weight in network.parameters())
    assert weights == count(get_plan(arch), num_classes=7).parameters


@pytest.mark.parametrize(('arguments', 'said'), [
    ({'widths': ()}, r'widths must be given for at least one group, got \(\)'),
    ({'widths': (8, 16), 'depths': (1,)}, r'depths must be one value for each of the 2 groups, got \(1,\)'),
    ({'widths': (8, 16), 'strides': (1, 3)}, r'strides must be an integer within \[1, 2\], got 3'),
    ({'widths': (8,), 'kernel_sizes': (4,)}, r'kernel_sizes must be odd, got \(4,\)'),
    ({'widths': (8,), 'convolution': 'dense'}, "convolution must be 'depthwise' or 'full', got 'dense'"),
], ids=str)  # fmt: skip
def test_what_does_not_go_together_is_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        plan_of(**arguments)
