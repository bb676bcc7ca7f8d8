"""Crops and flips of a batch at once give what mmpretrain's transforms give one by one."""

import numpy as np
import pytest
import torch
from mmpretrain.datasets.transforms import RandomCrop

from mmchan.data.augmentation import Augmentation

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 5, 6, 3), dtype=np.uint8)
ALL = torch.arange(3)


def apply(steps, *, seed=0, indices=ALL):
    augmentation = Augmentation.of(steps)
    padded = augmentation.padded(torch.from_numpy(IMAGES))
    return augmentation.apply(padded, indices, np.random.default_rng(seed)).numpy()


def windows(step, image):
    """Every image that mmpretrain's crop can give."""
    crop = RandomCrop(**{name: value for name, value in step.items() if name != 'type'})
    height, width = image.shape[:2]
    found = {}
    for top in range(12):
        for left in range(12):
            crop.rand_crop_params = lambda padded, at=(top, left): (
                min(at[0], padded.shape[0] - min(crop.crop_size[0], padded.shape[0])),
                min(at[1], padded.shape[1] - min(crop.crop_size[1], padded.shape[1])),
                *(min(size, whole) for size, whole in zip(crop.crop_size, padded.shape, strict=False)),
            )
            cropped = crop({'img': image.copy(), 'img_shape': (height, width)})['img']
            found[cropped.tobytes()] = cropped.shape
    return found


@pytest.mark.parametrize(
    'settings',
    [
        {'crop_size': (5, 6), 'padding': 1},
        {'crop_size': 4},
        {'crop_size': (5, 6), 'padding': (1, 2), 'pad_val': 7},
        {'crop_size': 5, 'padding': (0, 1, 2, 0), 'pad_val': (1, 2, 3)},
    ],
)
def test_crops_are_those_of_mmpretrain_and_all_occur(settings):
    step = {'type': 'RandomCrop', **settings}
    allowed = windows(step, IMAGES[1])
    seen = set()
    for seed in range(8):
        for image in apply([step], seed=seed, indices=torch.full((60,), 1)):
            assert allowed[image.tobytes()] == image.shape
            seen.add(image.tobytes())
    assert seen == set(allowed)


@pytest.mark.parametrize(('direction', 'axis'), [('horizontal', 1), ('vertical', 0)])
def test_flips_turn_the_share_of_images_that_they_shall(direction, axis):
    step = {'type': 'RandomFlip', 'prob': 0.3, 'direction': direction}
    images = apply([step], indices=torch.zeros(1000, dtype=torch.long))
    flipped = (images == np.flip(IMAGES[0], axis)).all((1, 2, 3))
    assert ((images == IMAGES[0]).all((1, 2, 3)) | flipped).all()
    assert flipped.mean() == pytest.approx(0.3, abs=3 * np.sqrt(0.3 * 0.7 / 1000))


def test_nothing_random_changes_nothing():
    assert np.array_equal(apply([], indices=torch.tensor([2, 0])), IMAGES[[2, 0]])


@pytest.mark.parametrize(
    ('step', 'said'),
    [
        ({'type': 'RandomErasing'}, ['RandomErasing']),
        ({'type': 'RandomFlip', 'prob': [0.2, 0.2], 'direction': ['horizontal', 'vertical']}, None),
        ({'type': 'RandomCrop', 'crop_size': 4, 'pad_if_needed': True}, ['RandomCrop(pad_if_needed)']),
        ({'type': 'mmpretrain.RandomCrop', 'crop_size': 4}, []),
    ],
)
def test_what_cannot_be_done_is_named(step, said):
    found = Augmentation.hindrances([step])
    assert found == (['RandomFlip(prob, direction)'] if said is None else said)


def test_several_crops_are_a_hindrance():
    assert Augmentation.hindrances([{'type': 'RandomCrop', 'crop_size': 4}] * 2) == ['several crops']
