"""Folders of images: chosen by a seed, labelled by the names of the folders."""

import numpy as np
import pytest
from PIL import Image

from mmchan.channels import InputError
from mmchan.deploy.images import choose_images, labelled_images


@pytest.fixture
def folder(tmp_path):
    for name in ('cat', 'dog'):
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(tmp_path / name / f'{number}.png')
    return tmp_path


def test_the_same_seed_chooses_the_same_images(folder):
    chosen = [choose_images(folder, number=3, seed=seed) for seed in (0, 0, 1)]
    assert [len(one) for one in chosen] == [3, 3, 3]
    assert chosen[0] == chosen[1] != chosen[2]
    assert len(choose_images(folder, number=100, seed=0)) == 8


@pytest.mark.parametrize(
    ('classes', 'labels'), [(('dog', 'cat', 'owl'), {'cat': 1, 'dog': 0}), ((), {'cat': 0, 'dog': 1})]
)
def test_folders_are_classes_by_name_else_in_order(folder, classes, labels):
    found = labelled_images(folder, classes)
    assert {path.parent.name: label for path, label in found} == labels
    assert len(found) == 8


def test_folders_may_be_called_by_labels(folder):
    (folder / 'cat').rename(folder / '7')
    (folder / 'dog').rename(folder / '2')
    found = labelled_images(folder, tuple('abcdefghij'))
    assert {path.parent.name: label for path, label in found} == {'7': 7, '2': 2}


def test_folders_that_are_no_classes_are_refused(folder):
    with pytest.raises(InputError, match=r'cat is called like no class of the network.*2 folders for 3'):
        labelled_images(folder, ('a', 'b', 'c'))
    with pytest.raises(InputError, match='must hold one folder per class'):
        labelled_images(folder / 'cat', ())
    with pytest.raises(InputError, match="there is no folder '.*absent'"):
        choose_images(folder / 'absent', number=1, seed=0)
