"""An update with gradients or a loss that are not finite does not happen."""

import math

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn

from mmchan.runs.optimizer import Buffers, GradientGuard, guards_of


class Scaled(OptimWrapper):
    """MMEngine's AmpOptimWrapper as far as a CPU lets it: torch's scaler, without autocast."""

    def __init__(self, *, constant=None, scale=4.0, **settings):
        super().__init__(**settings)
        self._scale_update_param = constant
        self.loss_scaler = torch.amp.GradScaler('cpu', init_scale=scale)

    def backward(self, loss, **settings):
        self.loss_scaler.scale(loss).backward(**settings)
        self._inner_count += 1

    def step(self, **settings):
        self.loss_scaler.step(self.optimizer, **settings)
        self.loss_scaler.update(self._scale_update_param)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))


def optimizer_of(model, kind=torch.optim.SGD, **settings):
    return kind(model.parameters(), lr=0.1, **settings)


def state(model, optimizer):
    moments = [value for part in optimizer.state_dict()['state'].values() for value in part.values()]
    return [part.detach().clone() for part in [*model.parameters(), *moments] if part is not None]


def same(one, other):
    return len(one) == len(other) and all(map(torch.equal, one, other))


KINDS = {
    'SGD': (torch.optim.SGD, {'momentum': 0.9, 'weight_decay': 0.1}),
    'fused SGD': (torch.optim.SGD, {'momentum': 0.9, 'fused': True}),
    'AdamW': (torch.optim.AdamW, {}),
    'RMSprop': (torch.optim.RMSprop, {}),
}


