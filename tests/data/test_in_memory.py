"""Images in memory are those that mmpretrain's data sets give one by one."""

import pickle

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.registry import DATASETS, DefaultScope
from PIL import Image

from mmchan.data import in_memory
from mmchan.data.digits import load_split, write_digits
from mmchan.data.in_memory import read_images
from mmchan.errors import InputError
from tests.data.idx import write_idx

RNG = np.random.default_rng(0)


def folder(root, sizes=((6, 5),) * 4):
    for index, (height, width) in enumerate(sizes):
        path = root / 'train' / 'ab'[index % 2] / f'{index}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(path)
    return {'type': 'CustomDataset', 'data_root': str(root), 'data_prefix': 'train'}


def packed(dataset):
    """Inputs and labels as the ordinary path packs them."""
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        built = DATASETS.build(ConfigDict(dataset))
    samples = [built[index] for index in range(len(built))]
    inputs = torch.stack([sample['inputs'] for sample in samples])
    return inputs, torch.cat([sample['data_samples'].gt_label for sample in samples])


def check_same(dataset):
    images = read_images(dataset)
    inputs, labels = packed(dataset)
    assert images.pixels.dtype == torch.uint8
    assert torch.equal(images.pixels.permute(0, 3, 1, 2), inputs)
    assert torch.equal(images.labels, labels)
    assert read_images(dataset) is images


def test_a_folder_with_a_resize_is_read_as_it_is_packed(tmp_path):
    steps = [{'type': 'LoadImageFromFile'}, {'type': 'Resize', 'scale': (7, 8)}, {'type': 'PackInputs'}]
    check_same({**folder(tmp_path, ((6, 5), (3, 9))), 'pipeline': steps})


def test_idx_files_are_read_as_they_are_packed(tmp_path):
    write_idx(tmp_path, images=9)
    for split, test_mode in (('train', False), ('test', True)):
        check_same(
            {
                'type': 'FashionMNIST',
                'data_root': str(tmp_path),
                'split': split,
                'test_mode': test_mode,
                'download': False,
                'pipeline': [{'type': 'PackInputs'}],
            }
        )


def test_cifar_files_are_read_as_they_are_packed(tmp_path, monkeypatch):
    from mmpretrain.datasets import CIFAR10

    monkeypatch.setattr(CIFAR10, '_check_integrity', lambda self: True)
    (tmp_path / CIFAR10.base_folder).mkdir()
    content = {'data': RNG.integers(0, 256, (3, 3072), dtype=np.uint8), 'labels': [2, 0, 1]}
    (tmp_path / CIFAR10.base_folder / 'test_batch').write_bytes(pickle.dumps(content))
    steps = [{'type': 'PackInputs'}]
    check_same({'type': 'CIFAR10', 'data_root': str(tmp_path), 'split': 'test', 'pipeline': steps})


def test_digits_are_those_of_scikit_learn(tmp_path):
    write_digits(tmp_path / 'digits')
    loading = [{'type': 'LoadImageFromFile'}]
    root = str(tmp_path / 'digits')
    images = read_images(
        {'type': 'CustomDataset', 'data_root': root, 'data_prefix': 'val', 'pipeline': loading}
    )
    pixels, labels, held_out = load_split()
    order = np.lexsort((np.flatnonzero(held_out), labels[held_out]))
    assert np.array_equal(images.labels, labels[held_out][order])
    for channel in range(3):
        assert np.array_equal(images.pixels[..., channel], pixels[held_out][order])


def test_images_of_different_sizes_are_refused(tmp_path):
    dataset = folder(tmp_path, ((6, 5), (6, 5), (4, 4)))
    with pytest.raises(InputError, match=r'the first \(6, 5, 3\): images in memory must be of equal size'):
        read_images({**dataset, 'pipeline': [{'type': 'LoadImageFromFile'}]})


def test_more_images_than_fit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(in_memory, 'LIMIT', 300)
    with pytest.raises(InputError, match='train them by the ordinary path'):
        read_images({**folder(tmp_path), 'pipeline': [{'type': 'LoadImageFromFile'}]})
