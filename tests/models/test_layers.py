"""TensorFlow's padding, against mmcv's own implementation of it."""

import pytest
import torch
from mmcv.cnn import build_conv_layer

from mmchan.channels import ConvPlan, InputError
from mmchan.models.layers import SamePad, build_conv_norm


@pytest.mark.parametrize('kernel_size', [3, 5])
@pytest.mark.parametrize('stride', [1, 2, 3])
@pytest.mark.parametrize('dilation', [1, 2])
@pytest.mark.parametrize('size', [(7, 8), (9, 10), (12, 13)])
def test_same_padding_equals_mmcvs(kernel_size, stride, dilation, size):
    plan = ConvPlan(4, 6, kernel_size, stride, dilation=dilation, bias=True, norm=False, same_padding=True)
    ours = build_conv_norm(plan, conv_cfg=None, norm_cfg={'type': 'BN'})
    theirs = build_conv_layer(
        {'type': 'Conv2dAdaptivePadding'}, 4, 6, kernel_size, stride=stride, dilation=dilation
    )
    theirs.load_state_dict(ours.conv.state_dict())
    x = torch.randn(2, 4, *size)
    assert torch.allclose(ours(x), theirs(x), atol=1e-6)


def test_a_kernel_smaller_than_its_stride_is_refused():
    with pytest.raises(InputError, match=r'kernel_size must be >= stride \(2\), got 1'):
        SamePad(ConvPlan(4, 4, stride=2, same_padding=True))
