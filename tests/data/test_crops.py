"""The crop draws as mmpretrain's and resizes as Pillow, up to what is documented."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from mmchan.data.crops import MODES, RandomResizedCrop, resized
from mmchan.errors import InputError
from mmchan.registry import TRANSFORMS

PHOTOGRAPH = data.coffee()


def pillow(image, size, interpolation):
    mode = {'bilinear': Image.Resampling.BILINEAR, 'bicubic': Image.Resampling.BICUBIC}[interpolation]
    return np.asarray(Image.fromarray(image).resize(size[::-1], mode))


@pytest.mark.parametrize('interpolation', MODES)
@pytest.mark.parametrize(
    'size', [(224, 224), (100, 150), (500, 700)], ids=['smaller', 'much smaller', 'larger']
)
def test_pixels_differ_from_pillow_by_as_little_as_documented(size, interpolation):
    found = resized(PHOTOGRAPH, size, interpolation=interpolation)
    off = np.abs(found.astype(int) - pillow(PHOTOGRAPH, size, interpolation))
    assert (off == 0).mean() > 0.97
    assert (off > 1).mean() < 1e-4


def test_constant_image_stays_constant():
    image = np.full((50, 70, 3), (0, 99, 255), np.uint8)
    assert np.unique(resized(image, (20, 90), interpolation='bicubic').reshape(-1, 3), axis=0).tolist() == [
        [0, 99, 255]
    ]


def test_part_of_an_image_is_resized_like_a_copy_of_it():
    part = PHOTOGRAPH[10:200, 300:40:-1]
    for channels in (part, part[..., :1], part[..., 0]):
        found = resized(channels, (64, 48), interpolation='bicubic')
        np.testing.assert_array_equal(found, resized(channels.copy(), (64, 48), interpolation='bicubic'))
    assert found.shape == (64, 48)


@pytest.mark.parametrize('shape', [(375, 500, 3), (20, 300, 3), (300, 20, 3), (1, 1, 3)], ids=str)
@pytest.mark.parametrize('attempts', [10, 0])
def test_crops_are_those_of_mmpretrain(shape, attempts):
    from mmpretrain.datasets import RandomResizedCrop as Original

    image = np.zeros(shape, np.uint8)
    drawn = []
    for kind in (Original, RandomResizedCrop):
        np.random.seed(5)
        crop = kind(scale=224, max_attempts=attempts)
        drawn.append([crop.rand_crop_params(image) for _ in range(30)])
    assert drawn[0] == drawn[1]


def test_built_by_name_it_gives_what_mmpretrain_gives():
    from mmpretrain.datasets import RandomResizedCrop as Original

    settings = {'scale': (32, 48), 'interpolation': 'bicubic'}
    crop = TRANSFORMS.build({'type': 'mmchan.RandomResizedCrop', **settings})
    results = []
    for step in (crop, Original(backend='pillow', **settings)):
        np.random.seed(0)
        results.append(step({'img': PHOTOGRAPH, 'img_shape': None}))
    assert results[0]['img_shape'] == results[1]['img_shape'] == (32, 48, 3)
    assert np.abs(results[0]['img'].astype(int) - results[1]['img']).mean() < 0.02
    assert "interpolation='bicubic'" in repr(crop)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'scale': 0}, 'scale must be'),
        ({'crop_ratio_range': (1.0, 0.5)}, 'crop_ratio_range must be'),
        ({'aspect_ratio_range': (0, 1)}, 'aspect_ratio_range must be'),
        ({'max_attempts': -1}, 'max_attempts must be'),
        ({'interpolation': 'area'}, "interpolation must be 'bilinear' or 'bicubic', got 'area'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else '',
)
def test_settings_outside_their_range_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        RandomResizedCrop(**{'scale': 224, **settings})
