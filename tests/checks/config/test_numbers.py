"""Numbers that build and that no training survives are told."""

import pytest

from mmchan.checks.config.numbers import check_numbers
from mmchan.findings import FAIL

PIXELS = {'type': 'DetDataPreprocessor', 'mean': [0, 0, 0], 'std': [1, 1, 1]}


def found(model, **parts):
    return [(finding.state, finding.where) for finding in check_numbers({'model': model, **parts})]


@pytest.mark.parametrize(
    ('neck', 'keys'),
    [
        ({'in_channels': [8, 16], 'out_channels': 4, 'mid_channels': 0}, []),
        ({'in_channels': [8, 0], 'out_channels': -4}, ['in_channels', 'out_channels']),
        ({'in_channels': 'text', 'out_channels': None}, []),
    ],
)
def test_width_below_one_is_a_fault(neck, keys):
    assert found({'neck': neck}) == [(FAIL, f'model.neck.{key}') for key in keys]


def test_empty_statistics_are_a_fault():
    assert found({'data_preprocessor': {**PIXELS, 'mean': []}}) == [(FAIL, 'model.data_preprocessor.mean')]
    assert found({}, data_preprocessor={'std': ()}) == [(FAIL, 'data_preprocessor.std')]


def test_detector_without_a_preprocessor_is_a_fault():
    detector = {'type': 'mmdet.FasterRCNN'}
    assert found(detector) == [(FAIL, 'model.data_preprocessor')]
    assert found({**detector, 'data_preprocessor': PIXELS}) == []
    assert found(detector, data_preprocessor=PIXELS) == []
    assert found({'type': 'mmdet.Detectron2Wrapper'}) == []
