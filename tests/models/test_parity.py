"""Equal outputs on equal weights, in every layout: mmpretrain, timm, torchvision, pycls, the authors."""

from operator import itemgetter

import pytest
import timm
import torch
import torchvision

from mmchan import models
from mmchan.channels import get_plan, list_variants
from mmchan.families.efficientnet_lite.backbone import EfficientNetLite
from mmchan.layouts.renaming import convert_state_dict
from tests.layouts.documented import DOCUMENTED, renamed
from tests.layouts.foreign import official_lite, official_lite_weights
from tests.models.networks import (
    Classifier,
    build,
    images,
    loud,
    randomise,
    run_on_meta,
    smallest_of_each_series,
    without_numbers,
)

pytestmark = pytest.mark.slow  # whole networks of two libraries, side by side

SIZES = ('400mf', '800mf', '1.6gf', '3.2gf', '4.0gf', '6.4gf', '8.0gf', '12gf')
MMPRETRAIN = [f'regnetx_{size}' for size in SIZES]


def timm_name(name: str) -> str:
    """timm's name of a variant: regnetx_004, regnety_080_tv, rexnetr_300, tf_efficientnet_lite0."""
    if name.startswith('efficientnet'):
        return f'tf_{name.replace("-", "_")}'
    family, size, *suffix = name.split('-')
    if family.startswith('rexnet'):
        return f'{family}_{round(float(size[:-1]) * 100)}'
    number = float(size[:-2]) * (0.01 if size.endswith('mf') else 10)
    return '_'.join([family, f'{round(number):03d}', *suffix])


TIMM = {
    name: timm_name(name)
    for family in ('regnet', 'rexnet', 'efficientnet_lite')
    for name in list_variants(family=family)
    if timm.is_model(timm_name(name))
}
TORCHVISION = {
    'regnetx-400mf-tv': 'regnet_x_400mf',
    'regnetx-800mf': 'regnet_x_800mf',
    'regnetx-1.6gf': 'regnet_x_1_6gf',
    'regnetx-3.2gf': 'regnet_x_3_2gf',
    'regnetx-8.0gf': 'regnet_x_8gf',
    'regnetx-16gf': 'regnet_x_16gf',
    'regnetx-32gf': 'regnet_x_32gf',
    'regnety-400mf': 'regnet_y_400mf',
    'regnety-800mf-tv': 'regnet_y_800mf',
    'regnety-1.6gf': 'regnet_y_1_6gf',
    'regnety-3.2gf': 'regnet_y_3_2gf',
    'regnety-8.0gf-tv': 'regnet_y_8gf',
    'regnety-16gf': 'regnet_y_16gf',
    'regnety-32gf': 'regnet_y_32gf',
}
LIBRARIES = {'timm': TIMM, 'torchvision': TORCHVISION}
ALL_PEERS = [(layout, *pair) for layout, table in LIBRARIES.items() for pair in table.items()]
SMALL_PEERS = [
    (layout, name, table[name])
    for layout, table in LIBRARIES.items()
    for name in smallest_of_each_series(table)
]


def ids(peers: list[tuple[str, str, str]]) -> list[str]:
    return [theirs for _, _, theirs in peers]


def build_peer(layout: str, name: str) -> torch.nn.Module:
    if layout == 'timm':
        return timm.create_model(name, pretrained=False)
    return torchvision.models.get_model(name, weights=None)


def build_from_mmpretrain(kind: str, arch: str) -> torch.nn.Module:
    from mmpretrain.registry import MODELS

    return MODELS.build({'type': kind, 'arch': arch, 'out_indices': (0, 1, 2, 3)})


def ours_with_weights_of(layout: str, name: str, peer: torch.nn.Module) -> Classifier:
    ours = Classifier(build(name)).eval()
    converted = convert_state_dict(peer.state_dict(), get_plan(name), source=layout, target='mmchan')
    ours.load_state_dict(converted, strict=True)
    return ours


def test_every_peer_that_the_libraries_have_is_compared():
    ours = timm.list_models(['regnetx_*', 'regnety_*', 'rexnet*', 'tf_efficientnet_lite*'])
    beyond_the_papers = {'regnety_040_sgn', 'regnety_640', 'regnety_1280', 'regnety_2560'}
    assert {*ours} - beyond_the_papers == {*TIMM.values()}
    assert {*torchvision.models.list_models(include='regnet_*')} - {'regnet_y_128gf'} == {
        *TORCHVISION.values()
    }


