"""Looking values up gives mmcv's own pixels."""

import numpy as np
import pytest
from mmcv.image import geometric, photometric
from skimage import data

from mmchan.data import pixels

ARGUMENTS = {
    'imflip': [('horizontal',), ('vertical',), ('diagonal',)],
    'solarize': [(0.0,), (77.3,), (128,), (256.0,)],
    'imequalize': [()],
    'auto_contrast': [(), (2,), ((1, 5),)],
    'adjust_brightness': [(0.0,), (0.13,), (1.0,), (1.9,)],
    'adjust_contrast': [(0.0,), (0.13,), (1.0,), (1.9,), (0.5, 'pillow')],
    'adjust_color': [(0.13,), (1.9,), (0.7, 0.2, 3.0)],
}
CASES = [(name, arguments) for name, several in ARGUMENTS.items() for arguments in several]


def images():
    generator = np.random.default_rng(0)
    photograph = np.ascontiguousarray(data.coffee()[::4, ::4])
    yield 'photograph', photograph
    yield 'a view of it', photograph[3:90, 140:3:-1]
    yield 'noise of odd size', generator.integers(0, 256, (37, 23, 3), dtype=np.uint8)
    yield 'few levels', generator.integers(100, 104, (16, 16, 3), dtype=np.uint8)
    yield 'one colour', np.full((9, 7, 3), (3, 200, 255), np.uint8)
    yield 'one pixel', np.full((1, 1, 3), 130, np.uint8)


IMAGES = dict(images())


def test_every_function_is_compared():
    assert {function.__name__ for function in pixels.FUNCTIONS} == set(ARGUMENTS)


def original(name):
    return getattr(geometric if name == 'imflip' else photometric, name)


@pytest.mark.parametrize('image', IMAGES.values(), ids=IMAGES)
@pytest.mark.parametrize(('name', 'arguments'), CASES, ids=str)
def test_pixels_are_those_of_mmcv(name, arguments, image):
    given = image.copy()
    found = getattr(pixels, name)(image, *arguments)
    # mmpretrain turns what comes into the type of the image
    np.testing.assert_array_equal(found, original(name)(image.copy(), *arguments).astype(image.dtype))
    np.testing.assert_array_equal(image, given)
    assert found.dtype == np.uint8


@pytest.mark.parametrize('name', ['imflip', 'solarize', 'adjust_brightness'])
@pytest.mark.parametrize('shape', [(8, 8, 4), (8, 8)], ids=['four channels', 'grey'])
def test_other_images_are_left_to_mmcv(name, shape):
    image = np.random.default_rng(0).random(shape, np.float32) * 255
    np.testing.assert_array_equal(getattr(pixels, name)(image), original(name)(image))
