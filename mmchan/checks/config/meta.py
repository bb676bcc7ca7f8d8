"""Parts of a config's model, built without values: what they give follows from shapes alone."""

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import torch
from mmengine.config import ConfigDict
from mmengine.model import revert_sync_batchnorm
from mmengine.registry import MODELS, Registry
from torch import nn
from torch.nn import functional as F
from torch.nn import init
from torch.overrides import TorchFunctionMode

from mmchan.checks.config.parts import without

# what lets a part read files or fetch them when it is built
_STARTS = ('init_cfg', 'pretrained', 'teacher_ckpt')
# mmcv's convolutions along offsets, whose operators know nothing of the meta device
_DEFORMABLE = ('DeformConv2d', 'ModulatedDeformConv2d')
# what gives values to a tensor: where there are none, it takes a fifth of the time that building takes
_FILL = frozenset({init.kaiming_uniform_, init.uniform_, init.normal_, init.constant_})
_FILL |= {getattr(torch.Tensor, name) for name in ('normal_', 'uniform_', 'fill_', 'zero_')}


def build_part(settings: Mapping, scope: str, registry: Registry = MODELS) -> object:
    """Build a part of a config without values, and without what it starts from.

    Args:
        settings: The part. It is not changed.
        scope: The scope of names without a prefix.
        registry: MMEngine's registry of such parts.

    Raises:
        Exception: Whatever the part raises.
    """
    settings = without_starts(settings)
    settings.setdefault('_scope_', scope)
    with torch.device('meta'), _Shapes():
        built = registry.build(settings)
    return _without_values(built) if isinstance(built, nn.Module) else built


def _without_values(module: nn.Module) -> nn.Module:
    module = revert_sync_batchnorm(module).to('meta')
    module.eval()  # which of some returns nothing
    for inner in module.modules():
        if any(base.__name__ in _DEFORMABLE for base in type(inner).__mro__):
            inner.forward = functools.partial(_convolve, inner)
    return module


def _convolve(layer: nn.Module, x: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
    """What a deformable convolution gives, in shape."""
    return F.conv2d(x, layer.weight, None, layer.stride, layer.padding, layer.dilation, layer.groups)


def without_starts(part: object) -> object:
    """A copy of a part of a config that starts from no weights."""
    if isinstance(part, Mapping):
        return _without_starts(part)
    return type(part)(map(without_starts, part)) if isinstance(part, list | tuple) else part


def _without_starts(part: Mapping) -> ConfigDict:
    # `pretrained` may also say what a part is, in other words than those of a file
    dropped = [key for key in _STARTS if key != 'pretrained' or not isinstance(part.get(key), Mapping)]
    kept = {key: without_starts(value) for key, value in without(part, *dropped).items()}
    if kept.get('type') == 'MMSyncBN':  # which asks for its process group when it is built
        kept['type'] = 'SyncBN'
    # of MMEngine's kind, which lets constructors ask for settings as attributes
    return ConfigDict(kept)


def attempt(function: Callable, *arguments: object) -> tuple[object, Exception | None]:
    """What a function of a library returns, or raises."""
    try:
        return function(*arguments), None
    except Exception as error:  # noqa: BLE001 - whatever a library raises is the answer
        return None, error


def run_part(part: nn.Module, *arguments: object) -> object:
    """What a part gives for tensors without values.

    Raises:
        Exception: Whatever the part raises.
    """
    with torch.no_grad(), torch.device('meta'), _Shapes():
        return part(*arguments)


class _Shapes(TorchFunctionMode):
    """Layers do as :data:`_RULES` says; numbers that constructors ask for have values."""

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None):
        return _RULES.get(func, _call)(func, args, kwargs or {})


def _call(func: Callable, args: tuple, kwargs: dict) -> object:
    return func(*args, **kwargs)


def _leave_empty(func: Callable, args: tuple, kwargs: dict) -> torch.Tensor:
    return args[0] if args and args[0].is_meta else func(*args, **kwargs)


def _keep(func: Callable, args: tuple, kwargs: dict) -> torch.Tensor:
    return args[0] if args else kwargs['input']


def _join(func: Callable, args: tuple, kwargs: dict) -> torch.Tensor:
    if not all(isinstance(value, torch.Tensor) for value in args):
        return func(*args, **kwargs)
    return args[0].new_empty(np.broadcast_shapes(*(value.shape for value in args)))


def _map(func: Callable, args: tuple, kwargs: dict) -> torch.Tensor:
    x, weight = args[:2]
    if x.shape[-1] != weight.shape[-1]:
        return func(*args, **kwargs)  # which says what is wrong
    return x.new_empty(*x.shape[:-1], len(weight))


def _call_with_zeros(func: Callable, args: tuple, kwargs: dict) -> torch.Tensor:
    return func(*map(_zeros, args), **kwargs).to('meta')


def _zeros(value: object) -> object:
    """For a tensor, one of its shape with values, which takes no memory; other arguments as they are."""
    return torch.zeros((), device='cpu').expand(value.shape) if isinstance(value, torch.Tensor) else value


def _call_with_values(func: Callable, args: tuple, kwargs: dict) -> torch.Tensor:
    return func(*args, **{**kwargs, 'device': 'cpu'})


# Where there are no values, torch works the shapes of many layers out in Python, with SymPy: that takes many
# times as long as all other layers, and SymPy half a second to import. So we do it where a layer keeps the
# shape of its argument or joins those of two, and let what takes hardly any time have values.
_KEPT = {F.batch_norm, F.layer_norm, F.group_norm, F.hardtanh, F.relu, F.relu6, F.silu, F.gelu}
_KEPT |= {F.hardsigmoid, F.hardswish, F.sigmoid, torch.relu, torch.sigmoid}
_JOINED = {torch.add, torch.mul, *(getattr(torch.Tensor, name) for name in ('add', 'add_', 'mul', 'mul_'))}
_QUICK = {F.adaptive_avg_pool2d, F.interpolate, F.max_pool2d, torch.mean, torch.Tensor.mean}
_RULES = MappingProxyType({
    **dict.fromkeys(_FILL, _leave_empty),
    **dict.fromkeys(_KEPT, _keep),
    **dict.fromkeys(_JOINED, _join),
    **dict.fromkeys(_QUICK, _call_with_zeros),
    F.linear: _map,
    torch.linspace: _call_with_values,
})  # fmt: skip
