"""A widening convolution and its batch norm in one step are what they are in two."""

import copy

import pytest
import torch
from torch.nn import functional as F

from mmchan.channels.plans import ConvPlan
from mmchan.models.layers import build_conv_norm
from mmchan.models.pointwise import _Expand, can_expand

NORM = {'type': 'BN'}


def maps(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Random maps in channels_last."""
    drawn = torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(0))
    return drawn.contiguous(memory_format=torch.channels_last)


def test_gradients_of_first_and_second_order_are_those_of_differences():
    parts = [maps(2, 3, 3, 3), maps(9, 3, 1, 1), *maps(2, 9, 1, 1).flatten(1)]
    parts = [part.double().requires_grad_() for part in parts]
    assert torch.autograd.gradcheck(lambda *given: _Expand.apply(*given, 1e-5)[0], parts)
    assert torch.autograd.gradgradcheck(lambda *given: _Expand.apply(*given, 1e-5)[0], parts)


@pytest.mark.parametrize('shift', [0, 5])
def test_outputs_gradients_and_running_statistics_are_those_of_two_layers(shift):
    fused = build_conv_norm(ConvPlan(8, 48, activation='silu'), conv_cfg=None, norm_cfg=NORM).train()
    exact = copy.deepcopy(fused).double()  # which takes the two layers
    x = (maps(4, 8, 7, 5) + shift).requires_grad_()
    y = x.detach().double().requires_grad_()
    assert can_expand(fused.conv, fused.bn, x)
    assert not can_expand(exact.conv, exact.bn, y)
    weights = maps(4, 48, 7, 5)
    out, same = fused(x), exact(y)
    (out * weights).sum().backward()
    (same * weights).sum().backward()
    ours = [out, x.grad, *(parameter.grad for parameter in fused.parameters()), *fused.buffers()]
    theirs = [same, y.grad, *(parameter.grad for parameter in exact.parameters()), *exact.buffers()]
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other.to(mine.dtype), rtol=1e-3, atol=1e-4)
    assert out.is_contiguous(memory_format=torch.channels_last)


def test_evaluation_hooks_and_contiguous_maps_take_the_two_layers():
    layers = build_conv_norm(ConvPlan(2, 8), conv_cfg=None, norm_cfg=NORM).train()
    x = maps(2, 2, 4, 4)
    assert can_expand(layers.conv, layers.bn, x)
    assert not can_expand(layers.conv, layers.bn, x.contiguous())
    with torch.no_grad():
        assert not can_expand(layers.conv, layers.bn, x)
    with torch.autocast('cpu', torch.bfloat16):
        assert not can_expand(layers.conv, layers.bn, x)
    handle = layers.bn.register_forward_hook(lambda *_: None)
    assert not can_expand(layers.conv, layers.bn, x)
    handle.remove()
    assert not can_expand(layers.conv, layers.eval().bn, x)
    assert torch.equal(layers(x), F.batch_norm(layers.conv(x), torch.zeros(8), torch.ones(8)))
