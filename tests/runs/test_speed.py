"""A run is fast by default, and its numbers and checkpoints are what they were."""

import copy
import os
import subprocess
import sys

import pytest
import torch
from mmengine.config import Config

from mmchan.models.backbone import build_backbone
from mmchan.runs import speed

TINY = {'family': 'rexnet', 'width_mult': 0.5, 'depth_mult': 0.2}
# what ten steps that allocate 64 MiB and free them fault in, pages
FAULTS = """
import ctypes, resource
from mmchan.process.allocator import keep_freed_memory
print(keep_freed_memory())
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
def step():
    block = libc.malloc(64 << 20)
    ctypes.memset(block, 1, 64 << 20)
    libc.free(block)
step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.parametrize(('cores', 'workers', 'threads'), [(2, 1, 2), (4, 9, 4), (16, 1, 15), (16, 9, 14)])
def test_torch_leaves_a_core_in_eight_to_workers(monkeypatch, cores, workers, threads):
    given = []
    monkeypatch.delenv('OMP_NUM_THREADS', raising=False)
    monkeypatch.setattr(speed, 'get_device', lambda: 'cpu')
    monkeypatch.setattr(torch, 'get_num_threads', lambda: cores)
    monkeypatch.setattr(torch, 'set_num_threads', given.append)
    cfg = Config({'train_dataloader': {'num_workers': workers}, 'val_dataloader': None})
    speed.leave_cores_to_loaders(cfg)
    monkeypatch.setenv('OMP_NUM_THREADS', '4')
    speed.leave_cores_to_loaders(cfg)
    assert given == [threads]


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='of glibc')
@pytest.mark.parametrize(('settings', 'keeps'), [({}, True), ({'MALLOC_ARENA_MAX': '2'}, False)])
def test_freed_memory_is_kept_unless_the_user_has_settings_of_his_own(settings, keeps):
    own = {name: value for name, value in os.environ.items() if not name.startswith('MALLOC_')}
    ran = subprocess.run(
        [sys.executable, '-c', FAULTS], env={**own, **settings}, capture_output=True, text=True, check=True
    )
    said, faults = ran.stdout.split()
    assert said == str(keeps)
    assert (int(faults) < 1000) == keeps  # of 160,000 that the blocks have


def test_channels_last_leaves_outputs_parameters_and_gradients_as_they_were():
    plain = build_backbone(TINY, out_indices=(1, 4)).double().train()
    fast = speed.arrange(copy.deepcopy(plain), Config({}))
    formats = []
    fast.layer3[0].register_forward_hook(
        lambda _, x, y: formats.append(y.is_contiguous(memory_format=torch.channels_last))
    )
    images = torch.rand(2, 3, 64, 64, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    for out, same in zip(fast(images), plain(images), strict=True):
        torch.testing.assert_close(out, same)
        assert out.is_contiguous()
        out.square().mean().backward(retain_graph=True)
    assert formats == [True]
    assert all(tensor.is_contiguous() for tensor in fast.state_dict().values())
    assert all(parameter.grad.is_contiguous() for parameter in fast.parameters())


def test_runtime_cfg_and_unknown_convolutions_switch_channels_last_off():
    off = speed.arrange(build_backbone(TINY), Config({'runtime_cfg': {'channels_last': False}}))
    other = build_backbone(TINY)
    other.conv_cfg = {'type': 'DCNv2'}
    for backbone in (off, speed.arrange(other, Config({}))):
        assert not backbone._forward_pre_hooks
