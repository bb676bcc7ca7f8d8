"""Looking values up gives mmcv's own pixels."""

import mmcv
import numpy as np
import pytest
from mmcv.image import geometric, photometric
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
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
POLICY = {
    'type': 'RandAugment',
    'policies': 'timm_increasing',
    'num_policies': 2,
    'magnitude_level': 9,
    'magnitude_std': 0.5,
}


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


def test_no_function_of_another_name_is_replaced():
    before = {function.__name__: getattr(mmcv, function.__name__) for function in pixels.FUNCTIONS}
    with pixels.by_table():
        assert all(getattr(mmcv, function.__name__) is function for function in pixels.FUNCTIONS)
    assert all(getattr(mmcv, name) is function for name, function in before.items())
    assert {function.__name__ for function in pixels.FUNCTIONS} == set(ARGUMENTS)


@pytest.mark.slow
@pytest.mark.parametrize(
    'step',
    [
        POLICY,
        {'type': 'AutoAugment', 'policies': 'imagenet'},
    ],
    ids=lambda step: step['type'],
)
def test_augmentations_draw_and_give_the_same(step):
    import mmpretrain.datasets  # noqa: F401 (registers them)

    init_default_scope('mmpretrain')
    pipeline = Compose([{'type': 'RandomFlip', 'prob': 0.5}, step])

    def augmented():
        np.random.seed(3)
        return [pipeline({'img': IMAGES['photograph'].copy()})['img'] for _ in range(40)]

    expected = augmented()
    with pixels.by_table():
        np.testing.assert_array_equal(augmented(), expected)
