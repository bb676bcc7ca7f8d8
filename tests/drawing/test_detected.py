"""The picture of a test: what was found, what was missed."""

import json

import numpy as np
import pytest
from PIL import Image

from mmchan.drawing.detected import Scene, draw_scenes, missed, read_scenes
from tests import coco_data


def entry(left, category=1, **more):
    return {'bbox': [left, 0, 20, 20], 'category_id': category, **more}


@pytest.mark.parametrize(
    ('detections', 'lost'),
    [
        ([], [0, 50]),
        ([entry(1)], [50]),
        ([entry(1), entry(2)], [50]),
        ([entry(1), entry(51, category=2)], [50]),
        ([entry(1), entry(65)], [50]),
        ([entry(52), entry(2)], []),
    ],
    ids=['nothing', 'one', 'twice the same', 'other class', 'too far', 'all'],
)
def test_each_detection_finds_one_object_of_its_class(detections, lost):
    scene = Scene(None, [entry(0), entry(50)], detections)
    assert [found['bbox'][0] for found in missed(scene)] == lost


def test_picture_shows_boxes_and_masks(tmp_path):
    data = coco_data.write_some(tmp_path / 'data')
    truth = coco_data.read(data, 'val')
    results = [{**found, 'score': 0.9} for found in truth['annotations']]
    results[0]['score'] = 0.1
    (tmp_path / 'found.json').write_text(json.dumps(results))
    annotations = data / 'annotations' / 'val.json'
    scenes, names = read_scenes(annotations, data / 'val', tmp_path / 'found.json')
    assert names == {number + 1: str(number) for number in range(10)}
    assert len(scenes) == 4
    assert [len(missed(scene)) for scene in scenes] == [1, 0, 0, 0]
    picture = draw_scenes(scenes, names, tmp_path / 'picture.png')
    pixels = np.asarray(Image.open(picture).convert('RGB'))
    assert pixels.shape[0] > 400
    assert pixels.shape[1] > 1200
    empty = [Scene(scene.image, scene.objects, []) for scene in scenes]
    without = np.asarray(Image.open(draw_scenes(empty, names, tmp_path / 'b.png')).convert('RGB'))
    assert (pixels != without).mean() > 0.05
