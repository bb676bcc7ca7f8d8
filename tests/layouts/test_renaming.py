"""Key layouts: complete, as documented, convertible both ways; what does not fit is refused."""

import pytest
import torch

from mmchan.channels import InputError, find_variant, get_plan, list_variants
from mmchan.layouts.renaming import convert_state_dict, head_length, layouts_of, module_names, module_shapes
from tests.layouts.documented import DOCUMENTED, renamed
from tests.models.networks import SMALL, build

FAMILY_OF = {name: find_variant(name).family for name in list_variants()}
PAIRS = [(name, layout) for name, family in FAMILY_OF.items() for layout in layouts_of(family)]
BY_THE_BOOK = [(name, layout) for name, layout in PAIRS if (FAMILY_OF[name], layout) in DOCUMENTED]


def marked(plan, layout='mmchan'):
    """A state dict with a tensor of its own for every module, small, with the dimensions of the real one."""
    names, shapes = module_names(plan, layout), module_shapes(plan)
    return {
        f'{name}.weight': torch.full((1,) * len(shape), float(number))
        for number, (name, shape) in enumerate(zip(names, shapes, strict=True))
    }


def assert_same(one, other):
    assert list(one) == list(other)
    assert all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize('name', FAMILY_OF)
def test_layouts_name_as_many_distinct_modules(name):
    plan = get_plan(name)
    names = [module_names(plan, layout) for layout in layouts_of(plan.family)]
    assert {len(layout) for layout in names} == {len(module_shapes(plan))}
    assert all(len(set(layout)) == len(layout) for layout in names)


@pytest.mark.parametrize(('name', 'layout'), BY_THE_BOOK)
def test_documented_keys_become_ours_and_come_back(name, layout):
    plan = get_plan(name)
    ours = marked(plan)
    theirs = renamed(ours, plan, layout)
    assert_same(convert_state_dict(theirs, plan, source=layout, target='mmchan'), ours)
    assert_same(convert_state_dict(ours, plan, source='mmchan', target=layout), theirs)


@pytest.mark.parametrize(('name', 'layout'), PAIRS)
def test_round_trip_is_equal_bit_by_bit(name, layout):
    plan = get_plan(name)
    ours = marked(plan)
    theirs = convert_state_dict(ours, plan, source='mmchan', target=layout)
    assert_same(convert_state_dict(theirs, plan, source=layout, target='mmchan'), ours)


@pytest.mark.parametrize('name', SMALL)
def test_shapes_are_those_of_the_built_network(name):
    plan = get_plan(name)
    built = build(name).state_dict()
    length = len(module_names(plan, 'mmchan')) - head_length(plan)
    for module, shape in list(zip(module_names(plan, 'mmchan'), module_shapes(plan), strict=True))[:length]:
        assert tuple(built[f'{module.removeprefix("backbone.")}.weight'].shape) == shape


@pytest.mark.parametrize('name', ['rexnet-1.0x', 'rexnet-lite-1.0x'])
def test_official_heads_are_convolutions_and_ours_linear(name):
    plan = get_plan(name)
    head = {f'{module}.weight': torch.rand(3, 5) for module in module_names(plan, 'mmchan')[-1:]}
    theirs = convert_state_dict(head, plan, source='mmchan', target='official')
    assert [tuple(tensor.shape) for tensor in theirs.values()] == [(3, 5, 1, 1)]
    assert_same(convert_state_dict(theirs, plan, source='official', target='mmchan'), head)


def test_foreign_keys_are_refused_by_name():
    state_dict = {'stem.conv.weight': torch.zeros(1), 'neck.weight': torch.zeros(1)}
    with pytest.raises(InputError, match=r'1 of 2 keys do not belong to a regnet .* timm.*neck'):
        convert_state_dict(state_dict, get_plan('regnetx-400mf'), source='timm', target='mmchan')


def test_unknown_layout_suggests_the_nearest():
    with pytest.raises(InputError, match="unknown layout of rexnet 'tim'; did you mean 'timm'"):
        module_names(get_plan('rexnet-1.0x'), 'tim')
