"""``--out name.json`` writes what pycocotools evaluates to the same numbers."""

import contextlib
import copy
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import MODELS
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from mmchan.channels import InputError
from mmchan.runs import launch
from mmchan.runs.coco_results import coco_metrics, written_to
from mmchan.runs.config import load_config
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
