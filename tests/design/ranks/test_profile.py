"""The blocks of a network on images: what is measured is what the blocks give."""

import copy

import numpy as np
import pytest
import torch

from mmchan.channels import get_plan
from mmchan.design.ranks import BLOCK, profile_blocks, randomised
from mmchan.errors import InputError
from mmchan.models import build_backbone

SMALL = {
    'rexnet': {'variant': 'rexnet-1.0x', 'width_mult': 0.5, 'stem_stride': 1},
    'regnet': {'family': 'regnet', 'w0': 8, 'wa': 8, 'wm': 2, 'depth': 4, 'group_width': 8},
}


@pytest.fixture(scope='module', params=SMALL)
def backbone(request):
    torch.manual_seed(5)
    return build_backbone(SMALL[request.param]).eval()


@pytest.fixture(scope='module')
def images():
    return [*torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(1)).split(1)]


def block_outputs(backbone, images):
    """What every block gives for all images, (channels, pixels), computed block by block."""
    with torch.no_grad():
        x = backbone._run_stem(torch.cat(images))
        for name in backbone.stage_names:
            for block in getattr(backbone, name):
                x = block(x)
                yield x.transpose(0, 1).flatten(1).double().numpy()


def test_blocks_are_measured_by_all_their_pixels(backbone, images):
    found = [one for one in profile_blocks(backbone, images, columns=10**6) if one.part == BLOCK]
    for one, plan, matrix in zip(found, backbone.plan.blocks, block_outputs(backbone, images), strict=True):
        assert (one.in_channels, one.channels) == (plan.in_channels, plan.out_channels)
        assert one.columns == matrix.shape[1]
        values = np.linalg.svd(matrix, compute_uv=False)
        tolerance = max(matrix.shape) * np.finfo(np.float32).eps * values[0]
        # singular values beside the tolerance may fall on either side of it
        low, high = (np.linalg.matrix_rank(matrix, tol=tolerance * factor) for factor in (1.5, 0.67))
        assert low <= one.rank_ratio * one.channels <= high
        assert one.nuclear_norm == pytest.approx(values.sum(), rel=1e-4)
        assert one.stable_rank * one.channels == pytest.approx((values**2).sum() / values[0] ** 2, rel=1e-4)


def test_parts_of_inverted_bottlenecks_are_told_by_role(images):
    backbone = build_backbone(SMALL['rexnet']).eval()
    parts = [(one.block, one.part, one.in_channels, one.channels) for one in profile_blocks(backbone, images)]
    expected = []
    for index, plan in enumerate(get_plan(SMALL['rexnet']).blocks):
        expected += [(index, conv.role, conv.in_channels, conv.out_channels) for conv in plan.convs]
        expected.append((index, BLOCK, plan.in_channels, plan.out_channels))
    assert parts == expected


def test_a_depthwise_part_ends_behind_its_gate_and_activation(images):
    backbone = build_backbone(SMALL['rexnet']).eval()
    index, block = next(
        (index, block)
        for index, block in enumerate(
            block for name in backbone.stage_names for block in getattr(backbone, name)
        )
        if 'activate' in block.path
    )
    with torch.no_grad():
        block.depthwise.bn.bias[3] = -1e3  # ReLU6 makes 0 of it, behind the gate
    found = profile_blocks(backbone, images)
    assert next(one for one in found if (one.block, one.part) == (index, 'depthwise')).dead >= 1


def test_few_images_limit_the_rank(images):
    backbone = build_backbone(SMALL['regnet']).eval()
    last = profile_blocks(backbone, images[:1])[-1]
    assert last.columns == 4  # 2x2 pixels
    assert last.limited
    assert last.rank_ratio <= 4 / last.channels


def test_pixels_are_shared_among_images_and_drawn_by_the_seed(backbone, images):
    first, again, other = (profile_blocks(backbone, images, columns=40, seed=seed)[0] for seed in (0, 0, 1))
    assert first.columns == 40
    assert first == again
    assert first != other


def test_a_profile_leaves_the_network_as_it_was(images):
    backbone = build_backbone(SMALL['rexnet']).train()
    before = copy.deepcopy(backbone.state_dict())
    profile_blocks(backbone, images)
    assert backbone.training
    assert not any(module._forward_hooks for module in backbone.modules())
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, before[name])


def test_random_weights_are_seeded_and_the_given_network_stays(backbone, images):
    before, state = copy.deepcopy(backbone.state_dict()), torch.get_rng_state()
    first, again, other = (randomised(backbone, images, seed=seed).state_dict() for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), state)
    name = next(name for name, value in first.items() if value.dim() == 4)
    assert not torch.equal(first[name], before[name])
    assert not torch.equal(first[name], other[name])
    for key, value in backbone.state_dict().items():
        assert torch.equal(value, before[key])
        assert torch.equal(first[key], again[key])


def test_the_normalisation_of_random_weights_fits_the_images(images):
    network = randomised(build_backbone(SMALL['regnet']), images)
    with torch.no_grad():
        stem = network.conv1(torch.cat(images))
    torch.testing.assert_close(network.bn1.running_mean, stem.mean((0, 2, 3)), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(network.bn1.running_var, stem.var((0, 2, 3)), rtol=1e-4, atol=1e-5)


def test_one_image_is_enough_for_gates_with_normalisation(images):
    network = randomised(build_backbone(SMALL['rexnet']), images[:1])
    assert all(np.isfinite(one.effective_rank) for one in profile_blocks(network, images[:1]))


def test_no_images_are_refused(backbone):
    with pytest.raises(InputError, match='images must be at least one'):
        profile_blocks(backbone, [])


def test_plain_values_make_the_same_profile(backbone, images):
    one = profile_blocks(backbone, images)[0]
    again = type(one)(**one.as_dict())
    assert again.rank_ratio == pytest.approx(one.rank_ratio, abs=1e-6)
    assert (again.part, again.ratio) == (one.part, one.ratio)
