"""Mixed precision: MMEngine's on a GPU, bf16 also on a CPU, where it helps."""

import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from torch import nn

from mmchan.errors import InputError
from mmchan.registry import HOOKS, OPTIM_WRAPPERS
from mmchan.runs import amp as amp_module
from mmchan.runs.amp import in_bf16, set_test_amp, set_training_amp, told
from tests.cli.command_lines import DIGITS


class Net(BaseModel):
    """A backbone that notes in which type it computes, and a head."""

    def __init__(self, outputs=tuple):
        super().__init__()
        torch.manual_seed(0)
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(8, 4)
        self.seen = {}
        self.backbone[0].register_forward_hook(lambda module, args, out: self.note('backbone', out))
        self.head.register_forward_hook(lambda module, args, out: self.note('head', out))

    def note(self, part, out):
        self.seen[part] = out.dtype

    def forward(self, inputs, mode='loss'):
        return {'loss': self.head(self.backbone(inputs)).square().mean()}


def wrapper_of(model, amp='bf16', *, lr=0.1, **settings):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    cfg = {'type': 'mmchan.Bf16OptimWrapper', 'amp': amp, **settings}
    return OPTIM_WRAPPERS.build(cfg, default_args={'optimizer': optimizer})


@pytest.fixture
def device(monkeypatch):
    """Let the machine have another device, or a CPU with other instructions."""

    def choose(device='cpu', *, hardware=''):
        monkeypatch.setattr(amp_module, 'get_device', lambda: device)
        monkeypatch.setattr(torch.cpu, '_is_amx_tile_supported', lambda: hardware == 'AMX')
        monkeypatch.setattr(torch.cpu, '_is_avx512_bf16_supported', lambda: hardware == 'AVX512-BF16')

    return choose


