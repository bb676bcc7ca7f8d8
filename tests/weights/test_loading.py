"""Every layout loads on every way that a user loads weights, with the head, and says so."""

import copy
import pickle
from functools import cache

import pytest
import torch
from mmengine.registry import MODELS
from mmengine.runner import Runner, load_checkpoint
from safetensors.torch import save_file

import mmchan
from mmchan.channels import InputError, get_plan, out_channels
from mmchan.layouts.renaming import convert_state_dict
from mmchan.models import Classifier
from mmchan.weights.loading import load_weights
from tests.layouts.foreign import CASES, foreign
from tests.models.networks import build, images, randomise

HEADS = {
    False: {'type': 'LinearClsHead'},
    True: {
        'type': 'StackedLinearClsHead',
        'mid_channels': [1024],
        'norm_cfg': {'type': 'BN1d'},
        'act_cfg': {'type': 'ReLU6'},
    },
}


def classifier(arch, num_classes=1000, **backbone):
    """mmpretrain's classifier with a backbone of ours."""
    import mmpretrain.models  # noqa: F401

    plan = get_plan(arch)
    settings = {
        'type': 'ImageClassifier',
        'backbone': {'type': 'mmchan.Backbone', 'arch': arch, **backbone},
        'neck': {'type': 'GlobalAveragePooling'},
        'head': {**HEADS[bool(plan.head)], 'num_classes': num_classes, 'in_channels': out_channels(arch)},
    }
    with MODELS.switch_scope_and_registry('mmpretrain') as registry:
        return registry.build(settings).eval()


def by_runner(path, arch, folder):
    runner = Runner(classifier(arch), work_dir=str(folder), load_from=str(path), experiment_name=folder.name)
    runner.load_or_resume()
    return runner.model


def by_mmengine(path, arch, folder):
    model = classifier(arch)
    load_checkpoint(model, str(path), map_location='cpu')
    return model


def by_api(path, arch, folder):
    return mmchan.get_model(arch, path).eval()


def by_init_cfg(path, arch, folder):
    model = classifier(arch, init_cfg={'type': 'Pretrained', 'checkpoint': str(path)})
    model.backbone.init_weights()
    return model


WAYS = {'load_from': by_runner, 'load_checkpoint': by_mmengine, 'get_model': by_api}


def written(case, folder):
    """A checkpoint file as its project writes it."""
    if case.layout == 'timm':
        save_file({key: value.contiguous() for key, value in case.weights.items()}, folder / 'x.safetensors')
        return folder / 'x.safetensors'
    wrappers = {'pycls': 'model_state', 'mmchan': 'state_dict'}
    content = {f'module.{key}': value for key, value in case.weights.items()}
    if case.layout in wrappers:
        content = {wrappers[case.layout]: content, 'epoch': 100}
    path = folder / {'pycls': 'x.pyth'}.get(case.layout, 'x.pth')
    torch.save(content, path)
    return path


def assert_logits(model, expected):
    with torch.no_grad():
        actual = model(images())
    assert expected.std() > 1e-3
    assert (actual - expected).abs().max() < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize(('arch', 'layout'), CASES)
def test_logits_are_those_of_the_source(tmp_path, arch, layout, way, logged):
    case = foreign(arch, layout)
    model = WAYS[way](written(case, tmp_path), arch, tmp_path)
    assert_logits(model, case.logits)
    assert any(f'has the layout of {layout}' in message for message in logged.messages)


# what stands in front of the keys, what the weights stand under, and the file
FORMS = [
    ('', None, '.pth'),
    ('module.', 'state_dict', '.pth'),
    ('module.', 'model_state', '.pyth'),
    ('backbone.', 'model', '.pyth'),
    ('backbone.', None, '.safetensors'),
    ('module.backbone.', 'state_dict', '.pth'),
    ('module.backbone.', None, '.safetensors'),
]


@cache
def original():
    """A network with random weights; tests share it and must not change it."""
    return randomise(Classifier('regnetx-200mf'))


