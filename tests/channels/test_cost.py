"""The counted cost: against published integers here, against the built modules in tests/models."""

import pytest

from mmchan.channels import Cost, InputError, count, get_plan, layers
from tests.golden import EFFICIENTNET_LITE, REGNET, REXNET


@pytest.mark.parametrize('row', REGNET, ids=[row['name'] for row in REGNET])
def test_regnet_costs_the_golden_integers(row):
    assert count(get_plan(row['name'])) == Cost(row['params'], row['macs'], row['activations'])


@pytest.mark.parametrize('name', REXNET['parameters'])
def test_rexnet_has_the_published_parameters(name):
    assert count(get_plan(name)).parameters == REXNET['parameters'][name]


@pytest.mark.parametrize('name', EFFICIENTNET_LITE['parameters'])
def test_efficientnet_lite_has_the_published_parameters(name):
    assert count(get_plan(name)).parameters == EFFICIENTNET_LITE['parameters'][name]


@pytest.mark.parametrize('name', REXNET['gmacs'])
def test_rexnet_has_the_published_macs(name):
    assert round(count(get_plan(name)).macs / 1e9, 4) == REXNET['gmacs'][name]


@pytest.mark.parametrize(
    ('name', 'parameters'), [('regnetx-400mf-tv', 5495976), ('regnety-800mf-tv', 6432512)]
)
def test_torchvision_rounded_regnets_have_torchvisions_parameters(name, parameters):
    assert count(get_plan(name)).parameters == parameters


def test_layers_sum_to_the_count():
    plan = get_plan('regnety-400mf')
    total = sum((layer.cost for layer in layers(plan, (200, 320))), Cost())
    assert total == count(plan, (200, 320))


def test_backbone_alone_lacks_exactly_the_head():
    plan = get_plan('rexnet-lite-1.0x')
    head = [layer.cost for layer in layers(plan) if layer.part == 'head']
    assert count(plan, num_classes=None) + sum(head, Cost()) == count(plan)


@pytest.mark.parametrize(('arguments', 'message'), [
    ({'resolution': 0}, 'resolution must be an integer >= 1, got 0'),
    ({'resolution': (224, 2.5)}, 'resolution must be an integer >= 1, got 2.5'),
    ({'num_classes': 0}, 'num_classes must be an integer >= 1, got 0'),
])  # fmt: skip
def test_bad_argument_is_named_with_rule_and_value(arguments, message):
    with pytest.raises(InputError, match=message):
        count(get_plan('rexnet-1.0x'), **arguments)
