"""Exported detectors find what mmdet finds, in images of every size, also where there is nothing."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchan.deploy.detection import load_inputs, predictor
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


def test_script_of_the_page_finds_the_same_without_torch_and_mmchan(mask_rcnn, photograph, tmp_path):
    page = Path('docs/howto/export-detectors.md').read_text(encoding='utf-8')
    script = page.partition('## Without mmchan and PyTorch')[2].split('```')[1].removeprefix('python\n')
    Image.fromarray(photograph).save(tmp_path / 'image.png')
    blocked = 'import sys; sys.modules.update(dict.fromkeys(("torch", "mmchan", "mmdet", "mmengine")))\n'
    (tmp_path / 'script.py').write_text(blocked + script)
    done = subprocess.run(
        [sys.executable, 'script.py', str(mask_rcnn[1].path), 'image.png'],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = detect(open_model(mask_rcnn[1].path, threads=1), photograph, score_threshold=0.3)
    expected = [
        f'{tiny.CLASSES[label]} {score:.0%} {box.round().tolist()} {mask.sum()} pixels'
        for box, score, label, mask in zip(found.boxes, found.scores, found.labels, found.masks, strict=True)
    ]
    assert len(expected) >= 3
    assert done.stdout.splitlines() == expected


def test_predictor_says_and_draws_what_is_found(mask_rcnn, photograph, tmp_path):
    Image.fromarray(photograph).save(tmp_path / 'image.png')
    predict = predictor(open_model(mask_rcnn[1].path, threads=1), score_threshold=0.3)
    result = predict(tmp_path / 'image.png')
    assert result.said['image'].endswith('image.png')
    found = result.said['detections']
    assert {entry['class'] for entry in found} <= set(tiny.CLASSES)
    assert min(entry['score'] for entry in found) >= 0.3
    assert all(entry['segmentation']['size'] == [210, 345] for entry in found)
    assert result.drawing.shape[2] == 3
    assert result.drawing.shape[0] >= 210


def test_eight_bits_are_refused_with_the_reason(mask_rcnn, tmp_path):
    with pytest.raises(InputError, match='detectors cannot be quantised yet'):
        load_inputs(tmp_path, mask_rcnn[1].metadata, number=1, seed=0)
