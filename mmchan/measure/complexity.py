"""The cost of any config's model, as MMEngine counts it."""

import functools
import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType

import torch
from mmengine.analysis import ActivationAnalyzer, FlopAnalyzer, parameter_count
from mmengine.config import Config
from mmengine.model import revert_sync_batchnorm
from mmengine.registry import MODELS, DefaultScope
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from mmchan.channels import Cost, NetPlan, count


def count_model(cfg: Config, size: tuple[int, int]) -> dict[str, Cost]:
    """Count a classifier's or a detector's cost for one image.

    As in mmdet's own tool, a detector's second stage gets as many proposals as the config lets pass
    (mostly 1000), its mask head the first 100 of them (Cascade R-CNN's: all).

    Args:
        cfg: The config.
        size: Height and width of the image, in pixels.

    Returns:
        Name of a part of the model ('backbone', 'head', …) -> its cost; last 'total'. 'mask_head' is
        apart from 'roi_head', because published tables leave its multiply-adds out. The multiply-adds
        are those of convolutions, linear layers and matrix products and, beyond the papers' MACs, those
        of normalisation, pooling and interpolation.
    """
    try:
        costs = count_shapes(cfg, size)
    except RuntimeError:  # the model looks at values, or has operators without shapes
        costs = count_trace(cfg, size)
    parts = {name: cost for name, cost in costs.items() if name and '.' not in name and cost.parameters}
    if 'roi_head.mask_head' in costs:
        parts['mask_head'] = costs['roi_head.mask_head']
        parts['roi_head'] = without(parts['roi_head'], parts['mask_head'])
    return {**parts, 'total': costs['']}


def count_trace(cfg: Config, size: tuple[int, int]) -> dict[str, Cost]:
    """The cost of every module of a config's model by MMEngine's analyzers; '' names the whole.

    They compute the model twice, on the CPU: half a minute for a large detector.
    """
    model = _build(cfg)
    _give_samples(model, size)
    _fix_proposals(model, size)
    counters = [
        analyzer(model, (torch.zeros(1, 3, *size),)) for analyzer in (FlopAnalyzer, ActivationAnalyzer)
    ]
    for counter in counters:
        counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False).tracer_warnings('none')
    with torch.no_grad():
        macs, activations = (counter.by_module() for counter in counters)
    return _costs(model, macs, activations)


def count_shapes(cfg: Config, size: tuple[int, int]) -> dict[str, Cost]:
    """The same numbers as :func:`count_trace`, from shapes alone: nothing is computed.

    Raises:
        NotImplementedError: For a model with operators that give no shapes, or that hide arithmetic.
        RuntimeError: For a model whose course depends on the values of tensors.
    """
    model = _build_on_meta(cfg)
    _give_samples(model, size)
    _fix_proposals(model, size)
    _fix_extractors(model)
    counter = _ShapeCounter()
    with torch.no_grad(), _naming(model, counter), counter:
        model(torch.zeros(1, 3, *size, device='meta'))
    return _costs(model, counter.macs, counter.activations)


def _costs(model: nn.Module, macs: Mapping[str, int], activations: Mapping[str, int]) -> dict[str, Cost]:
    """Name of a module -> its cost, by the counts of modules' names."""
    parameters = parameter_count(model)
    return {name: Cost(parameters[name], int(macs[name]), int(activations[name])) for name in parameters}


def _output(result: torch.Tensor, arguments: Mapping[str, object]) -> int:
    return result.numel()


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


def _build(cfg: Config) -> nn.Module:
    """The model of a config, ready to be counted."""
    with DefaultScope.overwrite_default_scope(cfg.get('default_scope', 'mmengine')):
        return revert_sync_batchnorm(MODELS.build(cfg.model)).eval()


def _build_on_meta(cfg: Config) -> nn.Module:
    """The model of a config without values: nothing is allocated or initialised, where it allows that."""
    try:
        with torch.device('meta'):
            return _build(cfg)
    except RuntimeError:  # its constructor looks at values
        return _build(cfg).to('meta')


