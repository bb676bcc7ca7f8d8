"""The keys and shapes of a state dict tell its layout and its network."""

import pytest
import torch

from mmchan.channels import InputError, find_variant, get_plan, list_variants
from mmchan.layouts.recognition import PREFIXES, bare_key, recognise_layout, recognise_variant
from mmchan.layouts.renaming import head_length, layouts_of, module_names, module_shapes

LAST_LAYOUTS = {name: list(layouts_of(find_variant(name).family))[-1] for name in list_variants()}


def weights(name, layout, *, classes=7):
    """A state dict without memory of a variant's weights, with a head for a few classes."""
    plan = get_plan(name)
    shapes = module_shapes(plan)
    shapes[-1] = (classes, *shapes[-1][1:])
    names = [f'{module}.weight' for module in module_names(plan, layout)]
    return dict(zip(names, (torch.empty(shape, device='meta') for shape in shapes), strict=True))


@pytest.mark.parametrize(('name', 'layout'), LAST_LAYOUTS.items())
def test_variant_is_recognised_by_its_widths(name, layout):
    assert recognise_variant(weights(name, layout)) == (name, layout)


@pytest.mark.parametrize('layout', layouts_of('regnet'))
def test_variant_is_recognised_in_every_layout(layout):
    assert recognise_variant(weights('regnety-400mf', layout)) == ('regnety-400mf', layout)


def test_backbone_of_a_detector_is_recognised_without_penultimate_and_head():
    plan = get_plan('rexnet-1.0x')
    given = weights('rexnet-1.0x', 'mmchan')
    body = {key: given[key] for key in list(given)[: -head_length(plan) - 2]}
    assert recognise_variant({**body, 'rpn_head.conv.weight': torch.empty(1)}) == ('rexnet-1.0x', 'mmchan')


@pytest.mark.parametrize('prefix', ['module.', 'backbone.', 'module.model.backbone.', '_orig_mod.'])
def test_prefixes_do_not_matter(prefix):
    given = {f'{prefix}{key}': tensor for key, tensor in weights('rexnet-1.0x', 'timm').items()}
    assert recognise_variant(given) == ('rexnet-1.0x', 'timm')
    found = recognise_layout(given, get_plan('rexnet-1.0x'), name='x.pth')
    assert (found.layout, found.others) == ('timm', {})
    assert list(found.weights) == list(weights('rexnet-1.0x', 'timm'))


def test_prefixes_are_left_alone_inside_a_key():
    assert bare_key('module.backbone.layer1.model.weight') == 'layer1.model.weight'
    assert all(bare_key(f'{prefix}conv1.weight') == 'conv1.weight' for prefix in PREFIXES)


def test_network_between_the_variants_is_refused_with_its_family():
    given = weights('rexnet-1.0x', 'timm')
    given['features.5.conv_pwl.conv.weight'] = torch.empty(1, device='meta')
    with pytest.raises(InputError, match='fits no variant .* those of a rexnet in the layout of timm'):
        recognise_variant(given)


def test_network_of_no_family_is_refused_with_its_keys():
    with pytest.raises(InputError, match='its keys begin with patch_embed.weight, norm.bias'):
        recognise_variant({'patch_embed.weight': torch.empty(1), 'norm.bias': torch.empty(1)})
