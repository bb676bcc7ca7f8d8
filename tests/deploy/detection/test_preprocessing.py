import cv2
import mmcv
import numpy as np
import pytest
import torch

from mmchan.deploy.detection.preprocessing import Preprocessing
from mmchan.deploy.detection.resizing import Resizing, read_resizing
from mmchan.errors import InputError

SIZES = [(int(height), int(width)) for height, width in np.random.default_rng(0).integers(20, 1500, (300, 2))]


def inside(resizing, *, swap=False):
    return Preprocessing(resizing, torch.zeros(3), torch.ones(3), swap=swap)


def test_sizes_are_those_of_mmcv_outside_and_inside_a_graph():
    resizing = Resizing((1333, 800))
    for height, width in SIZES:
        expected = mmcv.rescale_size((width, height), (1333, 800))[::-1]
        assert resizing.size(height, width) == expected
        assert tuple(int(side) for side in inside(resizing)._size(height, width)) == expected


def test_a_fixed_scale_is_width_before_height():
    assert Resizing((320, 240), keep_ratio=False).size(100, 100) == (240, 320)


@pytest.mark.parametrize('size', [(90, 61), (200, 333), (96, 64)])
def test_pixels_are_those_of_opencv(size):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    resizing = Resizing((96, 64))
    rows, columns = resizing.size(*size)
    expected = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_LINEAR)
    found, back = inside(resizing, swap=True)(torch.from_numpy(pixels[None]))
    difference = np.abs(found[0].permute(1, 2, 0).numpy()[..., ::-1] - expected)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3
    np.testing.assert_allclose(back.numpy(), [size[1] / columns, size[0] / rows] * 2, rtol=1e-6)


def test_a_pipeline_that_does_more_is_refused():
    steps = [{'type': 'LoadImageFromFile'}, {'type': 'Pad', 'size_divisor': 32}, {'type': 'PackDetInputs'}]
    with pytest.raises(InputError, match='Pad in the test pipeline cannot be exported'):
        read_resizing(steps)


def test_other_ways_to_resize_are_refused():
    step = {'type': 'mmdet.Resize', 'scale': (96, 64), 'interpolation': 'nearest'}
    with pytest.raises(InputError, match="'bilinear', got 'nearest'"):
        read_resizing([step])
