"""num_classes of the heads against the data."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.classes import check_classes
from mmchan.findings import FAIL, WARN


def classifier(classes, dataset='CIFAR10', **settings):
    head = {'type': 'LinearClsHead', 'num_classes': classes, 'in_channels': 8}
    return Config(
        {
            'default_scope': 'mmpretrain',
            'model': {'type': 'ImageClassifier', 'backbone': {'type': 'ResNet'}, 'head': head},
            'train_dataloader': {'dataset': {'type': dataset, 'pipeline': []}},
            **settings,
        }
    )


def findings(cfg, *loaders):
    return list(check_classes(cfg, loaders or ['train_dataloader']))


def test_classes_of_the_data_are_no_finding():
    assert findings(classifier(10)) == []


@pytest.mark.parametrize(('classes', 'state'), [(9, FAIL), (1000, WARN)], ids=['too few', 'too many'])
def test_other_classes_than_the_data_has_are_found(classes, state):
    (finding,) = findings(classifier(classes))
    assert (finding.where, finding.state) == ('model.head.num_classes', state)
    assert '10 classes' in finding.what


def test_classes_of_the_metainfo_go_first():
    cfg = classifier(2)
    cfg.train_dataloader.dataset.metainfo = {'classes': ('cat', 'dog')}
    assert findings(cfg) == []


def test_data_of_unknown_classes_is_left_alone():
    assert findings(classifier(7, 'CustomDataset')) == []


def test_loaders_that_the_run_does_not_use_are_left_alone():
    assert findings(classifier(9), 'test_dataloader') == []


@pytest.mark.parametrize(
    ('pixels', 'model', 'state'),
    [
        ({'num_classes': 1000}, {}, WARN),
        ({'num_classes': 1000, 'to_onehot': True}, {}, FAIL),
        ({'num_classes': 1000}, {'train_cfg': {'augments': [{'type': 'Mixup', 'alpha': 0.8}]}}, FAIL),
    ],
    ids=['unused', 'one-hot', 'mixed'],
)
def test_preprocessor_for_other_classes_is_found(pixels, model, state):
    cfg = classifier(10, data_preprocessor=pixels)
    cfg.model.update(model)
    (finding,) = findings(cfg)
    assert (finding.where, finding.state) == ('data_preprocessor.num_classes', state)


def test_top_five_of_three_classes_is_found():
    cfg = classifier(3, 'CustomDataset', val_evaluator=[{'type': 'Accuracy', 'topk': (1, 5)}])
    (finding,) = findings(cfg, 'val_dataloader')
    assert finding.where == 'val_evaluator[0].topk'
    assert 'top 5 of 3' in finding.what


def test_segmentor_for_other_classes_is_found():
    pytest.importorskip('mmseg')
    head = {'type': 'FCNHead', 'num_classes': 19, 'in_channels': 8, 'channels': 8}
    cfg = Config(
        {
            'default_scope': 'mmseg',
            'model': {'type': 'EncoderDecoder', 'decode_head': [head, {**head, 'num_classes': 150}]},
            'train_dataloader': {'dataset': {'type': 'ADE20KDataset', 'pipeline': []}},
        }
    )
    (finding,) = findings(cfg)
    assert finding.where == 'model.decode_head[0].num_classes'


def test_detector_for_other_classes_is_found_unless_annotations_tell():
    pytest.importorskip('mmdet')
    heads = {'bbox_head': {'type': 'Shared2FCBBoxHead', 'num_classes': 80}}
    model = {'type': 'FasterRCNN', 'roi_head': {'type': 'StandardRoIHead', **heads}}
    dataset = {'type': 'VOCDataset', 'pipeline': []}
    cfg = Config({'default_scope': 'mmdet', 'model': model, 'train_dataloader': {'dataset': dataset}})
    assert [one.where for one in findings(cfg)] == ['model.roi_head.bbox_head.num_classes']
    cfg.train_dataloader.dataset = {'type': 'CocoDataset', 'metainfo': {'classes': ('a',)}}
    assert findings(cfg) == []
