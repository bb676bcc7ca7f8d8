"""Batches of random networks compute what torch's layers compute one by one."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from mmchan.design.ranks import KINDS, NONLINEARITIES, Settings
from mmchan.design.ranks.networks import (
    ACTIVATIONS,
    Draw,
    Size,
    conv,
    depthwise_conv,
    normalised,
    outputs,
    singular_values,
)

SEED = np.random.SeedSequence(3)


def drawn(*shape):
    return torch.from_numpy(np.random.default_rng(1).standard_normal(shape))


@pytest.mark.parametrize('kernel', [1, 3])
def test_conv_is_torchs_for_every_network(kernel):
    x, weights = drawn(2, 5, 4, 3, 3), drawn(2, 6, 4 * kernel**2)
    for images, own, out in zip(x, weights, conv(x, weights), strict=True):
        expected = F.conv2d(images, own.view(6, 4, kernel, kernel), padding=kernel // 2)
        torch.testing.assert_close(out, expected)


def test_depthwise_conv_is_torchs_for_every_network():
    x, weights = drawn(2, 5, 4, 3, 3), drawn(2, 4, 9)
    for images, own, out in zip(x, weights, depthwise_conv(x, weights), strict=True):
        torch.testing.assert_close(out, F.conv2d(images, own.view(4, 1, 3, 3), padding=1, groups=4))


def test_on_one_pixel_the_centre_of_a_kernel_is_all_that_counts():
    x, weights = drawn(1, 5, 4, 1, 1), drawn(1, 6, 36)
    centre = weights.view(1, 6, 4, 9)[..., 4]
    torch.testing.assert_close(conv(x, centre), conv(x, weights))


def test_batch_norm_is_torchs_and_scale_leaves_the_mean():
    x = drawn(2, 50, 4, 2, 2) + 3
    for images, out in zip(x, normalised(x, 'batch'), strict=True):
        torch.testing.assert_close(out, F.batch_norm(images, None, None, training=True))
    scaled = normalised(x, 'scale')
    torch.testing.assert_close(scaled - scaled.mean((1, 3, 4), keepdim=True), normalised(x, 'batch'))
    assert normalised(x, 'none') is x


def test_singular_values_are_numpys():
    for shape in ((3, 4, 9), (2, 9, 4)):
        matrices = drawn(*shape)
        expected = np.linalg.svd(matrices.numpy(), compute_uv=False)
        np.testing.assert_allclose(singular_values(matrices), expected, rtol=1e-12)


def test_small_singular_values_are_resolved_next_to_a_large_one():
    left, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))
    right, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((30, 6)))
    known = 10.0 ** -np.arange(0, 12, 2)
    matrix = torch.from_numpy(left @ np.diag(known) @ right.T)[None]
    np.testing.assert_allclose(singular_values(matrix)[0], known, atol=1e-14)


def test_every_nonlinearity_is_torchs():
    assert ACTIVATIONS.keys() == NONLINEARITIES.keys()
    x = torch.linspace(-8, 8, 101)
    by_hand = {
        'linear': x,
        'relu6': x.clamp(0, 6),
        'relu': x.clamp_min(0),
        'leaky_relu': torch.where(x > 0, x, 0.01 * x),
        'elu': torch.where(x > 0, x, x.exp() - 1),
        'softplus': (1 + x.exp()).log(),
        'hardswish': x * (x + 3).clamp(0, 6) / 6,
        'silu': x / (1 + (-x).exp()),
    }
    for name, expected in by_hand.items():
        torch.testing.assert_close(ACTIVATIONS[name](x), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('map_size', [1, 2])
def test_outputs_have_a_row_per_feature_and_a_column_per_input(kind, map_size):
    settings = Settings(inputs=2.5, norm='none', nonlinearities=('linear', 'silu'))
    found = list(outputs(settings, Size(kind, 2, 10, 2, map_size), batch=3, seed=SEED))
    features = 10 * map_size**2
    assert [matrices.shape for matrices in found] == [(3, features, round(2.5 * features))] * 2


@pytest.mark.parametrize(('law', 'spread'), [('normal', (2 / 18) ** 0.5), ('uniform', (1 / 3 / 18) ** 0.5)])
def test_weights_spread_by_the_fan_in(law, spread):
    draw = Draw(Settings(weights=law), 50, SEED)
    weights = draw.weights(20, 2, 3, 2)
    assert weights.shape == (50, 20, 18)
    assert weights.std().item() == pytest.approx(spread, rel=0.02)
    assert abs(weights.mean().item()) < 0.02 * spread * 18


def test_inputs_are_uniform_or_normal():
    uniform = Draw(Settings(values='uniform'), 2, SEED).inputs(500, 3, 1)
    assert (uniform.min() >= 0, uniform.max() <= 1) == (True, True)
    assert uniform.mean().item() == pytest.approx(0.5, abs=0.03)
    normal = Draw(Settings(values='normal'), 2, SEED).inputs(500, 3, 1)
    assert (normal.mean().item(), normal.std().item()) == pytest.approx((0, 1), abs=0.06)