def config(**wrapper):
    return Config({'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 0.1}, **wrapper}, 'test_cfg': {}})


@pytest.mark.parametrize(
    ('amp', 'wrapper'),
    [
        ('auto', {'type': 'AmpOptimWrapper', 'loss_scale': 'dynamic'}),
        ('fp16', {'type': 'AmpOptimWrapper', 'loss_scale': 'dynamic', 'dtype': 'float16'}),
        ('bf16', {'type': 'mmchan.Bf16OptimWrapper', 'amp': 'bf16'}),
    ],
)
def test_gpu_trains_in_fp16_unless_told(device, amp, wrapper):
    device('cuda')
    cfg = config()
    set_training_amp(cfg, amp)
    assert cfg.optim_wrapper == {'optimizer': {'type': 'SGD', 'lr': 0.1}, **wrapper}


def test_gpu_keeps_the_loss_scale_of_the_config(device):
    device('cuda')
    cfg = config(type='AmpOptimWrapper', loss_scale=512.0)
    set_training_amp(cfg, 'auto')
    assert cfg.optim_wrapper.loss_scale == 512.0


@pytest.mark.parametrize('amp', ['auto', 'bf16'])
def test_cpu_takes_our_wrapper_without_a_loss_scale(device, amp):
    device('cpu')
    cfg = config(type='AmpOptimWrapper', loss_scale='dynamic', dtype='float16', accumulative_counts=2)
    set_training_amp(cfg, amp)
    wrapper = cfg.optim_wrapper
    assert (wrapper.pop('type'), wrapper.pop('amp')) == ('mmchan.Bf16OptimWrapper', amp)
    assert set(wrapper) == {'optimizer', 'accumulative_counts'}


@pytest.mark.parametrize('change', [set_training_amp, set_test_amp])
def test_fp16_on_a_cpu_names_bf16(device, change):
    device('cpu')
    with pytest.raises(InputError, match=r'--amp=fp16 needs a GPU.*a CPU can do --amp=bf16'):
        change(config(), 'fp16')


@pytest.mark.parametrize('change', [set_training_amp, set_test_amp])
def test_unknown_kind_suggests_the_nearest(change):
    with pytest.raises(InputError, match=r"unknown --amp 'bf61'; did you mean 'bf16'"):
        change(config(), 'bf61')


def test_foreign_wrapper_is_not_replaced(device):
    device('cuda')
    with pytest.raises(InputError, match="optim_wrapper.type of the config is 'ApexOptimWrapper'"):
        set_training_amp(config(type='ApexOptimWrapper'), 'auto')


@pytest.mark.parametrize(
    ('amp', 'hardware', 'uses', 'line'),
    [
        ('auto', '', False, 'fp32, because bf16 would be slower: this CPU has no instructions'),
        ('bf16', '', True, 'bf16, many times slower than fp32'),
        ('auto', 'AMX', True, 'bf16, which this CPU computes by AMX'),
        ('auto', 'AVX512-BF16', True, 'bf16, which this CPU computes by AVX512-BF16'),
    ],
)
def test_cpu_uses_bf16_where_it_helps_and_says_so(device, logged, amp, hardware, uses, line):
    device('cpu', hardware=hardware)
    assert wrapper_of(Net(), amp).uses_bf16 is uses
    assert line in logged.text
    assert told(amp) in logged.text


def test_gpu_says_bf16(device):
    device('cuda')
    assert told('bf16') == '--amp: bf16'


def test_config_with_mixed_precision_trains_on_a_cpu(device):
    device('cpu')
    efficientnet = DIGITS.parents[1] / 'efficientnet_lite/efficientnet-lite0_4xb128_in1k.py'
    from mmchan.runs.config import config_to_train

    assert config_to_train(efficientnet).optim_wrapper.type == 'mmchan.Bf16OptimWrapper'


def test_backbone_computes_in_bf16_and_head_in_fp32():
    net = Net()
    with in_bf16(net):
        net(torch.randn(2, 3, 8, 8))
    assert net.seen == {'backbone': torch.bfloat16, 'head': torch.float32}
    net(torch.randn(2, 3, 8, 8))
    assert net.seen['backbone'] == torch.float32
    assert 'forward' not in vars(net.backbone)


def test_model_without_a_backbone_computes_in_bf16():
    net = nn.Linear(4, 4)
    with in_bf16(net):
        assert net(torch.randn(2, 4)).dtype == torch.float32
        assert torch.equal(net(torch.ones(1, 4)), net(torch.ones(1, 4)).bfloat16().float())


def train(net, wrapper, steps=6):
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        data = {'inputs': torch.randn(4, 3, 8, 8, generator=generator)}
        loss = net.train_step(data, wrapper)['loss']
    return loss.item()


def test_accumulation_and_clipping_work_in_bf16(monkeypatch):
    monkeypatch.setattr(amp_module, 'bf16_hardware', str)  # so that 'auto' is fp32
    losses, weights = [], []
    for amp in ('auto', 'bf16'):
        net = Net()
        wrapper = wrapper_of(net, amp, accumulative_counts=2, clip_grad={'max_norm': 0.05})
        before = net.head.weight.detach().clone()
        train(net, wrapper, steps=1)
        assert torch.equal(net.head.weight, before)
        losses.append(train(net, wrapper, steps=5))
        weights.append(net.head.weight.detach())
    assert losses[1] == pytest.approx(losses[0], rel=0.02)
    assert not torch.equal(*weights)
    assert wrapper.message_hub.get_scalar('train/grad_norm').current() > 0


def test_state_resumes_in_either_wrapper():
    net, other = Net(), Net()
    wrapper = wrapper_of(net)
    train(net, wrapper)
    state = wrapper.state_dict()
    # MMEngine's AmpOptimWrapper saves its scaler beside
    for resumed in (wrapper_of(other), OptimWrapper(torch.optim.SGD(other.parameters(), lr=1, momentum=0.9))):
        resumed.load_state_dict({**state, 'loss_scaler': {'scale': 2.0}})
        assert resumed.state_dict()['param_groups'] == state['param_groups']
        momenta = [part['momentum_buffer'] for part in resumed.state_dict()['state'].values()]
        assert torch.equal(momenta[0], state['state'][0]['momentum_buffer'])


def test_test_hook_leaves_the_model_as_it_was(device, tmp_path):
    device('cpu')
    cfg = config()
    set_test_amp(cfg, 'bf16')
    assert 'fp16' not in cfg.test_cfg
    hook = HOOKS.build(cfg.custom_hooks[0])
    runner = Runner(Net(), str(tmp_path))
    hook.before_test(runner)
    runner.model(torch.randn(1, 3, 8, 8))
    assert runner.model.seen['backbone'] == torch.bfloat16
    hook.after_test(runner)
    runner.model(torch.randn(1, 3, 8, 8))
    assert runner.model.seen['backbone'] == torch.float32


def test_test_on_a_gpu_is_mmengines(device):
    device('cuda')
    cfg = config()
    set_test_amp(cfg, 'auto')
    assert cfg.test_cfg.fp16 is True
    assert 'custom_hooks' not in cfg


@pytest.mark.slow
def test_digits_network_trains_in_bf16_as_in_fp32(device):
    from mmpretrain.registry import MODELS
    from mmpretrain.structures import DataSample

    device('cpu')
    init_default_scope('mmpretrain')
    samples = [DataSample().set_gt_label(number) for number in range(4)]
    data = {'inputs': 255 * torch.rand(4, 3, 32, 32), 'data_samples': samples}
    losses = {}
    for amp in ('auto', 'bf16'):
        torch.manual_seed(0)
        model = MODELS.build(Config.fromfile(DIGITS).model).train()
        model.init_weights()
        wrapper = wrapper_of(model, amp, lr=0.01, clip_grad={'max_norm': 1.0})
        losses[amp] = [model.train_step(dict(data), wrapper)['loss'].item() for _ in range(2)]
    assert losses['bf16'] != losses['auto']
    assert losses['bf16'][-1] < losses['bf16'][0]
    assert losses['bf16'] == pytest.approx(losses['auto'], rel=0.02)
