"""What every backbone does, for every variant where it can differ between them."""

import copy
import importlib
import io
import pickle
import subprocess
import sys

import pytest
import torch
from torch import fx, nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmchan.channels import InputError, get_plan, out_channels
from mmchan.families.regnet.backbone import RegNet
from mmchan.families.rexnet.backbone import ReXNet
from mmchan.families.rexnet_lite.backbone import ReXNetLite
from mmchan.models import PoolDropout
from mmchan.models.backbone import build_backbone
from tests.models.networks import ALL, SMALL, all_indices, build, images, randomise, run_on_meta


@pytest.mark.parametrize('arch', ALL)
def test_every_variant_gives_its_widths_and_runs_every_layer(arch):
    with torch.device('meta'):
        backbone = build(arch, out_indices=all_indices(arch))
    outs, ran = run_on_meta(backbone, images(2, 64))
    plan = get_plan(arch)
    assert isinstance(outs, tuple)
    assert [out.shape[1] for out in outs] == list(plan.out_widths) == list(backbone.out_channels)
    assert [64 // out.shape[2] for out in outs] == list(plan.out_strides) == list(backbone.out_strides)
    assert {*backbone.parameters()} == {weight for layer in ran for weight in layer.parameters()}


@pytest.mark.parametrize('arch', SMALL)
def test_forward_and_backward_reach_every_parameter(arch):
    backbone = build(arch, out_indices=all_indices(arch)).train()
    sum(out.square().mean() for out in backbone(images(2, 32))).backward()
    assert all(parameter.grad is not None for parameter in backbone.parameters())


@pytest.mark.slow
@pytest.mark.parametrize('arch', SMALL)
def test_export_fx_pickle_and_deepcopy_give_the_same_outputs(arch):
    backbone = randomise(build(arch, out_indices=all_indices(arch)))
    x = images(1, 32)
    with torch.no_grad():
        expected = backbone(x)
        others = {
            'export': torch.export.export(backbone, (x,)).module(),
            'fx': fx.symbolic_trace(backbone),
            'pickle': pickle.loads(pickle.dumps(backbone)),
            'deepcopy': copy.deepcopy(backbone),
        }
        for way, other in others.items():
            for out, same in zip(expected, other(x), strict=True):
                assert torch.equal(out, same), way


@pytest.mark.slow
@pytest.mark.parametrize('arch', SMALL)
def test_exported_network_takes_any_batch_and_size(arch):
    # the first stages have every kind of block, and each block takes its time
    backbone = randomise(build(arch, out_indices=(2,)))
    for name in backbone.stage_names[3:]:
        setattr(backbone, name, nn.Sequential())
    batch, side = torch.export.Dim('batch', min=2, max=64), torch.export.Dim('side', min=2, max=16)
    shapes = {0: batch, 2: 32 * side, 3: 32 * side}
    program = torch.export.export(backbone, (images(2, 64),), dynamic_shapes={'x': shapes})
    x = images(3, 96)
    with torch.no_grad():
        assert torch.allclose(program.module()(x)[-1], backbone(x)[-1], atol=1e-5)


@pytest.mark.parametrize('arch', SMALL)
def test_channels_last_gives_the_same_result(arch):
    backbone, x = randomise(build(arch)), images(2, 64)
    with torch.no_grad():
        expected = backbone(x)[-1]
        backbone.to(memory_format=torch.channels_last)
        actual = backbone(x.contiguous(memory_format=torch.channels_last))[-1]
    assert not expected.is_contiguous(memory_format=torch.channels_last)  # a map of one pixel would be both
    assert actual.is_contiguous(memory_format=torch.channels_last)
    assert torch.allclose(expected, actual, atol=1e-5)


@pytest.mark.parametrize('arch', SMALL)
def test_state_dict_survives_a_safe_load(arch):
    backbone, buffer = build(arch), io.BytesIO()
    torch.save(backbone.state_dict(), buffer)
    buffer.seek(0)
    build(arch).load_state_dict(torch.load(buffer, weights_only=True), strict=True)


@pytest.mark.parametrize('arch', SMALL)
def test_frozen_stages_and_norm_eval_survive_train(arch):
    backbone = build(arch, frozen_stages=1, norm_eval=True)
    assert backbone.train() is backbone
    assert backbone.eval() is backbone
    backbone.train()
    frozen = [name for name, parameter in backbone.named_parameters() if not parameter.requires_grad]
    stem = ('conv1.', 'bn1.', 'stem.', 'layer1.')
    assert frozen == [name for name, _ in backbone.named_parameters() if name.startswith(stem)]
    assert not any(module.training for module in backbone.modules() if isinstance(module, _BatchNorm))
    assert backbone.layer2[0].training


@pytest.mark.parametrize('frozen', [-1, 0, 2])
def test_frozen_stages_keep_their_statistics(frozen):
    backbone = build('rexnet-1.0x', frozen_stages=frozen).train()
    before = {name: value.clone() for name, value in backbone.named_buffers() if 'running_mean' in name}
    backbone(images(2, 64))
    kept = {name for name, value in backbone.named_buffers() if name in before and before[name].equal(value)}
    parts = {-1: (), 0: ('stem.',), 2: ('stem.', 'layer1.', 'layer2.')}[frozen]
    assert kept == {name for name in before if parts and name.startswith(parts)}


@pytest.mark.parametrize('arch', SMALL)
def test_one_image_trains_with_frozen_bn(arch):
    backbone = build(arch, norm_eval=True).train()
    backbone(images(1, 32))[-1].sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in backbone.parameters())


