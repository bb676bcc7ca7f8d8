import json

import numpy as np
import pytest

from mmchan.deploy.detection.accuracy import Labelled, average_precision, refuse_drop
from mmchan.deploy.detection.comparing import compare_detections, refuse_odd
from mmchan.deploy.detection.detections import Detections, detect
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.session import Session
from mmchan.errors import InputError

BOXES = np.array([[10, 20, 30, 60], [0, 0, 50, 40], [5, 5, 6, 9]], dtype=np.float32)
SCORES = np.array([0.9, 0.6, 0.2], dtype=np.float32)
LABELS = np.array([1, 0, 1])
FOUND = Detections(BOXES, SCORES, LABELS)


def test_coco_form_has_sides_and_names():
    entries = FOUND.above(0.5).as_coco(('cat', 'dog'))
    assert [entry['bbox'] for entry in entries] == [[10, 20, 20, 40], [0, 0, 50, 40]]
    assert [entry['class'] for entry in entries] == ['dog', 'cat']
    assert entries[0]['score'] == pytest.approx(0.9)
    json.dumps(entries)


def test_masks_are_run_lengths():
    from pycocotools import mask

    masks = np.random.default_rng(0).random((3, 64, 52)) < 0.5
    entries = Detections(BOXES, SCORES, LABELS, masks).as_coco()
    assert (mask.decode(entries[1]['segmentation']) == masks[1]).all()
    json.dumps(entries)


def test_images_are_prepared_where_the_graph_does_not():
    seen = []

    def run(images):
        seen.append(images)
        return BOXES, SCORES, LABELS

    extra = {'scale': [100, 50], 'keep_ratio': True}
    outputs = ('boxes', 'scores', 'labels')
    said = Metadata(colour='bgr', mean=(1.0, 2.0, 3.0), std=(2.0, 2.0, 2.0), outputs=outputs, extra=extra)
    pixels = np.full((25, 25, 3), (30, 20, 10), dtype=np.uint8)
    found = detect(Session('onnx', said, run), pixels, score_threshold=0.5)
    assert seen[0].shape == (1, 3, 50, 50)
    assert seen[0][0, :, 0, 0].tolist() == [4.5, 9.0, 13.5]
    assert found.boxes.tolist() == (BOXES[:2] / 2).tolist()


def test_difference_finds_partners_in_any_order():
    other = Detections(BOXES[::-1] + 0.01, SCORES[::-1], LABELS[::-1])
    difference = compare_detections(FOUND, other)
    assert difference.boxes == pytest.approx(0.01, abs=1e-4)
    assert (difference.scores, difference.odd, difference.detections) == (0, 0, 3)


@pytest.mark.parametrize(
    'other',
    [
        Detections(BOXES + 1, SCORES, LABELS),
        Detections(BOXES, SCORES - 0.1, LABELS),
        Detections(BOXES, SCORES, 1 - LABELS),
        Detections(BOXES[:2], SCORES[:2], LABELS[:2]),
        Detections(np.repeat(BOXES, 2, axis=0), np.repeat(SCORES, 2), np.repeat(LABELS, 2)),
    ],
    ids=['moved', 'less sure', 'another class', 'less', 'more'],
)
def test_other_detections_are_refused(other):
    with pytest.raises(InputError, match=r'model.onnx is not written.*without a partner'):
        refuse_odd(compare_detections(FOUND, other), name='model.onnx')


def test_other_masks_are_refused():
    one, other = np.zeros((3, 64, 52), dtype=bool), np.zeros((3, 64, 52), dtype=bool)
    one[:, 10:20], other[:, 11:20] = True, True
    difference = compare_detections(
        Detections(BOXES, SCORES, LABELS, one), Detections(BOXES, SCORES, LABELS, other)
    )
    assert difference.masks == pytest.approx(0.1)
    with pytest.raises(InputError, match='not written'):
        refuse_odd(difference, name='model.onnx')


def test_nothing_beside_nothing_is_the_same():
    none = Detections(BOXES[:0], SCORES[:0], LABELS[:0])
    difference = compare_detections(none, none)
    refuse_odd(difference, name='model.onnx')
    assert (difference.empty, difference.images) == (1, 1)


@pytest.fixture(scope='module')
def labelled(tmp_path_factory):
    """Two images, each with the objects of FOUND."""
    from PIL import Image

    folder = tmp_path_factory.mktemp('coco')
    annotations = []
    for image in (1, 2):
        Image.new('RGB', (60, 70)).save(folder / f'{image}.png')
        for entry, label in zip(FOUND.as_coco(), LABELS, strict=True):
            annotations.append(
                {'id': len(annotations) + 1, 'image_id': image, 'category_id': 8 - int(label),
                 'bbox': entry['bbox'], 'area': entry['bbox'][2] * entry['bbox'][3], 'iscrowd': 0}
            )  # fmt: skip
    content = {
        'images': [{'id': i, 'file_name': f'{i}.png', 'height': 70, 'width': 60} for i in (1, 2)],
        'annotations': annotations,
        'categories': [{'id': 7, 'name': 'dog'}, {'id': 8, 'name': 'cat'}],
    }
    (folder / 'truth.json').write_text(json.dumps(content))
    return Labelled(folder / 'truth.json', folder)


def test_average_precision_of_the_truth_is_full(labelled):
    found = average_precision(lambda pixels: FOUND, labelled, ('cat', 'dog'), what='truth')
    assert found == {'box AP': pytest.approx(100)}


def test_average_precision_of_half_the_objects_is_half(labelled):
    # of class 'dog' the better of two objects an image is found: all recalls up to 0.5, which are 51 of 101
    found = average_precision(lambda pixels: FOUND.above(0.5), labelled, ('cat', 'dog'), what='half')
    assert found['box AP'] == pytest.approx((100 + 100 * 51 / 101) / 2)


def test_classes_without_a_category_are_refused(labelled):
    with pytest.raises(InputError, match="no category 'cow'"):
        average_precision(lambda pixels: FOUND, labelled, ('cat', 'cow'), what='truth')


def test_another_accuracy_is_refused():
    refuse_drop({'box AP': (40.0, 39.95)}, name='model.onnx')
    with pytest.raises(InputError, match=r'its mask AP is 39.80, that of PyTorch 40.00'):
        refuse_drop({'box AP': (40.0, 40.0), 'mask AP': (40.0, 39.8)}, name='model.onnx')
