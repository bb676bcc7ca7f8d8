"""Images are found, predicted and drawn; what is wrong with them is said."""

import copy
import json

import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope
from PIL import Image
from sklearn.datasets import load_sample_images

from mmchan.channels import InputError
from mmchan.prediction.inference import RESULTS, Result, find_images, load_predictor, predict, whole_images
from mmchan.runs.config import load_config
from tests import coco_data
from tests.cli.command_lines import DIGITS, ROOT


@pytest.fixture(scope='module')
def photographs(tmp_path_factory):
    folder = tmp_path_factory.mktemp('photographs')
    for name, pixels in zip(('china', 'flower'), load_sample_images().images, strict=True):
        Image.fromarray(pixels[::2, ::2]).save(folder / f'{name}.jpg')
    (folder / 'notes.txt').write_text('no image')
    return folder


def checkpoint_of(path, out):
    """Random weights of a config, as a checkpoint of its training."""
    cfg = load_config(path)
    init_default_scope(cfg.default_scope)
    from mmengine.registry import MODELS

    torch.manual_seed(0)
    model = {
        **cfg.model,
        'data_preprocessor': cfg.get('data_preprocessor', cfg.model.get('data_preprocessor')),
    }
    if cfg.default_scope == 'mmpretrain':
        model['data_preprocessor'] = {'type': 'ClsDataPreprocessor', **model['data_preprocessor']}
    state = MODELS.build(model).state_dict()
    meta = {'dataset_meta': {'classes': [f'digit {number}' for number in range(10)]}}
    torch.save({'state_dict': state, 'meta': meta}, out)
    return str(out)


@pytest.fixture(scope='module')
def classifier(tmp_path_factory):
    return checkpoint_of(DIGITS, tmp_path_factory.mktemp('checkpoint') / 'classifier.pth')


@pytest.fixture(scope='module')
def detector(tmp_path_factory):
    return checkpoint_of(ROOT / coco_data.MASK_RCNN, tmp_path_factory.mktemp('checkpoint') / 'detector.pth')


def test_files_folders_and_patterns_give_every_image_once(photographs, monkeypatch):
    monkeypatch.chdir(photographs)
    china, flower = photographs / 'china.jpg', photographs / 'flower.jpg'
    assert find_images([str(photographs)]) == [china, flower]
    assert find_images([str(photographs / 'f*.jpg'), str(photographs)]) == [flower, china]
    assert [path.name for path in find_images(['china.jpg', './china.jpg', '*.jpg'])] == [
        'china.jpg',
        'flower.jpg',
    ]


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('empty', "folder '.*empty' holds no image"),
        ('*.png', r"no file matches '.*\*.png'"),
        ('absent.jpg', "there is no image '.*absent.jpg'"),
    ],
)
def test_names_without_images_are_refused(tmp_path, name, message):
    (tmp_path / 'empty').mkdir()
    with pytest.raises(InputError, match=message):
        find_images([str(tmp_path / name)])


def test_classifier_says_a_class_and_a_score(photographs, classifier, tmp_path):
    predictor = load_predictor(load_config(DIGITS), classifier, device='cpu')
    said = predict(find_images([str(photographs)]), predictor, tmp_path / 'out')
    assert json.loads((tmp_path / 'out' / RESULTS).read_text()) == said
    for entry in said:
        assert entry['class'] == f'digit {entry["label"]}'
        assert 0.1 <= entry['score'] <= 1
        with Image.open(tmp_path / 'out' / entry['drawing']) as drawing:
            assert min(drawing.size) >= 213


def test_detector_gives_boxes_and_masks(photographs, detector, tmp_path):
    cfg = copy.deepcopy(load_config(ROOT / coco_data.MASK_RCNN))
    cfg.model.test_cfg.rcnn.score_thr = 0.01
    predictor = load_predictor(cfg, detector, device='cpu', score_threshold=0.02)
    said = predict([photographs / 'china.jpg'], predictor, tmp_path / 'out')
    found = said[0]['detections']
    assert found
    for entry in found:
        _left, _top, width, height = entry['bbox']
        assert width > 0
        assert height > 0
        assert entry['score'] >= 0.02
        assert entry['segmentation']['size'] == [214, 320]
        assert entry['class'] == f'digit {entry["label"]}'
    with Image.open(tmp_path / 'out' / 'china.png') as drawing:
        assert drawing.size == (320, 214)


def test_checkpoint_of_another_config_is_refused(detector, classifier):
    with pytest.raises(InputError, match='another family: rexnet-1.0x in the layout of mmchan'):
        load_predictor(load_config(DIGITS), detector, device='cpu')


def test_missing_checkpoint_is_named():
    with pytest.raises(InputError, match=r"no checkpoint 'absent\.pth'"):
        load_predictor(load_config(DIGITS), 'absent.pth')


def nothing_found(image):
    return Result({'image': str(image), 'detections': []}, np.zeros((4, 4, 3), np.uint8))


def test_broken_images_are_left_out_and_named(photographs, tmp_path):
    coco_data.truncate(
        Image.open(photographs / 'china.jpg').save(tmp_path / 'cut.jpg') or tmp_path / 'cut.jpg'
    )
    images = [photographs / 'notes.txt', tmp_path / 'cut.jpg', photographs / 'china.jpg']
    whole, broken = whole_images(images)
    assert whole == [photographs / 'china.jpg']
    assert [(path.name, 'truncated' in why) for path, why in broken] == [
        ('notes.txt', False),
        ('cut.jpg', True),
    ]


def test_nothing_but_broken_images_is_an_error(photographs):
    with pytest.raises(InputError, match=r'nothing can be predicted\n.*notes.txt: the file is no image'):
        whole_images([photographs / 'notes.txt'])


def test_images_of_the_same_name_get_drawings_of_their_own(photographs, tmp_path):
    (tmp_path / 'china.jpg').write_bytes((photographs / 'china.jpg').read_bytes())
    said = predict([photographs / 'china.jpg', tmp_path / 'china.jpg'], nothing_found, tmp_path / 'out')
    assert [entry['drawing'] for entry in said] == ['china.png', 'china-2.png']
