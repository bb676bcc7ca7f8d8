"""The picture of a test: what was found, what was missed."""

import json

import numpy as np
from PIL import Image

from mmchan.drawing.detected import draw_scenes
from mmchan.prediction.results import Scene, read_scenes
from tests import coco_data


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
    assert [len(scene.missed) for scene in scenes] == [1, 0, 0, 0]
    picture = draw_scenes(scenes, names, tmp_path / 'picture.png')
    pixels = np.asarray(Image.open(picture).convert('RGB'))
    assert pixels.shape[0] > 400
    assert pixels.shape[1] > 1200
    empty = [Scene(scene.image, scene.objects, []) for scene in scenes]
    without = np.asarray(Image.open(draw_scenes(empty, names, tmp_path / 'b.png')).convert('RGB'))
    assert (pixels != without).mean() > 0.05
