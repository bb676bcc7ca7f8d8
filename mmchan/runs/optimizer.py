"""Updates of weights that do not happen where the gradients are not finite."""

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn
from torch.nn.utils import get_total_norm

_SMALL = 4096  # numbers: what is copied in less time than a call takes


@dataclass(frozen=True)
class Update:
    """What became of one update of the weights.

    Attributes:
        norm: Norm of all gradients; None where they are scaled.
        bad: It was skipped because loss or gradients were not finite.
        parameters: Names of those whose gradients were not finite.
    """

    norm: float | None
    bad: bool = False
    parameters: Sequence[str] = ()


class GradientGuard:
    """Lets a wrapped optimizer skip the updates whose gradients, or whose loss, are not finite.

    The gradients decide, which are the same in all processes. A loss that is not finite makes them so.
    Where a loss scale is used, gradients that overflow are a matter of the scale; an update that is skipped
    for them is bad only where the scale cannot, or need not, become smaller: below 1, or constant.

    Args:
        wrapper: The wrapper; it and its optimizer keep the guard until :meth:`remove`.
        names: Names of the parameters, for the report.
    """

    def __init__(self, wrapper: OptimWrapper, names: Mapping[nn.Parameter, str]) -> None:
        self._wrapper = wrapper
        self._names = names
        self._update: Update | None = None
        self._backward = wrapper.backward
        wrapper.backward = self._poisoned_backward
        self._hook = wrapper.optimizer.register_step_pre_hook(self._before_step)

    def remove(self) -> None:
        """Leave the wrapper and the optimizer as they were."""
        self._wrapper.backward = self._backward
        self._hook.remove()

    def take(self) -> Update | None:
        """The update of this iteration, None where there was none; call it once an iteration."""
        update, self._update = self._update, None
        if update is None and self._scaled() and self._wrapper.should_update():
            return self._skipped_by_scaler()
        return update

    def _poisoned_backward(self, loss: torch.Tensor, **settings: object) -> None:
        # times 1 where the loss is finite, and exactly so; times NaN where not: no gradient hides it, in no
        # process, and nothing waits for the device
        self._backward(loss * (1 + 0 * loss.detach()), **settings)

    def _before_step(self, optimizer: torch.optim.Optimizer, *arguments: object) -> None:
        if self._scaled():
            overflow = getattr(optimizer, 'found_inf', None)  # of fused optimizers, which skip by themselves
            if overflow is None or not overflow.item():
                self._update = Update(None)
            return
        norm = self._norm(optimizer)
        if math.isfinite(norm):
            self._update = Update(norm)
            return
        self._update = Update(norm, bad=True, parameters=self._bad_parameters(optimizer))
        optimizer.zero_grad(set_to_none=True)  # an optimizer leaves parameters without a gradient alone

    def _norm(self, optimizer: torch.optim.Optimizer) -> float:
        """The norm of all gradients, which clipping has logged already if there is any."""
        wrapper = self._wrapper
        if wrapper.clip_grad_kwargs and wrapper.grad_name == 'grad_norm':
            return float(wrapper.message_hub.get_scalar('train/grad_norm').current())
        gradients = [parameter.grad for parameter in _with_gradient(optimizer)]
        return get_total_norm(_fewer(gradients)).item()

    def _bad_parameters(self, optimizer: torch.optim.Optimizer) -> list[str]:
        return [
            self._names.get(parameter, 'a parameter of the loss')
            for parameter in _with_gradient(optimizer)
            if not parameter.grad.isfinite().all()
        ]

    def _scaled(self) -> bool:
        scaler = getattr(self._wrapper, 'loss_scaler', None)
        return scaler is not None and scaler.is_enabled()

    def _skipped_by_scaler(self) -> Update | None:
        constant = self._wrapper._scale_update_param is not None
        hopeless = constant or self._wrapper.loss_scaler.get_scale() < 1
        return Update(None, bad=True) if hopeless else None


def _with_gradient(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    groups = optimizer.param_groups
    return [parameter for group in groups for parameter in group['params'] if parameter.grad is not None]


def _fewer(gradients: list[torch.Tensor]) -> list[torch.Tensor]:
    """The same numbers in fewer tensors: on a CPU a call for each bias takes as long as all the sums."""
    plain = all(gradient.layout == torch.strided and gradient.is_cpu for gradient in gradients)
    small = [gradient.reshape(-1) for gradient in gradients if gradient.numel() <= _SMALL]
    if not plain or not small:
        return gradients
    return [torch.cat(small), *(gradient for gradient in gradients if gradient.numel() > _SMALL)]


def guards_of(wrapper: OptimWrapper, model: nn.Module) -> list[GradientGuard]:
    """Guards for a wrapper, or for all of a dict of them."""
    names = {parameter: name for name, parameter in model.named_parameters()}
    wrappers = wrapper.values() if isinstance(wrapper, OptimWrapperDict) else [wrapper]
    return [GradientGuard(one, names) for one in wrappers]


class Buffers:
    """A copy of the buffers of a model, such as the running statistics of batch norm.

    A forward pass changes them, so that one bad batch would stay in them although its update is skipped.

    Args:
        model: The model.
    """

    def __init__(self, model: nn.Module) -> None:
        # a walk over all modules of a network takes longer than the copies
        self._owners = [module._buffers for module in model.modules() if module._buffers]
        self._live: list[torch.Tensor] = []
        self._kept: list[torch.Tensor] = []

    def keep(self) -> None:
        """Copy them."""
        live = [buffer for owner in self._owners for buffer in owner.values() if buffer is not None]
        same = len(live) == len(self._live) and all(map(operator.is_, live, self._live))
        self._live = live
        if same:
            torch._foreach_copy_(self._kept, live)
        else:
            self._kept = [buffer.clone() for buffer in live]

    def put_back(self) -> None:
        """Let them be as they were when they were kept."""
        torch._foreach_copy_(self._live, self._kept)