@pytest.mark.parametrize('arch', SMALL)
def test_checkpointing_gives_the_same_gradients(arch):
    backbone, x = build(arch, norm_eval=True).train(), images(2, 64).requires_grad_()
    gradients = []
    for with_cp in (False, True):
        backbone.with_cp = with_cp
        backbone.zero_grad()
        backbone(x)[-1].square().mean().backward()
        gradients.append([parameter.grad.clone() for parameter in backbone.parameters()])
    assert all(torch.allclose(a, b, atol=1e-7) for a, b in zip(*gradients, strict=True))


@pytest.mark.parametrize('arch', SMALL)
@pytest.mark.parametrize('channels', [1, 4])
def test_other_image_channels_are_taken(arch, channels):
    assert build(arch, in_channels=channels)(torch.rand(2, channels, 32, 32))[-1].ndim == 4


@pytest.mark.parametrize('norm', [{'type': 'GN', 'num_groups': 1}, {'type': 'SyncBN'}])
@pytest.mark.parametrize('arch', SMALL)
def test_norm_cfg_chooses_every_norm(arch, norm):
    backbone = build(arch, norm_cfg=norm)
    norms = [module for module in backbone.modules() if isinstance(module, (nn.GroupNorm, _BatchNorm))]
    wanted = nn.GroupNorm if norm['type'] == 'GN' else nn.SyncBatchNorm
    assert norms
    assert all(isinstance(module, wanted) for module in norms)


def test_dense_tasks_get_c2_to_c5_without_the_penultimate_conv():
    backbone = build('rexnet-1.0x', out_indices=(1, 2, 3, 4))
    assert backbone.out_strides == (4, 8, 16, 32)
    assert list(backbone.out_channels) == out_channels('rexnet-1.0x', (1, 2, 3, 4))
    assert not any(name.startswith('penultimate') for name in backbone.state_dict())


def test_drop_path_grows_with_the_block_and_only_where_there_is_a_shortcut():
    backbone = build('rexnet-1.0x', drop_path_rate=0.2)
    blocks = [block for index in range(1, 6) for block in getattr(backbone, f'layer{index}')]
    rates = [block.drop_path.drop_prob if block.drop_path else 0 for block in blocks]
    assert rates[15] == pytest.approx(0.2)
    assert [index for index, rate in enumerate(rates) if rate] == [2, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15]
    assert backbone.train()(images(2, 32))[-1].isfinite().all()


def test_partial_shortcut_adds_the_input_to_the_first_channels_only():
    block = build('rexnet-1.0x').layer2[1].eval()
    nn.init.zeros_(block.project.bn.weight)
    x = torch.randn(1, 27, 8, 8)
    out = block(x)
    assert out.shape[1] == 38
    assert torch.equal(out[:, :27], x)
    assert not out[:, 27:].any()


def test_regnet_initialises_like_pycls():
    backbone = RegNet('regnety-400mf', out_indices=(3,))
    backbone.init_weights()
    grouped = backbone.layer4[0].conv2.weight
    assert grouped.std().item() == pytest.approx((2 / (9 * grouped.shape[0])) ** 0.5, rel=0.05)
    assert backbone.layer4[0].bn3.weight.eq(1).all()


def test_initialisation_is_selectable():
    zeroed = RegNet('regnetx-400mf', zero_init_residual=True)
    zeroed.init_weights()
    assert zeroed.layer1[0].bn3.weight.eq(0).all()
    plain = ReXNet('rexnet-1.0x')
    before = plain.layer5[0].depthwise.conv.weight.clone()
    plain.init_weights()
    assert plain.layer5[0].depthwise.conv.weight.equal(before)
    timm_like = ReXNet('rexnet-1.0x', init_cfg={'type': 'mmchan.EfficientNetInit'})
    timm_like.init_weights()
    weight = timm_like.layer5[0].depthwise.conv.weight
    assert weight.std().item() == pytest.approx((2 / 9) ** 0.5, rel=0.05)


@pytest.mark.parametrize('kind', ['Pretrained', 'mmchan.Pretrained'])
def test_pretrained_weights_are_not_zeroed(tmp_path, kind):
    weights = randomise(RegNet('regnetx-400mf'))
    torch.save(weights.state_dict(), tmp_path / 'regnet.pth')
    init_cfg = {'type': kind, 'checkpoint': str(tmp_path / 'regnet.pth')}
    backbone = RegNet('regnetx-400mf', zero_init_residual=True, init_cfg=init_cfg)
    backbone.init_weights()
    assert backbone.layer1[0].bn3.weight.equal(weights.layer1[0].bn3.weight)


