"""One walk over a config, and what is selected of it."""

import pytest

from mmchan.checks.walk import class_heads, leaf_datasets, of_type, transforms, type_name, walk


def test_every_mapping_is_given_with_its_path_outer_ones_first():
    node = {'a': {'b': [{'c': 1}, ({'d': {}},), 'text', 3]}, 'e': None}
    assert [path for path, _ in walk(node, 'm')] == ['m', 'm.a', 'm.a.b[0]', 'm.a.b[1][0]', 'm.a.b[1][0].d']
    assert dict(walk(node))['a.b[0]'] == {'c': 1}


@pytest.mark.parametrize('node', [None, 'text', 3, [], {}.keys()])
def test_what_holds_no_mapping_gives_nothing(node):
    assert list(walk(node)) == []


def test_mapping_may_be_changed():
    node = {'a': [{}]}
    for path, part in walk(node):
        if path:
            part['seen'] = True
    assert node == {'a': [{'seen': True}]}


def test_wrapped_datasets_are_found():
    inner = [
        {'type': 'A'},
        {'type': 'B'},
        {'type': 'C', 'pipeline': [{'type': 'T', 'dataset': {'type': 'D'}}]},
    ]
    concat = {'type': 'ConcatDataset', 'datasets': [inner[1], {'type': 'RepeatDataset', 'dataset': inner[2]}]}
    config = {'sampler': {'type': 'S'}, 'dataset': {'type': 'ClassBalancedDataset', 'dataset': concat}}
    assert list(leaf_datasets(config)) == inner[1:]
    assert list(leaf_datasets({'batch_size': 2, 'dataset': inner[0]})) == inner[:1]
    assert list(leaf_datasets(None)) == []


def test_transforms_inside_others_are_found():
    pipeline = [
        {'type': 'A', 'transforms': [[{'type': 'B'}], [{'type': 'C', 'scale': {'x': 1}}]]},
        {'type': 'D'},
    ]
    assert [step['type'] for step in transforms(pipeline)] == ['A', 'B', 'C', 'D']


def test_heads_that_predict_classes_are_found_and_proposals_are_not():
    head = {'num_classes': 3}
    model = {
        'rpn_head': {'bbox_head': head},
        'roi_head': {'bbox_head': [head, {**head, 'num_classes': 4}], 'mask_head': head},
        'bbox_head': {'type': 'X'},
        'backbone': head,
    }
    assert list(class_heads(model)) == [
        ('model.roi_head.bbox_head[0]', 3),
        ('model.roi_head.bbox_head[1]', 4),
        ('model.roi_head.mask_head', 3),
    ]


def test_types_are_compared_without_their_scope():
    node = [{'type': 'mmdet.CocoMetric'}, {'inner': {'type': 'CocoMetric'}}, {'type': dict}, {}]
    assert list(of_type(node, 'CocoMetric')) == [{'type': 'mmdet.CocoMetric'}, {'type': 'CocoMetric'}]
    assert [type_name(part) for part in node] == ['CocoMetric', '', 'dict', '']
