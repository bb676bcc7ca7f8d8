"""Samples are shown as they are stored and as the pipeline feeds them."""

import copy
from functools import cache

import numpy as np
import pytest
from PIL import Image

from mmchan.channels import InputError
from mmchan.data.browsing import Browser, without_repeats
from mmchan.drawing.samples import draw_samples
from mmchan.runs.config import load_config
from tests import coco_data
from tests.cli.command_lines import DIGITS, ROOT

QUICK = {'serialize_data': False}  # else every data set collects garbage, which takes longer than all else


@pytest.fixture(scope='module')
def detector(tmp_path_factory):
    """A config for a few images, mirrored in training."""
    root = coco_data.write_some(tmp_path_factory.mktemp('coco'))
    cfg = copy.deepcopy(load_config(ROOT / coco_data.MASK_RCNN))
    for split in ('train', 'val'):
        cfg[f'{split}_dataloader'].dataset.update(data_root=str(root), **QUICK)
    pipeline = cfg.train_dataloader.dataset.pipeline
    pipeline.insert(len(pipeline) - 1, {'type': 'RandomFlip', 'prob': 1.0})
    return cfg


@pytest.fixture
def folders(tmp_path):
    """Two folders with an image each, of unlike colours."""
    for name, colour in (('red', (250, 10, 20)), ('blue', (10, 20, 250))):
        (tmp_path / 'train' / name).mkdir(parents=True)
        Image.new('RGB', (12, 12), colour).save(tmp_path / 'train' / name / f'{name}.png')
    return tmp_path


@cache
def digits():
    return load_config(DIGITS)


def classifier(folders, *more):
    cfg = copy.deepcopy(digits())
    cfg.train_dataloader.dataset.update(data_root=str(folders), **QUICK)
    pipeline = cfg.train_dataloader.dataset.pipeline
    cfg.train_dataloader.dataset.pipeline = [*pipeline[:-1], *more, pipeline[-1]]
    return Browser(cfg, 'train')


def test_picture_is_told_from_the_images_of_the_data(folders):
    browser = classifier(folders)
    assert browser.reads(folders / 'train' / 'red' / 'red.png')
    Image.new('RGB', (2, 2)).save(folders / 'train' / 'browse.png')
    assert not browser.reads(folders / 'train' / 'browse.png')
    assert not browser.reads(folders / 'red.png')


def test_folder_without_images_is_said(tmp_path):
    (tmp_path / 'train' / 'red').mkdir(parents=True)
    with pytest.raises(InputError, match='the data of train_dataloader cannot be read: Found 0 files'):
        classifier(tmp_path)


def test_stored_objects_are_those_of_the_file_and_fed_ones_are_mirrored(detector):
    browser = Browser(detector, 'train')
    sample = browser.sample(0, draws=1, seed=0)
    stored, fed = sample.stored, sample.fed[0]
    assert browser.classes == tuple('0123456789')
    assert stored.boxes.shape == (len(stored.labels), 4)
    assert fed.labels == stored.labels
    assert np.array_equal(fed.pixels, stored.pixels[:, ::-1])
    mirrored = stored.boxes.copy()
    mirrored[:, [2, 0]] = stored.pixels.shape[1] - stored.boxes[:, [0, 2]]
    assert np.allclose(fed.boxes, mirrored)
    assert np.array_equal(fed.masks, stored.masks[:, :, ::-1])


def test_data_to_validate_are_shown_too(detector, tmp_path):
    browser = Browser(detector, 'val')
    assert sorted(browser.choose(9, 0)) == list(range(coco_data.COUNTS['val']))
    samples = [browser.sample(index, draws=2, seed=0) for index in browser.choose(2, 0)]
    alone = without_repeats(samples)
    assert [len(sample.fed) for sample in alone] == [1] * len(samples)
    draw_samples(alone, browser.classes, tmp_path / 'sheet.png', title='some')
    with Image.open(tmp_path / 'sheet.png') as sheet:
        assert sheet.width > sheet.height


LIGHTING = {
    'type': 'mmchan.Lighting',
    'eigval': [1.0],
    'eigvec': [[1.0]] * 3,
    'alphastd': 0.0,
    'to_rgb': True,
}


@pytest.mark.parametrize('more', [[], [LIGHTING]], ids=['bgr', 'rgb'])
def test_colours_are_those_of_the_file(folders, more):
    browser = classifier(folders, *more)
    for index, name in enumerate(browser.classes):
        sample = browser.sample(index, draws=1, seed=0)
        assert sample.name == f'{name}.png'
        for view in (sample.stored, *sample.fed):
            assert view.labels == (index,)
            assert (
                np.abs(view.pixels[5, 5] - np.array((250, 10, 20)[:: 1 if name == 'red' else -1])).max() <= 10
            )


def test_same_seed_gives_the_same_and_every_draw_another(folders):
    browser = classifier(folders, {'type': 'RandomErasing', 'erase_prob': 1.0, 'mode': 'rand'})
    first, again, other = (browser.sample(0, draws=2, seed=seed) for seed in (3, 3, 4))
    pixels = [[view.pixels.tolist() for view in sample.fed] for sample in (first, again, other)]
    assert pixels[0] == pixels[1]
    assert pixels[0][0] != pixels[0][1]
    assert pixels[0] != pixels[2]
    assert without_repeats([first]) == [first]


def test_broken_image_is_named(folders):
    browser = classifier(folders)
    (folders / 'train' / 'red' / 'red.png').write_text('no image')
    with pytest.raises(InputError, match=r'red.png: the file is no image'):
        browser.sample(browser.classes.index('red'), draws=1, seed=0)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'default_scope': 'mmseg'}, "must be one of mmpretrain, mmdet, got 'mmseg'"),
        ({'test_dataloader': None}, 'the config has no test_dataloader with a dataset'),
    ],
)
def test_config_without_data_to_show_is_refused(changes, message):
    cfg = copy.deepcopy(digits())
    cfg.update(changes)
    with pytest.raises(InputError, match=message):
        Browser(cfg, 'test')
