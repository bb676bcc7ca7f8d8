"""Any config's model can be counted, ours and those of others."""

from pathlib import Path

import pytest

from mmchan.channels import count, get_plan
from mmchan.engine.complexity import count_model
from mmchan.engine.config import load_config

CLASSIFIER = Path(__file__).parents[2] / 'configs/regnet/regnetx-400mf_8xb128_in1k.py'


def test_classifier_has_the_parameters_and_activations_of_its_plan():
    costs = count_model(load_config(CLASSIFIER), (64, 96))
    plan = get_plan('regnetx-400mf')
    exact = count(plan, (64, 96))
    assert costs['total'].parameters == exact.parameters
    assert costs['total'].activations == exact.activations
    assert costs['backbone'].parameters == count(plan, num_classes=None).parameters
    # mmengine counts each normalised value twice on top: regnet.md's relation, head aside
    assert (
        costs['backbone'].macs
        == count(plan, (64, 96), num_classes=None).macs + 2 * costs['backbone'].activations
    )


@pytest.mark.slow
def test_detector_is_counted_by_parts(tmp_path):
    path = tmp_path / 'detector.py'
    path.write_text(
        "_base_ = ['mmdet::_base_/models/faster-rcnn_r50_fpn.py', 'mmdet::_base_/default_runtime.py']\n"
        'model = dict(backbone=dict(depth=18), neck=dict(in_channels=[64, 128, 256, 512]))\n'
    )
    costs = count_model(load_config(path), (64, 64))
    assert list(costs) == ['backbone', 'neck', 'rpn_head', 'roi_head', 'total']
    parts = [cost for name, cost in costs.items() if name != 'total']
    assert sum(cost.parameters for cost in parts) == costs['total'].parameters
    assert sum(cost.macs for cost in parts) == costs['total'].macs > 0
