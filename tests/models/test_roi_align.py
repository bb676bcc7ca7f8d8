"""RoIAlign for CPUs against mmcv's operator."""

from functools import partial

import pytest
import torch
from mmcv import ops
from torch import nn

from mmchan.errors import InputError
from mmchan.models.roi_align import RoIAlign, roi_align, use_quick_roi_align

SIZE = (11, 17)  # of the maps, px


def boxes_around(scale: float, dtype: torch.dtype) -> torch.Tensor:
    """Boxes of two images, half of which leave them; a point, a line, a whole image, one far outside."""
    drawn = torch.Generator().manual_seed(0)
    corners = torch.rand(20, 2, generator=drawn) * 1.6 - 0.3
    boxes = torch.cat((corners, corners + torch.rand(20, 2, generator=drawn) ** 2), 1)
    boxes[0, 2:] = boxes[0, :2]
    boxes[1, 2] = boxes[1, 0]
    boxes[2] = torch.tensor([0, 0, 1, 1])
    boxes[3] = torch.tensor([3, 3, 4, 4])
    images = torch.arange(20)[:, None] % 2
    return torch.cat((images, boxes * torch.tensor([*SIZE[::-1], *SIZE[::-1]]) / scale), 1).to(dtype)


@pytest.mark.parametrize('sampling_ratio', [0, 1, 2])
@pytest.mark.parametrize('aligned', [True, False])
@pytest.mark.parametrize(('dtype', 'tolerance'), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_roi_align_equals_mmcv_forward_and_backward(dtype, tolerance, aligned, sampling_ratio):
    scale = 1 / 16
    maps = torch.randn(2, 3, *SIZE, generator=torch.Generator().manual_seed(1)).to(dtype)
    rois = boxes_around(scale, dtype)
    theirs, ours = maps.clone().requires_grad_(), maps.clone().requires_grad_()
    expected = ops.roi_align(theirs, rois, (3, 5), scale, sampling_ratio, 'avg', aligned)
    channels_last = ours.contiguous(memory_format=torch.channels_last)
    found = roi_align(
        channels_last, rois, (3, 5), spatial_scale=scale, sampling_ratio=sampling_ratio, aligned=aligned
    )
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)
    weights = torch.randn(expected.shape, generator=torch.Generator().manual_seed(2)).to(dtype)
    (expected * weights).sum().backward()
    (found * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=tolerance, atol=10 * tolerance)


@pytest.mark.parametrize('sampling_ratio', [0, 2])
def test_gradient_equals_finite_differences(sampling_ratio):
    maps = torch.randn(2, 2, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    rois = torch.tensor([[0, -1, 0.3, 3, 9], [1, 1.2, 1.1, 4.7, 2.9]], dtype=torch.float64)
    bins = partial(roi_align, rois=rois, output_size=(2, 2), sampling_ratio=sampling_ratio)
    assert torch.autograd.gradcheck(bins, maps.requires_grad_())


def test_bin_of_a_plane_is_the_plane_at_its_middle():
    plane = torch.arange(8.0) + 10 * torch.arange(6.0)[:, None]
    rois = torch.tensor([[0, 1.0, 2.0, 5.0, 4.0]])  # two bins of 2 px in each direction; of 1 px along y
    found = roi_align(plane[None, None], rois, (2, 2), sampling_ratio=2)
    # pixel i has its middle at i + 0.5: bins around x = 2 and 4, y = 2.5 and 3.5
    assert found[0, 0].tolist() == [[20 + 1.5, 20 + 3.5], [30 + 1.5, 30 + 3.5]]


def test_no_boxes_give_no_bins_and_a_gradient_of_zero():
    maps = torch.randn(2, 3, *SIZE, requires_grad=True)
    found = roi_align(maps, torch.zeros(0, 5), (7, 7))
    assert found.shape == (0, 3, 7, 7)
    found.sum().backward()
    assert not maps.grad.any()


def test_half_precision_rounds_the_result_alone():
    maps = torch.randn(2, 3, *SIZE).to(torch.bfloat16)
    rois = boxes_around(1.0, torch.float32)
    found = roi_align(maps, rois, (3, 5))
    assert found.dtype == torch.bfloat16
    assert torch.equal(found, roi_align(maps.float(), rois, (3, 5)).to(torch.bfloat16))


def test_box_that_ends_before_it_begins_is_refused():
    with pytest.raises(InputError, match='x1 <= x2'):
        roi_align(torch.zeros(1, 1, 4, 4), torch.tensor([[0, 3.0, 0, 1, 2]]), (2, 2))


@pytest.mark.parametrize('settings', [{}, {'pool_mode': 'max'}, {'aligned': False}])
def test_layers_of_a_model_are_replaced_and_give_the_same(settings):
    given = {'output_size': (7, 7), 'spatial_scale': 0.5, 'sampling_ratio': 2, **settings}
    model = nn.ModuleDict({'roi_layers': nn.ModuleList([ops.RoIAlign(**given)])})
    maps = torch.randn(2, 3, *SIZE).contiguous(memory_format=torch.channels_last)
    rois = boxes_around(0.5, torch.float32)
    expected = model['roi_layers'][0](maps.contiguous(), rois)
    use_quick_roi_align(model)
    layer = model['roi_layers'][0]
    assert type(layer) is RoIAlign
    assert repr(layer) == repr(ops.RoIAlign(**given))
    torch.testing.assert_close(layer(maps, rois), expected, rtol=1e-5, atol=1e-5)
