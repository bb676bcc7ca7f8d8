"""Spaces of ReXNet's search: lines, lines between knots, stages."""

import numpy as np
import pytest

from mmchan.channels import InputError, count, find_family
from mmchan.design import spaces


def widths_of(space):
    """Widths of all blocks of 40 networks, (40, blocks)."""
    found = spaces.sample(space, count=40)
    return np.array([found.plan(index).widths for index in range(40)])


def test_linear_widths_grow_by_the_same_number_above_a_floor():
    for widths in widths_of(spaces.rexnet('linear', blocks=13)):
        steps = np.diff(widths[widths > widths[0]])
        assert np.ptp(steps) <= 1 if len(steps) else True  # half channels are rounded


def test_piecewise_widths_never_fall_and_bend_more_often():
    widths = widths_of(spaces.rexnet('piecewise', blocks=9))
    assert (np.diff(widths) >= 0).all()
    assert (np.abs(np.diff(widths, n=2)).max(axis=1) > 2).mean() > 0.5


def test_stagewise_widths_change_with_the_stride_only():
    space = spaces.rexnet('stagewise', blocks=9)
    for widths in widths_of(space):
        assert [len(set(stage)) for stage in np.split(widths, (3, 5))] == [1, 1, 1]
        assert sorted(widths) == widths.tolist()


def test_blocks_expansion_gates_and_activations_are_laws_or_values():
    space = spaces.rexnet(
        'linear',
        blocks=5,
        strides=(1, 2, 1, 1, 2),
        expand_ratio=spaces.Choice((3, 6)),
        se_ratio=spaces.Choice((None, 0.25)),
        activation=spaces.Choice(('silu', 'relu6')),
        spatial_activation='relu',
    )
    found = spaces.sample(space, count=40)
    plans = [found.plan(index) for index in range(40)]
    assert {plan.stage_depths for plan in plans} == {(1, 3, 1)}
    ratios = {plan.blocks[1].convs[0].out_channels / plan.blocks[0].out_channels for plan in plans}
    assert ratios == {3, 6}
    assert {plan.blocks[0].squeeze is None for plan in plans} == {True, False}
    assert {plan.stem.activation for plan in plans} == {'silu', 'relu6'}
    assert {plan.blocks[0].spatial.activation for plan in plans} == {'relu'}


# arXiv:2007.00992, table 1: widths, millions of parameters and of MACs that are allowed
@pytest.mark.parametrize(('widths', 'parameters', 'macs'), [
    ((34, 34, 45, 55, 66), 0.2, 30),
    ((24, 33, 42, 50, 59, 68, 77, 85, 94), 0.5, 100),
    ((30, 45, 59, 74, 88, 103, 117, 132, 146), 1.0, 200),
    ((34, 34, 34, 40, 64, 88, 112, 136, 160, 184, 208, 232, 256), 3.0, 300),
], ids=[5, 9, '9 wide', 13])  # fmt: skip
def test_best_networks_of_the_paper_keep_to_its_limits(widths, parameters, macs):
    laws = spaces.rexnet('linear', blocks=len(widths), activation='relu6').laws
    common = {name: laws[name] for name in spaces.rexnet('linear', blocks=len(widths)).common}
    arch = {**common, 'strides': laws['strides'], 'widths': widths}
    cost = count(find_family('anyrexnet').build_plan(arch), 32, num_classes=100)
    assert cost.macs / 1e6 <= macs
    assert cost.parameters / 1e6 == pytest.approx(parameters, abs=0.05)


def test_wrong_rule_or_strides_are_refused():
    with pytest.raises(InputError, match="unknown rule of widths 'linaer'; did you mean 'linear'"):
        spaces.rexnet('linaer')
    with pytest.raises(InputError, match='strides must be one for each of the 9 blocks'):
        spaces.rexnet('linear', strides=(1, 2))
