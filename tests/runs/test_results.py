"""Results are written as pycocotools takes them, and read again."""

import contextlib
import copy
import json
from pathlib import Path

import mmengine
import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import MODELS
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from mmchan.channels import InputError
from mmchan.prediction.results import Scene, read_predictions, read_scenes
from mmchan.runs import launch
from mmchan.runs.config import load_config
from mmchan.runs.results import coco_metrics, written_to
from tests import coco_data
from tests.cli.command_lines import ROOT


@MODELS.register_module()
class NearlyRight(BaseModel):
    """Stands for a detector: gives back the objects, some moved, some as another class."""

    def forward(self, inputs, data_samples, mode='predict'):
        generator = torch.Generator().manual_seed(0)
        for sample in data_samples:
            boxes = sample.gt_instances.bboxes
            noise = torch.rand(len(boxes), 4, generator=generator)
            found = copy.deepcopy(sample.gt_instances)
            found.bboxes = boxes + 12 * (noise - 0.5)
            found.labels = torch.where(noise[:, 0] < 0.2, (found.labels + 1) % 10, found.labels)
            found.scores = noise[:, 1]
            shift = [int(value * 6) for value in noise[:, 2]]
            masks = torch.from_numpy(found.masks.masks).bool()
            found.masks = torch.stack([mask.roll(by, 1) for mask, by in zip(masks, shift, strict=True)])
            sample.pred_instances = found
        return data_samples


@pytest.fixture(scope='module')
def shipped():
    return load_config(ROOT / coco_data.MASK_RCNN)


@pytest.fixture
def cfg(shipped, tmp_path):
    data = coco_data.write_some(tmp_path / 'data')
    cfg = copy.deepcopy(shipped)
    cfg.model = {'type': 'mmengine.NearlyRight', 'data_preprocessor': cfg.model.data_preprocessor}
    cfg.test_dataloader.dataset.data_root = str(data)
    cfg.test_evaluator.ann_file = str(data / 'annotations' / 'val.json')
    cfg.work_dir = str(tmp_path / 'w')
    cfg.launcher = 'none'
    return cfg


def evaluate(truth, results, kind):
    """pycocotools' AP, AP50, AP75."""
    coco = COCO(truth)
    evaluation = COCOeval(coco, coco.loadRes(str(results)), kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation.stats[:3].tolist()


def test_written_results_evaluate_to_the_same_numbers(cfg, tmp_path):
    metrics = launch.run_testing(cfg, out=str(tmp_path / 'new' / 'found.json'))
    names = sorted(path.name for path in (tmp_path / 'new').iterdir())
    assert names == ['found.bbox.json', 'found.segm.json']
    for kind in ('bbox', 'segm'):
        ours = [metrics[f'coco/{kind}_{name}'] for name in ('mAP', 'mAP_50', 'mAP_75')]
        theirs = evaluate(cfg.test_evaluator.ann_file, tmp_path / 'new' / f'found.{kind}.json', kind)
        assert 0.1 < ours[0] < 0.9
        assert ours == pytest.approx(theirs, abs=6e-4)  # mmdet rounds to three digits


def test_classwise_adds_a_metric_for_every_class(cfg):
    metrics = launch.run_testing(cfg, classwise=True)
    assert {f'coco/{name}_precision' for name in range(10)} <= metrics.keys()


def test_classwise_needs_coco():
    with pytest.raises(InputError, match='--classwise needs a CocoMetric'):
        launch.run_testing(Config({'test_evaluator': {'type': 'Accuracy'}}), classwise=True)


def test_failed_test_leaves_no_results(cfg, tmp_path):
    with contextlib.suppress(RuntimeError), written_to(cfg, tmp_path / 'out' / 'found.json'):
        Path(f'{cfg.test_evaluator.outfile_prefix}.bbox.json').write_text('[]')
        raise RuntimeError
    assert list((tmp_path / 'out').iterdir()) == []


def test_metrics_are_found_wherever_they_stand():
    coco = {'type': 'mmdet.CocoMetric'}
    for evaluator in (coco, [{'type': 'Accuracy'}, coco], {'type': 'Evaluator', 'metrics': [coco]}):
        assert list(coco_metrics(evaluator)) == [coco]
    assert list(coco_metrics(None)) == []


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
    assert [found['bbox'][0] for found in scene.missed] == lost


def test_predictions_are_read_as_plain_values(tmp_path):
    samples = [
        {'img_path': f'{truth}.png', 'gt_label': torch.tensor([truth]), 'pred_label': torch.tensor([1])}
        for truth in range(3)
    ]
    scores = torch.tensor([0.25, 0.75])
    mmengine.dump([{**sample, 'pred_score': scores} for sample in samples], str(tmp_path / 'p.pkl'))
    read = read_predictions(tmp_path / 'p.pkl')
    assert [(row.image.name, row.is_right, row.score) for row in read] == [
        ('0.png', False, 0.75),
        ('1.png', True, 0.75),
        ('2.png', False, 0.75),
    ]


def test_scenes_hold_objects_and_what_was_found_with_a_fair_score(tmp_path):
    data = coco_data.write_some(tmp_path / 'data')
    objects = coco_data.read(data, 'val')['annotations']
    found = [{**row, 'score': 0.9} for row in objects[1:]]
    (tmp_path / 'found.json').write_text(json.dumps([{**objects[0], 'score': 0.1}, *found]))
    scenes, names = read_scenes(data / 'annotations' / 'val.json', data / 'val', tmp_path / 'found.json')
    assert names == {number + 1: str(number) for number in range(10)}
    assert all(scene.image.is_file() for scene in scenes)
    assert [len(scene.missed) for scene in scenes] == [1, 0, 0, 0]