@pytest.mark.slow
@pytest.mark.parametrize('way', [*WAYS, 'init_cfg'])
@pytest.mark.parametrize(('prefix', 'wrapper', 'suffix'), FORMS)
def test_every_form_of_a_file_gives_the_same_weights(tmp_path, prefix, wrapper, suffix, way):
    arch, ours = 'regnetx-200mf', original().state_dict()
    theirs = convert_state_dict(ours, get_plan(arch), source='mmchan', target='timm')
    theirs, path = {f'{prefix}{key}': tensor for key, tensor in theirs.items()}, tmp_path / f'x{suffix}'
    if suffix == '.safetensors':
        save_file(theirs, path)
    else:
        torch.save({wrapper: theirs, 'epoch': 3} if wrapper else theirs, path)
    model = {**WAYS, 'init_cfg': by_init_cfg}[way](path, arch, tmp_path)
    loaded = model.state_dict()
    keys = [key for key in ours if way != 'init_cfg' or key.startswith('backbone.')]
    assert all(torch.equal(loaded[key], ours[key]) for key in keys)


@pytest.mark.slow
@pytest.mark.parametrize('kind', ['Pretrained', 'mmchan.Pretrained'])
@pytest.mark.parametrize(('arch', 'layout'), CASES)
def test_backbone_starts_from_every_layout(tmp_path, arch, layout, kind):
    case = foreign(arch, layout)
    init_cfg = {'type': kind, 'checkpoint': str(written(case, tmp_path))}
    model = classifier(arch, init_cfg=init_cfg)
    model.backbone.init_weights()
    whole = Classifier(arch).eval()
    load_weights(whole, init_cfg['checkpoint'])
    with torch.no_grad():
        assert torch.equal(model.backbone(images())[-1], whole.backbone(images())[-1])


@pytest.mark.parametrize(
    ('prefix', 'wrapper', 'listed'),
    [
        ('', None, False),
        ('module.', None, False),
        ('module.', 'model_state', False),
        ('', 'state_dict', True),
    ],
)
def test_prefix_of_mmengines_pretrained_works_on_any_file(tmp_path, prefix, wrapper, listed):
    case = foreign('regnety-400mf', 'mmchan')
    weights = {f'{prefix}{key}': tensor for key, tensor in case.weights.items()}
    torch.save({wrapper: weights} if wrapper else weights, tmp_path / 'x.pth')
    init_cfg = {'type': 'Pretrained', 'checkpoint': str(tmp_path / 'x.pth'), 'prefix': 'backbone.'}
    backbone = build('regnety-400mf', init_cfg=[init_cfg] if listed else init_cfg)
    backbone.init_weights()
    assert torch.equal(backbone.conv1.weight, case.weights['backbone.conv1.weight'])


def test_another_prefix_is_left_to_mmengine(tmp_path):
    case = foreign('regnety-400mf', 'mmchan')
    torch.save({f'student.{key}': tensor for key, tensor in case.weights.items()}, tmp_path / 'x.pth')
    init_cfg = {'type': 'Pretrained', 'checkpoint': str(tmp_path / 'x.pth'), 'prefix': 'student.backbone.'}
    backbone = build('regnety-400mf', init_cfg=init_cfg)
    backbone.init_weights()
    assert torch.equal(backbone.conv1.weight, case.weights['backbone.conv1.weight'])