def count_layers(cfg: Config, size: tuple[int, int]) -> Cost:
    """Count a classifier of another library as the papers do, for one image.

    Args:
        cfg: The config.
        size: Height and width of the image, in pixels.

    Returns:
        All parameters; the multiply-accumulates of convolutions and linear layers, one per output for a
        bias; their outputs as activations. For our own networks :func:`mmchan.channels.count` is equal.
    """
    model = _build_on_meta(cfg)
    costs = []

    def add(layer: nn.Conv2d | nn.Linear, inputs: tuple, output: torch.Tensor) -> None:
        weights = sum(parameter.numel() for parameter in layer.parameters())
        positions = output.numel() // len(layer.weight)
        costs.append(Cost(0, weights * positions, output.numel()))

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(add)
    model(torch.zeros(1, 3, *size, device='meta'))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return sum(costs, Cost(parameters))


def without(whole: Cost, part: Cost) -> Cost:
    """The cost of what remains of a whole without one of its parts."""
    return Cost(
        whole.parameters - part.parameters, whole.macs - part.macs, whole.activations - part.activations
    )


def count_backbone_plan(cfg: Config, size: tuple[int, int]) -> Cost | None:
    """The cost of a config's backbone by its plan, in the papers' counting; None for others' backbones.

    Args:
        cfg: The config.
        size: Height and width of the image, in pixels.
    """
    plan = backbone_plan(cfg)
    return None if plan is None else count(plan, size, num_classes=None)


def backbone_plan(cfg: Config) -> NetPlan | None:
    """The plan of what a config's backbone is built of; None for others' backbones."""
    settings = cfg.model.get('backbone', {})
    if not settings.get('type', '').startswith('mmchan.'):
        return None
    with torch.device('meta'):
        backbone = MODELS.build(settings)
    if getattr(backbone, 'penultimate', None) is None:  # not built where no out index asks for it
        return replace(backbone.plan, penultimate=None)
    return backbone.plan


def _give_samples(model: nn.Module, size: tuple[int, int]) -> None:
    """Give a detector the sample that its forward needs beside the image."""
    if not hasattr(model, 'add_pred_to_datasample'):  # mmdet's base class; others take images alone
        return
    from mmdet.structures import DetDataSample

    sizes = {'img_shape': size, 'ori_shape': size, 'pad_shape': size, 'batch_input_shape': size}
    sample = DetDataSample(metainfo={**sizes, 'scale_factor': (1.0, 1.0)})
    model.forward = functools.partial(model.forward, data_samples=[sample])


def _fix_proposals(model: nn.Module, size: tuple[int, int]) -> None:
    """Let a detector's first stage propose as many boxes as it may, whatever its random weights find."""
    if not (hasattr(model, 'rpn_head') and hasattr(model, 'roi_head')):
        return
    from mmengine.structures import InstanceData

    number, first_stage = model.test_cfg.rpn.max_per_img, model.rpn_head
    device = next(model.parameters()).device
    boxes = torch.tensor([0.0, 0.0, size[1], size[0]], device=device).repeat(number, 1)

    def predict(features: tuple[torch.Tensor, ...], samples: list, rescale: bool = False) -> list:
        # the trace drops layers whose output has no use
        use = sum(level.sum() for kind in first_stage(features) for level in kind)
        return [InstanceData(bboxes=boxes + 0 * use) for _ in samples]

    first_stage.predict = predict


def _fix_extractors(model: nn.Module) -> None:
    """Let a detector's second stage get features for all proposals, whatever the boxes' values."""
    for module in model.modules():
        if type(module).__name__ == 'SingleRoIExtractor':  # mmdet's, which chooses levels by value
            module.forward = functools.partial(_extract, module)


def _extract(extractor: nn.Module, features: tuple[torch.Tensor, ...], rois: torch.Tensor) -> torch.Tensor:
    """What an extractor of features gives, in shape."""
    return features[0].new_zeros(len(rois), extractor.out_channels, *extractor.roi_layers[0].output_size)
