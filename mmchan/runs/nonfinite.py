"""Where numbers stop being finite: in which layer, on the way to the loss or back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from mmengine.runner import Runner
from mmengine.utils import apply_to
from torch import nn

from mmchan.runs.optimizer import Update

SHOWN = 4
_TENSORS = 2  # of one layer that are described


@dataclass
class Trace:
    """What was found, in words.

    Attributes:
        forward: The first layer whose output is not finite, and what it was given; empty where all are.
        backward: The first layer to whose output a gradient came back that is not finite; likewise.
    """

    forward: str = ''
    backward: str = ''
    _handles: list = field(default_factory=list)

    def lines(self) -> list[str]:
        """For a report."""
        named = {
            'first layer whose output is not finite': self.forward,
            'first gradient that is not finite, of the output of': self.backward,
        }
        return [f'{what}: {found}' for what, found in named.items() if found]


@contextmanager
def traced(model: nn.Module) -> Iterator[Trace]:
    """Look at the outputs of all layers, and at the gradients that come back to them, in the body.

    Args:
        model: The model.
    """
    trace = Trace()
    layers = [(name, module) for name, module in model.named_modules() if not any(module.children())]
    handles = [module.register_forward_hook(_Look(trace, name)) for name, module in layers]
    try:
        yield trace
    finally:
        for handle in [*handles, *trace._handles]:
            handle.remove()


class _Look:
    """Forward hook of one layer."""

    def __init__(self, trace: Trace, name: str) -> None:
        self.trace = trace
        self.name = name

    def __call__(self, module: nn.Module, inputs: tuple, output: object) -> None:
        where = f'{self.name} ({type(module).__name__})'
        outputs = tensors(output)
        if not self.trace.forward and not all(map(finite, outputs)):
            given, gave = ranges(tensors(inputs)), ranges(outputs)
            self.trace.forward = f'{where}\n    input {given}\n    output {gave}'
        for tensor in outputs:
            if tensor.requires_grad:
                self.trace._handles.append(tensor.register_hook(self._gradient_of(where)))

    def _gradient_of(self, where: str):
        def look(gradient: torch.Tensor) -> None:
            if not self.trace.backward and not finite(gradient):
                self.trace.backward = f'{where}\n    {ranges([gradient])}'

        return look


def tensors(value: object) -> list[torch.Tensor]:
    """All tensors in something that is nested."""
    found = []
    apply_to(value, lambda part: isinstance(part, torch.Tensor), found.append)
    return found


def finite(tensor: torch.Tensor) -> bool:
    """Whether a tensor holds neither NaN nor Inf."""
    return bool(tensor.isfinite().all())


def ranges(values: list[torch.Tensor]) -> str:
    """Shape and range of some tensors, and how many of their numbers are not finite."""
    more = [f'and {len(values) - _TENSORS} more'] if len(values) > _TENSORS else []
    return '; '.join([*map(_range, values[:_TENSORS]), *more]) or 'nothing'


def _range(tensor: torch.Tensor) -> str:
    shape = 'x'.join(map(str, tensor.shape)) or 'a number'
    if not tensor.numel():
        return shape
    good = tensor[tensor.isfinite()]
    spread = f'from {good.min().item():.4g} to {good.max().item():.4g}' if good.numel() else 'nothing finite'
    bad = tensor.numel() - good.numel()
    return f'{shape}, {spread}' + (f', {bad} of {tensor.numel()} NaN or Inf' if bad else '')


def image_names(data_batch: object) -> list[str]:
    """The files that the images of a batch come from, as far as its samples say."""
    samples = data_batch.get('data_samples') if isinstance(data_batch, dict) else None
    names = [getattr(sample, 'img_path', None) for sample in samples or []]
    return [str(name) for name in names if name]


def shown(names: list[str]) -> str:
    """The first of some names, and how many there are beside."""
    more = f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''
    return ', '.join(names[:SHOWN]) + more


def step_lines(
    runner: Runner, update: Update, outputs: Mapping[str, object], norms: Sequence[float] = ()
) -> list[str]:
    """What is known about an iteration with a bad update.

    Args:
        runner: The Runner, inside the iteration.
        update: The update.
        outputs: What the model's ``train_step`` gave: parts of the loss.
        norms: Norms of the gradients of the last good updates.
    """
    before = f' (of the last good updates: {", ".join(map(_number, norms))})' if norms else ''
    norm = 'beyond any loss scale' if update.norm is None else _number(update.norm)
    lines = [_losses(outputs), f'lr: {_rates(runner)}', f'norm of the gradients: {norm}{before}']
    if update.parameters:
        lines.append(f'gradients with NaN or Inf: {shown(list(update.parameters))}')
    return lines


def _losses(outputs: Mapping[str, object]) -> str:
    parts = {name: torch.as_tensor(value) for name, value in outputs.items()}
    numbers = {name: _number(part.item()) for name, part in parts.items() if part.numel() == 1}
    total = numbers.pop('loss', 'unknown')
    rest = ', '.join(f'{name} {number}' for name, number in numbers.items())
    return f'loss: {total}' + (f' ({rest})' if rest else '')


def _rates(runner: Runner) -> str:
    rates = sorted(rate for some in runner.optim_wrapper.get_lr().values() for rate in some)
    return ' to '.join(dict.fromkeys(map(_number, (rates[0], rates[-1]))))


def _number(value: float) -> str:
    return f'{value:.4g}'
