"""The cost of a config's model from the shapes of its tensors alone: nothing is computed."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import torch
from mmengine.config import Config
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from mmchan.channels import Cost
from mmchan.measure.model import build_on_meta, costs_of, fix_extractors, fix_proposals, give_samples


def count_shapes(cfg: Config, size: tuple[int, int]) -> dict[str, Cost]:
    """The same numbers as :func:`mmchan.measure.trace.count_trace`, from shapes alone: nothing is computed.

    Raises:
        NotImplementedError: For a model with operators that give no shapes, or that hide arithmetic.
        RuntimeError: For a model whose course depends on the values of tensors.
    """
    model = build_on_meta(cfg)
    give_samples(model, size)
    fix_proposals(model, size)
    fix_extractors(model)
    counter = _ShapeCounter()
    with torch.no_grad(), _naming(model, counter), counter:
        model(torch.zeros(1, 3, *size, device='meta'))
    return costs_of(model, counter.macs, counter.activations)


def _input(result: torch.Tensor, arguments: Mapping[str, object]) -> int:
    return arguments['input'].numel()


def _norm(plain: int, affine: int) -> Callable[..., int]:
    """Operations per value without and with a scale."""
    return lambda result, arguments: result.numel() * (plain if arguments.get('weight') is None else affine)


def _interpolation(result: torch.Tensor, arguments: Mapping[str, object]) -> int:
    mode = arguments.get('mode', 'nearest')
    if mode == 'area':  # an adaptive pooling by another name
        return arguments['input'].numel()
    return result.numel() * {'nearest': 1, 'bilinear': 4}.get(mode, 0)


def _convolution(result: torch.Tensor, image: torch.Tensor, weight: torch.Tensor, *_: torch.Tensor) -> int:
    return len(image) * weight.numel() * result.shape[2:].numel()


def _transposed(result: torch.Tensor, image: torch.Tensor, weight: torch.Tensor, *_: torch.Tensor) -> int:
    return len(image) * weight.numel() * image.shape[2:].numel()


def _linear(result: torch.Tensor, features: torch.Tensor, weight: torch.Tensor, *_: torch.Tensor) -> int:
    return features.numel() * len(weight)


def _product(result: torch.Tensor, left: torch.Tensor, right: torch.Tensor) -> int:
    return left.numel() * right.shape[-1]


# Multiply-adds as in mmengine.analysis.jit_handles. Of layers, by result and tensors; their results are
# activations:
_LAYERS = MappingProxyType({
    **dict.fromkeys((torch.conv1d, torch.conv2d, torch.conv3d), _convolution),
    **dict.fromkeys((torch.conv_transpose1d, torch.conv_transpose2d, torch.conv_transpose3d), _transposed),
    **dict.fromkeys((torch.matmul, torch.Tensor.matmul, torch.Tensor.__matmul__, torch.bmm), _product),
    F.linear: _linear,
})  # fmt: skip
# Of what stands between them, by result and arguments:
_BETWEEN = MappingProxyType({
    F.batch_norm: _norm(1, 2),
    F.group_norm: _norm(4, 5),
    F.layer_norm: _norm(4, 5),
    F.adaptive_avg_pool2d: _input,
    F.interpolate: _interpolation,
})  # fmt: skip
# What has its own counting there, or layers inside that are not seen from outside:
_UNKNOWN = (
    torch.addmm,
    torch.mm,
    torch.einsum,
    F.instance_norm,
    F.grid_sample,
    F.multi_head_attention_forward,
)


class _ShapeCounter(TorchFunctionMode):
    """Counts what torch's functions would compute, for the innermost module that calls and all around it."""

    def __init__(self) -> None:
        super().__init__()
        self.macs, self.activations = Counter(), Counter()
        self.scopes = ['']

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None):
        kwargs = kwargs or {}
        if func in _UNKNOWN:
            raise NotImplementedError(f'{func.__name__} is left to the trace')
        result = func(*args, **kwargs)
        if func in _LAYERS:
            tensors = [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)]
            self._add(_LAYERS[func](result, *tensors), result.numel())
        elif func in _BETWEEN:
            arguments = inspect.signature(func).bind(*args, **kwargs).arguments
            self._add(_BETWEEN[func](result, arguments), 0)
        return result

    def _add(self, macs: int, activations: int) -> None:
        for name in _with_parents(self.scopes[-1]):
            self.macs[name] += macs
            self.activations[name] += activations


def _with_parents(name: str) -> set[str]:
    """A module's name with those of all that it is part of: 'a.b' -> 'a.b', 'a', ''."""
    words = name.split('.')
    return {'.'.join(words[:number]) for number in range(len(words) + 1)}


@contextmanager
def _naming(model: nn.Module, counter: _ShapeCounter) -> Iterator[None]:
    """Tell a counter which module of a model is at work."""
    handles = []
    for name, module in model.named_modules():
        handles.append(module.register_forward_pre_hook(lambda *_, name=name: counter.scopes.append(name)))
        handles.append(module.register_forward_hook(lambda *_: counter.scopes.pop() and None))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
