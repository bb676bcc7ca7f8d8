"""The model of a config and its checkpoint say what is on an image, and draw it."""

import copy
import json

import pytest
import torch
from mmengine.registry import init_default_scope
from PIL import Image

from mmchan.channels import InputError
from mmchan.prediction.files import RESULTS, find_images, predict_files
from mmchan.prediction.predictor import load_predictor
from mmchan.runs.config import load_config
from tests import coco_data
from tests.cli.command_lines import DIGITS, ROOT
from tests.prediction.pictures import write_photographs


@pytest.fixture(scope='module')
def photographs(tmp_path_factory):
    return write_photographs(tmp_path_factory.mktemp('photographs'))


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


def test_classifier_says_a_class_and_a_score(photographs, classifier, tmp_path):
    predictor = load_predictor(load_config(DIGITS), classifier, device='cpu')
    said = predict_files(find_images([str(photographs)]), predictor, tmp_path / 'out')
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
    said = predict_files([photographs / 'china.jpg'], predictor, tmp_path / 'out')
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