def shapes(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {key: tensor.shape for key, tensor in tensors.items()}


def assert_same_objects(actual: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> None:
    assert actual.keys() == expected.keys()
    assert all(actual[key] is expected[key] for key in expected)


def in_order(ran: list[tuple[tuple, str]]) -> list[tuple[tuple[str, bool], str]]:
    """What ran, by kind, and equal layers in their order; shortcuts apart, which may run first."""
    keyed = [((str(facts), '.downsample.' in key), key) for facts, key in ran]
    return sorted(keyed, key=itemgetter(0))


@pytest.mark.parametrize(('layout', 'name', 'theirs'), ALL_PEERS, ids=ids(ALL_PEERS))
def test_every_layer_is_the_peers(layout, name, theirs):
    """Layers that get each other's weights are the same and give maps of the same shape."""
    plan = get_plan(name)
    with without_numbers():
        peer, ours = build_peer(layout, theirs).to('meta').eval(), Classifier(build(name)).to('meta').eval()
    weights = peer.state_dict(keep_vars=True)
    converted = convert_state_dict(weights, plan, source=layout, target='mmchan')
    assert shapes(converted) == shapes(ours.state_dict())
    assert_same_objects(convert_state_dict(converted, plan, source='mmchan', target=layout), weights)
    if layout == 'timm':
        for documented in (known for family, known in DOCUMENTED if family == plan.family):
            foreign = renamed(weights, plan, documented)
            back = convert_state_dict(foreign, plan, source=documented, target='mmchan')
            assert shapes(back) == shapes(converted)
            # an official head is a 1x1 convolution: its tensors get another shape
            assert all(back[key] is converted[key] for key in converted if not key.startswith('head.'))

    (logits, ran_there), (scores, ran_here) = run_on_meta(peer, images()), run_on_meta(ours, images())
    assert logits.shape == scores.shape
    weight_of = {tensor: key for key, tensor in converted.items()}
    key_of = {layer: f'{path}.weight' for path, layer in ours.named_modules()}
    there = [(facts, weight_of[layer.weight]) for layer, facts in ran_there.items()]
    here = [(facts, key_of[layer]) for layer, facts in ran_here.items()]
    assert in_order(there) == in_order(here)
    assert {key for _, key in here} == {key for key in converted if key.endswith('.weight')}


def assert_same_once_loaded(ours: Classifier, weights: dict[str, torch.Tensor]) -> None:
    """A state dict gives the tensors that are there already: the outputs are the same too."""
    expected = {key: tensor.clone() for key, tensor in ours.state_dict().items()}
    for tensor in ours.state_dict().values():
        tensor.zero_()
    ours.load_state_dict(weights, strict=True)
    actual = ours.state_dict()
    assert all(torch.equal(actual[key], expected[key]) for key in expected)


@pytest.mark.parametrize('name', list_variants(family='rexnet_lite'))
def test_rexnet_lite_equals_the_authors(name):
    weights = official_lite_weights(name)
    ours = models.Classifier(name).eval()
    ours.load_state_dict(weights, strict=True)
    with torch.no_grad():
        expected, actual = official_lite(weights, images()), ours(images())
    assert expected.std() > 1e-3
    assert (expected - actual).abs().max() < 1e-5


@pytest.mark.parametrize(('layout', 'name', 'theirs'), SMALL_PEERS, ids=ids(SMALL_PEERS))
def test_outputs_equal_the_peers(layout, name, theirs):
    """Those of timm stand for pycls' and the authors' too, whose keys are documented."""
    has_relu6 = not name.startswith('regnet')
    peer = (loud if has_relu6 else randomise)(build_peer(layout, theirs))
    ours = ours_with_weights_of(layout, name, peer)
    with torch.no_grad():
        expected, actual = peer(images()), ours(images())
    assert expected.std() > 1e-3, 'the comparison would not notice a difference'
    assert (expected - actual).abs().max() < 1e-5
    back = convert_state_dict(ours.state_dict(), get_plan(name), source='mmchan', target=layout)
    peer.load_state_dict(back, strict=True)
    weights = peer.state_dict()
    assert_same_once_loaded(ours, weights)
    if layout == 'timm':  # it lists its layers in the documented order
        for documented in (known for family, known in DOCUMENTED if family == get_plan(name).family):
            assert_same_once_loaded(ours, renamed(weights, get_plan(name), documented))


@pytest.mark.parametrize('arch', MMPRETRAIN)
def test_every_layer_is_mmpretrains(arch):
    with without_numbers():
        peer, ours = (build_from_mmpretrain(kind, arch) for kind in ('RegNet', 'mmchan.RegNet'))
    ran = []
    for network in (peer.to('meta'), ours.to('meta')):
        network.eval()
        maps, layers = run_on_meta(network, images())
        names = {layer: name for name, layer in network.named_modules()}
        layers = in_order([(facts, names[layer]) for layer, facts in layers.items()])
        ran.append((shapes(network.state_dict()), layers, [each.shape for each in maps]))
    assert ran[0] == ran[1]


def test_regnet_equals_mmpretrains():
    peer = randomise(build_from_mmpretrain('RegNet', MMPRETRAIN[0]))
    ours = build_from_mmpretrain('mmchan.RegNet', MMPRETRAIN[0]).eval()
    ours.load_state_dict(peer.state_dict(), strict=True)
    peer.load_state_dict(ours.state_dict(), strict=True)
    with torch.no_grad():
        for expected, actual in zip(peer(images()), ours(images()), strict=True):
            assert expected.std() > 1e-3
            assert (expected - actual).abs().max() < 1e-5


@pytest.mark.parametrize('size', [64, 75])
def test_same_padding_equals_timms_at_even_and_odd_sizes(size):
    name = 'efficientnet-lite0'
    peer = randomise(timm.create_model(timm_name(name)))
    ours = ours_with_weights_of('timm', name, peer)
    with torch.no_grad():
        assert (peer(images(size=size)) - ours(images(size=size))).abs().max() < 1e-5


@pytest.mark.parametrize('name', list_variants(family='efficientnet_lite'))
def test_the_other_padding_gives_other_outputs(name):
    right = randomise(models.Classifier(name))
    wrong = models.Classifier({'variant': name, 'padding': 'symmetric'}).eval()
    wrong.load_state_dict(right.state_dict(), strict=True)
    with torch.no_grad():
        difference = (right(images()) - wrong(images())).abs().max()
    assert difference > 1e-3  # a hundred times what equal outputs may differ by


def test_symmetric_efficientnet_lite_equals_timms_own():
    """timm's own training has symmetric padding and torch's BN, the authors' has neither."""
    peer = randomise(timm.create_model('efficientnet_lite0'))
    arch = {'variant': 'efficientnet-lite0', 'padding': 'symmetric'}
    ours = Classifier(EfficientNetLite(arch)).eval()
    converted = convert_state_dict(peer.state_dict(), get_plan(arch), source='timm', target='mmchan')
    ours.load_state_dict(converted, strict=True)
    with torch.no_grad():
        expected = peer(images())
        assert expected.std() > 1e-3
        assert (expected - ours(images())).abs().max() < 1e-5


GRADIENT_PEERS = [
    ('timm', 'regnety-400mf', 'regnety_004'),
    ('torchvision', 'regnetx-400mf-tv', 'regnet_x_400mf'),
    ('timm', 'rexnet-1.0x', 'rexnet_100'),
    ('timm', 'rexnetr-1.0x', 'rexnetr_100'),
    ('timm', 'efficientnet-lite0', 'tf_efficientnet_lite0'),
]


@pytest.mark.parametrize(('layout', 'name', 'theirs'), GRADIENT_PEERS, ids=[row[2] for row in GRADIENT_PEERS])
def test_gradients_equal_the_peers(layout, name, theirs):
    peer = randomise(build_peer(layout, theirs))
    ours = ours_with_weights_of(layout, name, peer)
    for model in (peer, ours):
        model(images()).square().mean().backward()
    gradients = {key: parameter.grad for key, parameter in peer.named_parameters()}
    expected = convert_state_dict(gradients, get_plan(name), source=layout, target='mmchan')
    for key, parameter in ours.named_parameters():
        scale = max(1e-3, expected[key].abs().max().item())
        assert (parameter.grad - expected[key]).abs().max() < 1e-4 * scale, key


def test_gradients_equal_mmpretrains():
    from mmpretrain.registry import MODELS

    peer = randomise(MODELS.build({'type': 'RegNet', 'arch': 'regnetx_400mf'}))
    ours = build('regnetx-400mf').eval()
    ours.load_state_dict(peer.state_dict(), strict=True)
    for model in (peer, ours):
        model(images())[-1].square().mean().backward()
    expected = dict(peer.named_parameters())
    for key, parameter in ours.named_parameters():
        assert torch.allclose(parameter.grad, expected[key].grad, rtol=1e-4, atol=1e-6), key
