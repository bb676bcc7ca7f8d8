"""Plans of the families: published numbers, structure, and what they refuse."""

import pickle

import pytest

from mmchan.channels import InputError, get_plan, list_variants, out_channels
from mmchan.channels.plans import SPATIAL
from tests.golden import REGNET, REXNET


def plan_of(family, **arguments):
    return get_plan({'family': family, **arguments})


REGNET_IDS = [row['name'] for row in REGNET]


@pytest.mark.parametrize('row', REGNET, ids=REGNET_IDS)
def test_regnet_has_the_published_stages(row):
    plan = get_plan(row['name'])
    assert list(plan.stage_widths) == row['stage_widths']
    assert list(plan.stage_depths) == row['stage_depths']
    middle = [stage[0].conv(SPATIAL) for stage in plan.stages]
    assert [conv.in_channels // conv.groups for conv in middle] == row['stage_group_widths']


@pytest.mark.parametrize('name', REXNET['widths'])
def test_rexnet_has_the_published_widths(name):
    assert list(get_plan(name).widths) == REXNET['widths'][name]


def test_rexnet_stem_and_penultimate_have_the_published_widths():
    stems = {name: get_plan(name).stem.out_channels for name in REXNET['stems']}
    penultimates = {name: out_channels(name) for name in REXNET['penultimates']}
    assert stems == REXNET['stems']
    assert penultimates == REXNET['penultimates']


def test_torchvision_rounding_gives_torchvision_widths():
    assert get_plan('regnetx-400mf-tv').stage_widths == (32, 64, 160, 400)
    assert get_plan('regnety-800mf-tv').stage_widths == (64, 144, 320, 784)
    assert get_plan('regnety-8.0gf-tv').stage_widths == (224, 448, 896, 2016)


def test_squeeze_width_of_regnety_follows_the_blocks_input():
    blocks = get_plan('regnety-400mf').blocks
    assert blocks[0].squeeze.squeeze.out_channels == 8  # a quarter of the stem's 32
    assert blocks[1].squeeze.squeeze.out_channels == 12  # a quarter of stage 1's 48


@pytest.mark.parametrize('name', list_variants('rexnet*'))
def test_rexnet_blocks_have_the_documented_shortcuts_and_squeezes(name):
    blocks = get_plan(name).blocks
    added = [index for index, block in enumerate(blocks) if block.shortcut in ('identity', 'partial')]
    assert added == [2, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15]
    squeezed = [index for index, block in enumerate(blocks) if block.squeeze]
    assert squeezed == ([] if 'lite' in name else list(range(3, 16)))


def test_every_stage_halves_the_resolution():
    assert get_plan('regnetx-400mf').out_strides == (4, 8, 16, 32)
    assert get_plan('rexnet-1.0x').out_strides == (2, 4, 8, 16, 32, 32)


def test_out_channels_of_c2_to_c5_are_those_of_the_published_detectors():
    assert out_channels('rexnet-0.9x', (1, 2, 3, 4)) == [36, 56, 117, 168]
    assert out_channels('rexnet-2.2x', (1, 2, 3, 4)) == [85, 134, 283, 406]
    assert out_channels('regnetx-400mf', (-1,)) == [384]


def test_anynet_may_have_one_to_six_stages():
    for stages in range(1, 7):
        plan = plan_of('anynet', widths=[16] * stages, depths=[1] * stages, group_widths=[8] * stages)
        assert plan.out_strides[-1] == 2 ** (stages + 1)


def test_anynet_bottleneck_ratio_scales_the_inside_only():
    plan = plan_of('anynet', widths=[32], depths=[2], group_widths=[4], bottleneck_ratios=[0.25])
    assert [conv.out_channels for conv in plan.blocks[0].convs] == [8, 8, 32]


def test_caffe_style_puts_the_stride_on_the_first_conv():
    block = plan_of('anynet', widths=[32], depths=[1], group_widths=[8], style='caffe').blocks[0]
    assert [conv.stride for conv in block.convs] == [2, 1, 1]


def test_rexnet_depth_mult_adds_blocks_group_by_group():
    plan = plan_of('rexnet', depth_mult=1.5)
    assert plan.stage_depths == (2, 3, 3, 10, 8)
    assert len(set(plan.widths)) == len(plan.widths)


def test_rexnet_without_squeeze_excitation_has_none():
    assert not any(block.squeeze for block in plan_of('rexnet', se_ratio=None).blocks)


@pytest.mark.parametrize('name', list_variants())
def test_plan_is_hashable_and_survives_pickling(name):
    plan = get_plan(name)
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert hash(plan) == hash(get_plan(name))


def test_efficientnet_lite_scales_neither_stem_and_end_nor_the_depth_of_the_first_and_last_group():
    plan = get_plan('efficientnet-lite4')
    assert (plan.stem.out_channels, plan.out_widths[-1]) == (32, 1280)
    assert plan.stage_depths == (1, 4, 4, 6 + 6, 8 + 1)
    assert plan.out_strides == (2, 4, 8, 16, 32, 32)


def test_efficientnet_lite_adds_the_input_only_where_the_width_stays():
    blocks = get_plan('efficientnet-lite0').blocks
    assert [index for index, block in enumerate(blocks) if block.shortcut == 'identity'] == [
        *(2, 4, 6, 7, 9, 10, 12, 13, 14)
    ]
    assert {block.shortcut for block in blocks} == {'none', 'identity'}
    assert not any(block.squeeze for block in blocks)


def test_efficientnet_lites_padding_is_uneven_only_at_strides_and_only_where_asked():
    same, symmetric = (plan_of('efficientnet_lite', padding=padding) for padding in ('same', 'symmetric'))
    uneven = [conv for block in same.blocks for conv in block.convs if conv.pads_unevenly]
    assert same.stem.pads_unevenly
    assert [(conv.kernel_size, conv.stride) for conv in uneven] == [(3, 2), (5, 2), (3, 2), (5, 2)]
    assert not any(conv.same_padding for block in symmetric.blocks for conv in block.convs)


STAGES = {'widths': [32, 64], 'depths': [1, 2], 'group_widths': [8, 8]}
BAD_CALLS = {
    'wm of one': (
        lambda: plan_of('regnet', w0=24, wa=24, wm=1, depth=12, group_width=8),
        'wm must be > 1, got 1',
    ),
    'zero depth': (
        lambda: plan_of('regnet', w0=24, wa=24, wm=2, depth=0, group_width=8),
        'depth must be an integer',
    ),
    'no group': (
        lambda: plan_of('regnet', w0=24, wa=24, wm=2, depth=9, group_width=0),
        'group_width must be an integer',
    ),
    'too much squeeze': (
        lambda: plan_of('regnet', w0=24, wa=24, wm=2, depth=9, group_width=8, se_ratio=1.5),
        r'se_ratio must be None or within \(0, 1\], got 1.5',
    ),
    'seven stages': (
        lambda: plan_of('anynet', widths=[8] * 7, depths=[1] * 7, group_widths=[8] * 7),
        'widths must be given for 1 to 6 stages',
    ),
    'negative width': (
        lambda: plan_of('anynet', widths=[-8], depths=[1], group_widths=[8]),
        'widths must be an integer >= 1, got -8',
    ),
    'short depths': (
        lambda: plan_of('anynet', **{**STAGES, 'depths': [1]}),
        r'depths must be one value for each of the 2 stages, got \[1\]',
    ),
    'indivisible group': (
        lambda: plan_of('anynet', **{**STAGES, 'group_widths': [8, 24]}),
        r'group_widths must divide the bottleneck width 64 .* got 24; the nearest width .* 72',
    ),
    'other style': (
        lambda: plan_of('anynet', **STAGES, style='tf'),
        "style must be 'pytorch' or 'caffe', got 'tf'",
    ),
    'zero multiplier': (lambda: plan_of('rexnet', width_mult=0), 'width_mult must be > 0, got 0'),
    'negative depth': (lambda: plan_of('rexnet', depth_mult=-1), 'depth_mult must be > 0, got -1'),
    'lite zero': (lambda: plan_of('rexnet_lite', width_mult=0), 'width_mult must be > 0, got 0'),
    'other padding': (
        lambda: plan_of('efficientnet_lite', padding='valid'),
        "padding must be 'same' or 'symmetric', got 'valid'",
    ),
    'too much dropout': (
        lambda: plan_of('efficientnet_lite', dropout_rate=1),
        r'dropout_rate must be within \[0, 1\), got 1',
    ),
    'unknown variant': (lambda: get_plan('regnetx-450mf'), "unknown variant 'regnetx-450mf'; did you mean"),
    'unknown family': (
        lambda: get_plan({'family': 'regnt'}),
        "unknown family 'regnt'; did you mean 'regnet'",
    ),
    'no family': (lambda: get_plan({'w0': 24}), 'arch must name its family'),
    'misspelt argument': (
        lambda: get_plan({'family': 'rexnet', 'width_mul': 1}),
        "unknown argument of rexnet 'width_mul'; did you mean 'width_mult'",
    ),
    'missing argument': (
        lambda: get_plan({'family': 'regnet', 'w0': 24}),
        'arguments of regnet must be given with wa, wm, depth, group_width',
    ),
    'no arch': (lambda: get_plan(400), "arch must be a variant's name or a mapping of arguments, got 400"),
    'far out index': (lambda: out_channels('rexnet-1.0x', (6,)), r'out_indices must be within \[-6, 5\]'),
    'repeated index': (
        lambda: out_channels('rexnet-1.0x', (5, -1)),
        'out_indices must be without repetition',
    ),
}


@pytest.mark.parametrize('case', BAD_CALLS)
def test_bad_argument_is_named_with_rule_and_value(case):
    call, message = BAD_CALLS[case]
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize(
    'variant',
    [*('regnetx-400mf', 'regnety-400mf'), *('rexnet-1.0x', 'rexnet-lite-1.0x', 'efficientnet-lite0')],
)
def test_stem_of_stride_1_halves_all_strides_and_changes_no_width(variant):
    plan, small = get_plan(variant), get_plan({'variant': variant, 'stem_stride': 1})
    assert small.out_strides == tuple(stride // 2 for stride in plan.out_strides)
    assert (small.widths, small.out_widths) == (plan.widths, plan.out_widths)


@pytest.mark.parametrize('variant', ['regnetx-400mf', 'rexnet-1.0x', 'rexnet-lite-1.0x'])
@pytest.mark.parametrize('stride', [0, 3, '2'])
def test_stem_stride_is_1_or_2(variant, stride):
    with pytest.raises(InputError, match='stem_stride must be 1 or 2, got'):
        get_plan({'variant': variant, 'stem_stride': stride})