@pytest.mark.parametrize(('kind', 'settings'), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize('clip', [None, {'max_norm': 1.0}, {'type': 'value', 'clip_value': 1.0}])
def test_bad_update_leaves_weights_and_optimizer(model, kind, settings, clip):
    optimizer = optimizer_of(model, kind, **settings)
    wrapper = OptimWrapper(optimizer, clip_grad=clip and dict(clip))
    (guard,) = guards_of(wrapper, model)
    good = torch.randn(8, 3)
    wrapper.update_params(model(good).square().mean())
    assert not guard.take().bad
    before = state(model, optimizer)
    wrapper.update_params(model(good).square().mean() * math.nan)
    update = guard.take()
    assert update.bad
    assert not math.isfinite(update.norm)
    assert update.parameters[0] == '0.weight'
    assert same(before, state(model, optimizer))
    wrapper.update_params(model(good).square().mean())
    assert not guard.take().bad
    assert not same(before, state(model, optimizer))


@pytest.mark.parametrize('number', range(6), ids=['conv', 'bias', 'norm', 'its bias', 'last', 'last bias'])
def test_every_gradient_is_looked_at(model, number):
    optimizer = optimizer_of(model)
    wrapper = OptimWrapper(optimizer)
    (guard,) = guards_of(wrapper, model)
    name, parameter = list(model.named_parameters())[number]

    def spoil(gradient):
        gradient = gradient.clone()
        gradient.view(-1)[-1] = math.inf
        return gradient

    parameter.register_hook(spoil)
    before = state(model, optimizer)
    wrapper.update_params(model(torch.randn(8, 3)).square().mean())
    update = guard.take()
    assert (update.bad, update.parameters) == (True, [name])
    assert same(before, state(model, optimizer))


def test_infinite_loss_with_finite_gradients_is_skipped(model):
    optimizer = optimizer_of(model)
    wrapper = OptimWrapper(optimizer)
    (guard,) = guards_of(wrapper, model)
    before = state(model, optimizer)
    wrapper.update_params(model(torch.randn(8, 3)).mean() + math.inf)
    assert guard.take().bad
    assert same(before, state(model, optimizer))


def test_good_updates_are_bit_identical_to_those_without_a_guard(model):
    weights = []
    for guarded in (False, True):
        torch.manual_seed(1)
        for module in model.modules():
            if hasattr(module, 'reset_parameters'):
                module.reset_parameters()
        wrapper = OptimWrapper(optimizer_of(model, momentum=0.9), clip_grad={'max_norm': 0.5})
        guards = guards_of(wrapper, model) if guarded else []
        for _ in range(5):
            wrapper.update_params(model(torch.randn(8, 3)).square().mean())
        weights.append([part.detach().clone() for part in model.parameters()])
        for guard in guards:
            guard.remove()
    assert same(*weights)


def test_norm_is_that_of_all_gradients(model):
    for clip in (None, {'max_norm': 1e-3}):
        wrapper = OptimWrapper(optimizer_of(model), clip_grad=clip)
        (guard,) = guards_of(wrapper, model)
        data = torch.ones(2, 3).cumsum(0)
        expected = torch.autograd.grad(model(data).square().mean(), list(model.parameters()))
        wrapper.update_params(model(data).square().mean())
        guard.remove()
        norms = torch.stack([gradient.norm() for gradient in expected])
        assert guard.take().norm == pytest.approx(norms.norm().item(), rel=1e-5)


def test_one_bad_batch_of_those_accumulated_costs_the_update(model):
    wrapper = OptimWrapper(optimizer_of(model), accumulative_counts=2)
    (guard,) = guards_of(wrapper, model)
    before = state(model, wrapper.optimizer)
    wrapper.update_params(model(torch.full((8, 3), math.nan)).mean())
    assert guard.take() is None
    wrapper.update_params(model(torch.randn(8, 3)).mean())
    assert guard.take().bad
    assert same(before, state(model, wrapper.optimizer))


def test_every_wrapper_of_a_dict_is_guarded(model):
    parts = {'first': model[0], 'last': model[2]}
    wrappers = OptimWrapperDict(**{name: OptimWrapper(optimizer_of(part)) for name, part in parts.items()})
    first, last = guards_of(wrappers, model)
    wrappers['last'].update_params(model(torch.randn(8, 3)).mean() * math.nan)
    assert first.take() is None
    assert last.take().bad


def test_removed_guard_leaves_nothing(model):
    wrapper = OptimWrapper(optimizer_of(model))
    guard = GradientGuard(wrapper, {})
    guard.remove()
    wrapper.update_params(model(torch.randn(8, 3)).mean() * math.nan)
    assert guard.take() is None
    assert model[0].weight.isnan().all()


@pytest.mark.parametrize('fused', [False, True])
def test_overflow_is_a_matter_of_the_loss_scale_until_it_is_below_one(model, fused):
    wrapper = Scaled(optimizer=optimizer_of(model, fused=fused))
    (guard,) = guards_of(wrapper, model)
    wrapper.update_params(model(torch.randn(8, 3)).mean())
    assert not guard.take().bad
    before = state(model, wrapper.optimizer)
    taken = []
    for _ in range(5):
        wrapper.update_params(model(torch.randn(8, 3)).mean() * math.inf)
        taken.append(guard.take())
    assert [update is not None and update.bad for update in taken] == [False, False, True, True, True]
    assert taken[-1].norm is None
    assert same(before, state(model, wrapper.optimizer))


def test_overflow_at_a_constant_loss_scale_is_bad(model):
    wrapper = Scaled(optimizer=optimizer_of(model), constant=4.0)
    (guard,) = guards_of(wrapper, model)
    wrapper.update_params(model(torch.randn(8, 3)).mean() * math.inf)
    assert guard.take().bad


def test_buffers_are_put_back(model):
    buffers = Buffers(model)
    for _ in range(2):
        buffers.keep()
        before = {name: value.clone() for name, value in model.state_dict().items()}
        model(torch.full((8, 3), math.nan))
        assert model[1].running_mean.isnan().all()
        buffers.put_back()
        assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
        model(torch.randn(8, 3))


def test_buffers_that_were_exchanged_are_kept_anew(model):
    buffers = Buffers(model)
    buffers.keep()
    model[1].running_mean = torch.full((4,), 7.0)
    buffers.keep()
    model[1].running_mean.zero_()
    buffers.put_back()
    assert model[1].running_mean.eq(7).all()
