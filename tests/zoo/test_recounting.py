"""Published figures are those that the sources print, and our arithmetic explains them."""

import re
from collections import Counter
from pathlib import Path

import mmpretrain
import pytest
import torchvision
import yaml

from mmchan.channels import count, get_plan
from mmchan.zoo import rows
from mmchan.zoo.recounting import COUNTERS, STATES, Operations, detector_parts, figures, operations

MMPRETRAIN = Path(mmpretrain.__file__).parent / '.mim/configs'


@pytest.fixture(scope='module')
def found():
    return figures()


def of_source(found, start):
    """Figures of a source: (network, quantity) -> number."""
    return {(one.network, one.quantity): one.value for one in found if one.source.startswith(start)}


@pytest.mark.parametrize('family', ['regnet', 'efficientnet', 'mobilenet_v2'])
def test_figures_of_mmpretrain_are_those_of_its_metafile(found, family):
    content = yaml.safe_load((MMPRETRAIN / family / 'metafile.yml').read_text())
    stated = {}
    for model in content['Models']:
        name = model['Name'].partition('_')[0] if family != 'mobilenet_v2' else 'mobilenet_v2-1.0x'
        stated.setdefault((name, 'params'), model['Metadata']['Parameters'])
        stated.setdefault((name, 'macs'), model['Metadata']['FLOPs'])
    titles = {'regnet': 'RegNet', 'efficientnet': 'EfficientNet', 'mobilenet_v2': 'MobileNetV2'}
    printed = of_source(found, f'mmpretrain 1.2.0, {titles[family]}')
    assert printed
    assert printed == {key: stated[key] for key in printed}


def torchvisions(variant):
    """The weights of torchvision that a variant is called after."""
    name = re.sub(r'-tv$', '', variant).replace('mobilenet_v2-1.0x', 'mobilenet_v2').replace('8.0gf', '8gf')
    name = re.sub(r'regnet([xy])-', r'regnet_\1_', name).replace('efficientnet-', 'efficientnet_')
    return torchvision.models.get_model_weights(name.replace('.', '_')).IMAGENET1K_V1


def test_figures_of_torchvision_are_those_of_its_weights(found):
    printed = of_source(found, 'torchvision')
    assert len(printed) > 30
    for (network, quantity), value in printed.items():
        stated = torchvisions(network).meta
        assert value == round(stated['num_params'] if quantity == 'params' else stated['_ops'] * 1e9), network


def test_counter_of_mmengine_in_training_gives_every_digit(found):
    exact = [one for one in found if one.counter.name == 'mmengine in training']
    assert [one.network for one in exact] == [f'efficientnet-b{number}' for number in range(4)]
    assert [one.by_counter for one in exact] == [one.value for one in exact]


@pytest.mark.parametrize('name', ['regnetx-400mf', 'regnety-400mf', 'rexnet-1.0x', 'rexnet-lite-1.0x'])
def test_operations_add_up_to_the_cost(name):
    total = sum(operations(name, 160).values(), Operations())
    cost = count(get_plan(name), 160)
    assert (total.parameters, total.macs) == (cost.parameters, cost.macs)


def test_operations_of_a_hand_counted_block():
    block = operations('regnetx-200mf', 224)['block 0']  # 32 to 24 channels at 112 to 56 pixels, groups of 8
    convs = 32 * 24 * 112**2, 9 * 8 * 24 * 56**2, 24 * 24 * 56**2, 32 * 24 * 56**2  # the last one: shortcut
    outputs = 24 * (112**2 + 3 * 56**2)
    assert block.macs == sum(convs)
    assert block.normalised == outputs
    assert block.activated == outputs - 24 * 56**2  # the shortcut and the third convolution share one
    assert block.added == 24 * 56**2
    assert (block.pooled, block.biases, block.classifier) == (0, 0, 0)


def test_what_no_counter_gives_is_explained(found):
    unexplained = [one for one in found if one.state == 'differs' and not one.erratum]
    assert unexplained == []
    states = Counter(one.state for one in found)
    assert set(states) == set(STATES)
    assert states['same'] > len(found) / 2


def test_swapped_row_is_found(found):
    wrong = [one for one in found if one.network == 'regnetx-3.2gf' and one.state == 'differs']
    assert [(one.quantity, one.printed) for one in wrong] == [('params', '3.21 M'), ('macs', '1.53 G')]
    assert COUNTERS['mmcv'] == wrong[1].counter
    assert round(wrong[1].by_counter / 1e9, 2) == 3.21  # the figure that stands under parameters


def test_parts_of_detectors_add_up_to_the_metafile():
    known = {row.name: row for task in ('detection', 'instance_segmentation') for row in rows(task)}
    for name, parts in detector_parts().items():
        row = known[f'mmchan_{name}']
        params, macs = map(sum, zip(*parts.values(), strict=True))
        assert (params, macs) == (row.params, row.macs), name