def test_mmpretrains_mapping_is_understood():
    arch = {'w0': 88, 'wa': 26.31, 'wm': 2.25, 'group_w': 48, 'depth': 25, 'bot_mul': 1.0}
    assert RegNet(arch).plan == RegNet('regnetx_3.2gf').plan


def test_bottleneck_ratio_counts_where_mmpretrain_ignores_it():
    """mmpretrain drops bot_mul where there is one group."""
    arch = {'w0': 64, 'wa': 20, 'wm': 2.2, 'group_w': 32, 'depth': 8, 'bot_mul': 0.5}
    block = RegNet(arch).layer1[0]
    assert block.conv2.out_channels * 2 == block.conv3.out_channels
    assert block.conv2.groups == 1


@pytest.mark.parametrize(('call', 'message'), [
    (lambda: RegNet('rexnet-1.0x'), "unknown family of RegNet 'rexnet'"),
    (lambda: RegNet('regnetx-401mf'), "unknown variant 'regnetx-401mf'; did you mean 'regnetx-400mf'"),
    (lambda: RegNet(400), "arch must be a variant's name or a mapping"),
    (lambda: RegNet('regnetx-400mf', out_indices=(4,)), r'out_indices must be within \[-4, 3\] \(4 stages\)'),
    (lambda: RegNet('regnetx-400mf', out_indices=()), 'out_indices must be within'),
    (lambda: RegNet('regnetx-400mf', frozen_stages=5), r'frozen_stages must be within \[-1, 4\], got 5'),
    (lambda: RegNet('regnetx-400mf', strides=(2, 2)), 'strides must be one value for each of the 4 stages'),
    (lambda: RegNet('regnetx-400mf', deep_stem=True), 'deep_stem must be False'),
    (lambda: RegNet('regnetx-400mf', avg_down=True), 'avg_down must be False'),
    (lambda: RegNet({'w0': 24, 'stem_width': 16}), 'give stem_width to RegNet itself'),
    (lambda: ReXNet('regnetx-400mf'), 'arch must be a variant of ReXNet'),
    (lambda: ReXNetLite('rexnet-1.0x'), 'arch must be a variant of ReXNetLite'),
    (lambda: ReXNet({'family': 'rexnet_lite'}), 'arch must be a variant of ReXNet .* of rexnet_lite'),
    (lambda: ReXNet('rexnet-1.0x', drop_path_rate=1), r'drop_path_rate must be within \[0, 1\), got 1'),
    (lambda: PoolDropout(-0.1), r'dropout_rate must be within \[0, 1\), got -0.1'),
])  # fmt: skip
def test_bad_argument_is_named_with_rule_and_value(call, message):
    with pytest.raises(InputError, match=message):
        call()


BLOCKED_PROBE = """
import sys
for name in ('mmpretrain', 'mmdet', 'torchvision', 'mmcv.ops', 'mmcv._ext', 'timm'):
    sys.modules[name] = None  # importing it raises ImportError
import torch
from mmengine.registry import MODELS
backbone = MODELS.build(dict(type='mmchan.ReXNet', arch='rexnet-1.0x'))
print(MODELS.build(dict(type='mmchan.RegNet', arch='regnety-400mf'))(torch.rand(2, 3, 32, 32))[-1].shape)
"""


@pytest.mark.slow
def test_models_need_only_torch_mmengine_and_mmcv_lite():
    """Also shows that MMEngine finds 'mmchan.X' without custom_imports."""
    probe = subprocess.run([sys.executable, '-c', BLOCKED_PROBE], capture_output=True, text=True)
    assert probe.returncode == 0, probe.stderr
    assert 'torch.Size([2, 440, 1, 1])' in probe.stdout


@pytest.mark.parametrize('library', ['mmengine', 'mmpretrain', 'mmdet'])
def test_every_library_builds_ours_by_scoped_type(library):
    registry = importlib.import_module(f'{library}.registry').MODELS
    assert isinstance(registry.build({'type': 'mmchan.ReXNetLite', 'arch': 'rexnet-lite-1.0x'}), ReXNetLite)


def test_backbone_of_any_family_takes_its_layout_inside_arch():
    """As populations write it: RegNet's class has arguments of its own for the same."""
    arch = {'family': 'anynet', 'widths': (8, 16), 'depths': (1, 1), 'group_widths': (8, 8)}
    backbone = build_backbone(
        {**arch, 'stem_width': 8, 'stem_stride': 1, 'strides': (1, 2)}, out_indices=(0, 1)
    )
    assert [tuple(out.shape) for out in backbone(torch.rand(1, 3, 8, 8))] == [(1, 8, 8, 8), (1, 16, 4, 4)]
