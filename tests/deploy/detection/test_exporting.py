"""Exported detectors find what mmdet finds, in images of every size, also where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest

from mmchan.deploy.detection.detections import detect
from mmchan.deploy.detection.exporting import export_detector
from mmchan.deploy.detection.reference import predict_pixels
from mmchan.deploy.runtimes import open_model
from mmchan.errors import InputError
from tests.deploy.detection import tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope='module')
def mask_rcnn(tmp_path_factory):
    """A Mask R-CNN with its preprocessing inside, and its file."""
    loaded = tiny.build('mask', preprocessing=True)
    out = tmp_path_factory.mktemp('mask') / 'mask.onnx'
    return loaded, export_detector(loaded, out, target='onnx', threads=1)


@pytest.fixture(scope='module')
def photograph():
    from sklearn.datasets import load_sample_image

    return load_sample_image('china.jpg')[100:310, 50:395]


@pytest.mark.parametrize('kind', ['faster', 'cascade', 'retina', 'ssd'])
def test_exported_detectors_find_the_same(kind, tmp_path):
    loaded = tiny.build(kind, preprocessing=False)
    written = export_detector(loaded, tmp_path / f'{kind}.onnx', target='onnx', threads=1)
    assert written.difference.odd == 0
    assert written.difference.detections > 50
    assert written.difference.images == 7
    _check_nothing(open_model(written.path, threads=1), loaded)


def _check_nothing(session, loaded):
    """No score of nothing but NaN is over a threshold: the graph goes on with no boxes at all."""
    nothing = np.full((1, 3, 70, 50), np.nan, dtype=np.float32)
    found = session(nothing)
    assert {name: len(values) for name, values in found.items()} == dict.fromkeys(loaded.metadata.outputs, 0)
    assert found['boxes'].shape == (0, 4)


def test_mask_rcnn_with_its_preprocessing_finds_the_same(mask_rcnn):
    _, written = mask_rcnn
    assert written.difference.odd == 0
    assert written.difference.pixels > 10_000
    assert written.difference.masks < 1e-3


def test_openvino_finds_the_same(mask_rcnn, tmp_path):
    loaded, _ = mask_rcnn
    written = export_detector(loaded, tmp_path / 'mask.xml', target='openvino', threads=1)
    assert written.difference.odd == 0
    assert written.metadata == replace(
        loaded.metadata, version=written.metadata.version, commit=written.metadata.commit
    )


def test_detections_are_near_those_of_the_whole_pipeline(mask_rcnn, photograph):
    # OpenCV resizes with weights of 11 bits, so that some pixels differ by one
    loaded, written = mask_rcnn
    expected = predict_pixels(loaded.model, loaded.pipeline, photograph)
    found = detect(open_model(written.path, threads=1), photograph)
    assert len(found.scores) == len(expected.scores)
    assert found.masks.shape == expected.masks.shape == (len(found.scores), *photograph.shape[:2])
    np.testing.assert_allclose(np.sort(found.scores), np.sort(expected.scores), atol=0.02)


def test_metadata_say_how_to_use_a_detector(mask_rcnn):
    said = mask_rcnn[1].metadata
    assert (said.task, said.classes) == ('detection', tiny.CLASSES)
    assert said.outputs == ('boxes', 'scores', 'labels', 'masks')
    assert (said.colour, said.mean, said.size) == ('rgb', (123.675, 116.28, 103.53), (64, 96))
    assert said.extra == {
        'detector': 'MaskRCNN',
        'scale': [96, 64],
        'keep_ratio': True,
        'padding_divisor': 32,
        'padding_value': 0,
        'score_threshold': 0.05,
        'iou_threshold': 0.5,
        'max_detections': 20,
        'mask_threshold': 0.5,
    }


def test_a_detector_that_finds_something_else_is_not_written(mask_rcnn, tmp_path, monkeypatch):
    other = tiny.build('mask', preprocessing=True)
    other.model.roi_head.bbox_head.fc_cls.bias.data[0] += 0.1
    monkeypatch.setattr('mmchan.deploy.detection.exporting.onnx_of', lambda *_: _graph(mask_rcnn))
    with pytest.raises(InputError, match='does not find what PyTorch finds'):
        export_detector(other, tmp_path / 'other.onnx', target='onnx', threads=1)
    assert list(tmp_path.iterdir()) == []


def _graph(mask_rcnn):
    import onnx

    return onnx.load(mask_rcnn[1].path)


def test_other_targets_are_refused(mask_rcnn, tmp_path):
    with pytest.raises(InputError, match='onnx and openvino, not to torch-export'):
        export_detector(mask_rcnn[0], tmp_path / 'mask.pt2', target='torch-export')
