"""The transforms give what the model is called with."""

import copy

import pytest
from mmengine.config import Config

from mmchan.checks.config.inputs import check_inputs

LOAD, PACK = {'type': 'LoadImageFromFile'}, {'type': 'PackInputs'}
CLASSIFIER = {'type': 'ImageClassifier'}


def found(*steps, scope='mmpretrain', data='CustomDataset', model=CLASSIFIER, wrapped=None, pixels=''):
    dataset = {'type': data, 'pipeline': [copy.deepcopy(step) for step in steps]}
    if wrapped is not None:
        dataset = {'type': 'RepeatDataset', 'times': 2, 'dataset': dataset, **wrapped}
    model = {**model, 'data_preprocessor': {'type': pixels}} if pixels else model
    cfg = Config({'default_scope': scope, 'model': model, 'val_dataloader': {'dataset': dataset}})
    return [(finding.where, finding.remedy) for finding in check_inputs(cfg, ['val_dataloader'])]


def test_sample_that_is_packed_is_right():
    assert found(LOAD, PACK) == []
    assert found(LOAD, PACK, wrapped={}) == []


@pytest.mark.parametrize('steps', [[], [LOAD], [{'type': 'RandomApply', 'transforms': [LOAD]}]])
def test_sample_that_is_not_packed_is_a_fault(steps):
    ((where, _),) = found(*steps)
    assert where == 'val_dataloader.dataset.pipeline'


def test_steps_and_data_that_nobody_knows_may_pack():
    assert found(LOAD, {'type': 'Mine'}) == []
    assert found(LOAD, data='MyData') == []


def test_model_may_take_something_else():
    assert found(LOAD, pixels='Mine') == []
    assert found(LOAD, pixels='ClsDataPreprocessor') != []


def test_second_stage_without_regions_is_a_fault():
    pytest.importorskip('mmdet')
    pack = {'type': 'PackDetInputs'}
    second = {'type': 'FastRCNN', 'roi_head': {'type': 'StandardRoIHead'}}
    settings = {'scope': 'mmdet', 'data': 'CocoDataset', 'pixels': 'DetDataPreprocessor'}
    assert found(LOAD, pack, model={**second, 'rpn_head': {'type': 'RPNHead'}}, **settings) == []
    ((where, _),) = found(LOAD, pack, model=second, **settings)
    assert where == 'model.rpn_head'
