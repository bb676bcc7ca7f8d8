"""Automatic mixed precision: which kind on which device, and bf16, on a CPU too."""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from unittest import mock

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper
from mmengine.runner import autocast
from mmengine.utils import apply_to
from torch import nn

from mmchan.errors import InputError, require_known
from mmchan.registry import OPTIM_WRAPPERS

# --amp alone is 'auto': fp16 on a GPU, on a CPU whichever of bf16 and fp32 is faster
KINDS = ('auto', 'bf16', 'fp16')
_MMENGINES = ('OptimWrapper', 'AmpOptimWrapper')
_ONLY_OF_MMENGINES_AMP = ('loss_scale', 'dtype', 'use_fsdp')


def bf16_hardware() -> str:
    """The instructions by which this CPU computes bf16; empty where it has to imitate it, which is slow."""
    if torch.cpu._is_amx_tile_supported():
        return 'AMX'
    return 'AVX512-BF16' if torch.cpu._is_avx512_bf16_supported() else ''


def uses_bf16(amp: str) -> bool:
    """Whether ``--amp`` of some kind means bf16 on this machine.

    Raises:
        InputError: For another kind than :data:`KINDS`, and for fp16 without a GPU.
    """
    require_known(amp, KINDS, '--amp')
    if get_device() != 'cpu':
        return amp == 'bf16'
    if amp == 'fp16':
        raise InputError('--amp=fp16 needs a GPU, and this machine has none; a CPU can do --amp=bf16')
    return amp == 'bf16' or bool(bf16_hardware())


def told(amp: str) -> str:
    """What a log should say about ``--amp`` where it is not MMEngine's."""
    without = 'this CPU has no instructions for it (AVX512-BF16 or AMX)'
    if not uses_bf16(amp):
        return f'--amp: fp32, because bf16 would be slower: {without}; --amp=bf16 uses it anyway'
    if get_device() != 'cpu':
        return '--amp: bf16'
    if bf16_hardware():
        return f'--amp: bf16, which this CPU computes by {bf16_hardware()}'
    return f'--amp: bf16, many times slower than fp32: {without}; --amp alone takes fp32 here'


@contextmanager
def in_bf16(model: nn.Module) -> Iterator[None]:
    """Let backbone and neck of a model compute in bf16; their outputs are fp32, and so are the heads.

    Nearly all the time goes into these two. A head needs more digits: rounded to bf16, a box of an image of
    800 px is off by up to 2 px; and mmcv's operations, such as NMS and RoIAlign, do not know bf16 at all.
    A model without a backbone computes in bf16 as a whole.

    Args:
        model: The model, which may be wrapped for several processes.
    """
    bare = model.module if is_model_wrapper(model) else model
    named = (getattr(bare, name, None) for name in ('backbone', 'neck'))
    parts = [part for part in named if isinstance(part, nn.Module)] or [bare]
    with ExitStack() as stack:
        for part in parts:
            # a compiled module calls what it was compiled to, whatever its forward is
            call = 'forward' if part._compiled_call_impl is None else '_compiled_call_impl'
            stack.enter_context(mock.patch.object(part, call, _autocasted(getattr(part, call))))
        yield


def _autocasted(forward: Callable) -> Callable:
    @functools.wraps(forward)
    def call(*args: object, **kwargs: object) -> object:
        with autocast(dtype=torch.bfloat16):
            outputs = forward(*args, **kwargs)
        return apply_to(outputs, _is_bf16, torch.Tensor.float)

    return call


def _is_bf16(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype == torch.bfloat16


@OPTIM_WRAPPERS.register_module()
class Bf16OptimWrapper(OptimWrapper):
    """MMEngine's OptimWrapper with bf16 in the forward pass, see :func:`in_bf16`; also on a CPU.

    bf16 has the range of fp32: no loss needs to be scaled, and the state is that of OptimWrapper. MMEngine's
    AmpOptimWrapper refuses to be built on a CPU.

    Args:
        amp: One of :data:`KINDS`; 'auto' uses bf16 on a CPU that computes it in hardware, else fp32.
        settings: Arguments of MMEngine's OptimWrapper.
    """

    def __init__(self, *, amp: str = 'bf16', **settings: object) -> None:
        super().__init__(**settings)
        self.uses_bf16 = uses_bf16(amp)
        print_log(told(amp), logger='current')

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """The context of a forward pass: that of accumulation, and bf16."""
        with ExitStack() as stack:
            stack.enter_context(super().optim_context(model))
            if self.uses_bf16:
                stack.enter_context(in_bf16(model))
            yield


def set_training_amp(cfg: Config, amp: str) -> None:
    """Let a config train with mixed precision, as ``--amp`` says.

    Args:
        cfg: The config, which is changed.
        amp: One of :data:`KINDS`.

    Raises:
        InputError: As :func:`uses_bf16`, and for a wrapper of the optimizer that is none of MMEngine's two.
    """
    bf16 = uses_bf16(amp)
    wrapper = cfg.get('optim_wrapper')
    if not isinstance(wrapper, Mapping):
        raise InputError(f'--amp needs optim_wrapper = dict(...) in the config, got {wrapper!r}')
    given = wrapper.get('type', 'OptimWrapper')
    if given not in _MMENGINES:
        raise InputError(
            f'--amp replaces {" and ".join(_MMENGINES)}, but optim_wrapper.type of the config is {given!r}'
        )
    if bf16 or get_device() == 'cpu':
        for name in _ONLY_OF_MMENGINES_AMP:
            wrapper.pop(name, None)
        wrapper.update(type='mmchan.Bf16OptimWrapper', amp=amp)
        return
    wrapper.type = 'AmpOptimWrapper'
    wrapper.setdefault('loss_scale', 'dynamic')
    if amp == 'fp16':
        wrapper.dtype = 'float16'


def set_test_amp(cfg: Config, amp: str) -> None:
    """Let a config test with mixed precision, as ``--amp`` says.

    Args:
        cfg: The config, which is changed.
        amp: One of :data:`KINDS`.

    Raises:
        InputError: As :func:`uses_bf16`.
    """
    if uses_bf16(amp) or get_device() == 'cpu':
        cfg.custom_hooks = [*(cfg.get('custom_hooks') or []), {'type': 'mmchan.AmpHook', 'amp': amp}]
    else:
        cfg.test_cfg.fp16 = True