@pytest.mark.parametrize('copied', [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_of_a_model_recognise_layouts_too(copied):
    case = foreign('regnety-400mf', 'timm')
    model = copied(Classifier('regnety-400mf'))
    model.load_state_dict(case.weights)
    assert_logits(model.eval(), case.logits)


def test_head_of_other_classes_is_left_out_and_said(logged):
    case = foreign('rexnet-1.0x', 'official')
    model = Classifier('rexnet-1.0x', 10)
    before = model.head.fc.weight.clone()
    model.load_state_dict(case.weights, strict=False)
    assert any('is left out: it has 1000 classes, the model 10' in message for message in logged.messages)
    assert torch.equal(model.head.fc.weight, before)
    assert torch.equal(model.backbone.stem.conv.weight, case.weights['features.0.weight'])


def test_missing_head_is_said(tmp_path, logged):
    torch.save(randomise(build('regnetx-200mf')).state_dict(), tmp_path / 'x.pth')
    load_weights(Classifier('regnetx-200mf', 10), str(tmp_path / 'x.pth'))
    assert f'{tmp_path}/x.pth has no classification head: that of the model stays as it is' in logged.messages


def test_model_without_a_head_of_ours_takes_the_backbone_alone(logged):
    case = foreign('rexnet-1.0x', 'timm')
    detector = torch.nn.Module()
    detector.backbone = build('rexnet-1.0x', out_indices=(1, 2, 3, 4))
    detector.rpn_head = torch.nn.Linear(2, 3)
    detector.load_state_dict(case.weights, strict=False)
    assert any('is left out: the model has none' in message for message in logged.messages)
    assert torch.equal(detector.backbone.stem.conv.weight, case.weights['stem.conv.weight'])


def test_checkpoint_of_a_whole_detector_keeps_its_other_parts():
    detector = torch.nn.Module()
    detector.backbone = build('regnetx-200mf')
    detector.rpn_head = torch.nn.Linear(2, 3)
    saved = {key: torch.rand_like(value.float()) for key, value in detector.state_dict().items()}
    detector.load_state_dict(saved)
    assert torch.equal(detector.rpn_head.weight, saved['rpn_head.weight'])
    backbone = build('regnetx-200mf')
    backbone.load_state_dict(saved)
    assert torch.equal(backbone.conv1.weight, saved['backbone.conv1.weight'])


def test_own_parts_without_the_backbone_are_left_alone():
    model = Classifier('regnetx-200mf', 10)
    head = {key: value + 1 for key, value in model.state_dict().items() if key.startswith('head.')}
    missing = model.load_state_dict(head, strict=False).missing_keys
    assert torch.equal(model.head.fc.bias, head['head.fc.bias'])
    assert 'backbone.conv1.weight' in missing


def test_another_norm_loads_its_own_checkpoint_under_any_prefix():
    settings = {'norm_cfg': {'type': 'GN', 'num_groups': 1}}
    original, loaded = build('regnetx-200mf', **settings), build('regnetx-200mf', **settings)
    loaded.load_state_dict({f'backbone.{key}': value for key, value in original.state_dict().items()})
    assert torch.equal(loaded.conv1.weight, original.conv1.weight)


def refused(model, weights, match):
    with pytest.raises(InputError, match=match):
        model.load_state_dict(weights, strict=False)


def test_other_width_is_refused_with_the_variant_that_it_is():
    weights = foreign('rexnet-1.0x', 'timm').weights
    listed = r'tensors of ReXNet have no match in the checkpoint: .*shape.* and \d+ more\. Allowed are 10%'
    cause = 'another width or depth: rexnet-1.0x in the layout of timm'
    refused(Classifier('rexnet-1.3x'), weights, f'{listed}.*{cause}')


def test_width_that_differs_in_the_last_stage_alone_is_refused():
    weights = Classifier('regnety-800mf-tv').state_dict()
    refused(Classifier('regnety-800mf'), weights, 'another width or depth: regnety-800mf-tv')


def test_other_family_is_refused_with_the_variant_that_it_is():
    weights = foreign('regnety-400mf', 'pycls').weights
    refused(build('rexnet-1.0x'), weights, 'another family: regnety-400mf in the layout of pycls')


def test_unknown_family_is_refused_with_its_keys():
    weights = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 2)).state_dict()
    refused(Classifier('rexnet-1.0x'), weights, 'no known layout of a rexnet .* begin with 0.weight, 0.bias')


def test_unknown_prefix_is_refused_by_name():
    weights = {f'encoder.{key}': value for key, value in foreign('rexnet-1.0x', 'timm').weights.items()}
    refused(build('rexnet-1.0x'), weights, "its keys begin with 'encoder.' and would fit without it")


def test_a_share_of_the_tensors_may_be_missing_and_is_listed(logged):
    original = randomise(build('regnetx-200mf'))
    weights = original.state_dict()
    del weights['layer1.0.bn1.weight']
    build('regnetx-200mf').load_state_dict(weights, strict=False)
    said = [message for message in logged.messages if 'layer1.0.bn1.weight (missing)' in message]
    assert any('1 of the' in message for message in said)
    for key in list(weights)[::2]:
        del weights[key]
    refused(build('regnetx-200mf'), weights, 'have no match in the checkpoint|no known layout')


def test_our_own_loader_takes_nothing_less_than_all(tmp_path):
    weights = build('regnetx-200mf').state_dict()
    del weights['layer1.0.bn1.weight']
    torch.save(weights, tmp_path / 'x.pth')
    with pytest.raises(InputError, match=r'layer1.0.bn1.weight \(missing\). Allowed are 0%'):
        load_weights(build('regnetx-200mf'), str(tmp_path / 'x.pth'))
    assert load_weights(build('regnetx-200mf'), str(tmp_path / 'x.pth'), max_unmatched=0.1) == 'mmchan'


def test_model_without_a_backbone_of_ours_is_refused(tmp_path):
    with pytest.raises(InputError, match='model must be a backbone of mmchan or a model that has one'):
        load_weights(torch.nn.Linear(2, 3), str(tmp_path / 'x.pth'))
