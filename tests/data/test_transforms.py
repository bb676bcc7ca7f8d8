"""Our lighting is mmcv's arithmetic, without its wrap-around."""

import mmcv
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mmchan.channels import InputError
from mmchan.data.transforms import Lighting, add_clipped
from mmchan.registry import TRANSFORMS

PCA = {
    'eigval': [0.2175, 0.0188, 0.0045],
    'eigvec': [[-0.5836, -0.6948, 0.4203], [-0.5808, -0.0045, -0.814], [-0.5675, 0.7192, 0.4009]],
}
SHIFTS = st.lists(st.floats(-300, 300), min_size=3, max_size=3).map(np.array)


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (17, 23, 3), dtype=np.uint8)


def test_registry_finds_it_by_name():
    assert isinstance(TRANSFORMS.build({'type': 'mmchan.Lighting', **PCA}), Lighting)


@given(image=arrays.arrays(np.uint8, (2, 3, 3)), shift=SHIFTS)
def test_integers_are_rounded_and_clipped(image, shift):
    shifted = add_clipped(image, shift)
    assert shifted.dtype == np.uint8
    # half a step: the sum is rounded in float32
    assert np.abs(shifted - np.clip(image + shift, 0, 255)).max() <= 0.5 + 1e-4


@given(shift=SHIFTS)
def test_floats_keep_all_values(shift):
    image = np.linspace(0, 255, 12, dtype=np.float32).reshape(2, 2, 3)
    shifted = add_clipped(image, shift)
    assert shifted.dtype == np.float32
    assert np.allclose(shifted, image + shift, atol=1e-3)


@pytest.mark.parametrize('to_rgb', [False, True])
def test_it_equals_mmcv_where_nothing_wraps(image, to_rgb):
    np.random.seed(3)
    pca = {name: np.array(values) for name, values in PCA.items()}
    expected = mmcv.adjust_lighting(image.copy(), **pca, alphastd=25.5, to_rgb=to_rgb)
    np.random.seed(3)
    shifted = Lighting(**PCA, alphastd=25.5, to_rgb=to_rgb)({'img': image.copy()})['img']
    assert np.array_equal(shifted, np.clip(np.rint(expected), 0, 255))


def test_white_stays_white_where_mmpretrain_turns_it_black():
    from mmpretrain.datasets.transforms import Lighting as Wrapping

    white = np.full((1, 1, 3), 254, np.uint8)
    darkest = {'ours': 255, 'theirs': 255}
    for seed in range(50):
        for name, lighting in (('ours', Lighting), ('theirs', Wrapping)):
            np.random.seed(seed)
            shifted = lighting(**PCA, alphastd=25.5)({'img': white.copy()})['img']
            darkest[name] = min(darkest[name], shifted.min())
    assert darkest['theirs'] < 20
    assert darkest['ours'] > 230


def test_shifts_have_the_covariance_of_the_paper():
    np.random.seed(0)
    lighting = Lighting(**PCA, alphastd=25.5)
    grey = np.full((1, 1, 3), 128, np.float32)
    shifts = np.array([lighting({'img': grey})['img'][0, 0] - 128 for _ in range(20_000)])
    scaled = np.array(PCA['eigvec']) * PCA['eigval'] * 25.5
    assert shifts.mean(0) == pytest.approx(0, abs=0.1)
    assert np.cov(shifts.T) == pytest.approx(scaled @ scaled.T, rel=0.05)


def test_other_keys_and_the_given_image_are_left_alone(image):
    given_image = image.copy()
    results = Lighting(**PCA, alphastd=25.5)({'img': given_image, 'gt_label': 3})
    assert np.array_equal(given_image, image)
    assert results['gt_label'] == 3


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        ({'eigval': 1.0}, 'eigval must be a sequence'),
        ({'eigvec': [[1, 2, 3]]}, 'eigvec must be 3 rows of 3 numbers'),
        ({'alphastd': -1}, 'alphastd must be >= 0'),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(InputError, match=message):
        Lighting(**{**PCA, **wrong})
