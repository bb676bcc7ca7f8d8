"""Any config's model can be counted, ours and those of others."""

from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.model import BaseModel
from torch import nn

from mmchan.channels import count, get_plan
from mmchan.measure.complexity import count_model
from mmchan.measure.shapes import count_shapes
from mmchan.measure.trace import count_trace
from mmchan.runs.config import load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
CLASSIFIER = CONFIGS / 'regnet/regnetx-400mf_8xb128_in1k.py'


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


DETECTORS = {  # layers of every kind that the zoo's detectors have: of ours, of others, of mask heads
    'two stages': ('mmdet::_base_/models/mask-rcnn_r50_fpn.py', 'rpn'),
    'three refinements': ('mmdet::_base_/models/cascade-mask-rcnn_r50_fpn.py', 'rpn'),
    'one stage': ('mmdet::_base_/models/retinanet_r50_fpn.py', None),
}


@pytest.fixture
def detector(tmp_path, request):
    """A detector of mmdet's bases with few proposals."""
    base, proposals = DETECTORS[request.param]
    path = tmp_path / 'detector.py'
    few = 'test_cfg=dict(rpn=dict(max_per_img=20)), ' if proposals else ''
    path.write_text(
        f"_base_ = ['{base}', 'mmdet::_base_/default_runtime.py']\n"
        f'model = dict({few}backbone=dict(depth=18), neck=dict(in_channels=[64, 128, 256, 512]))\n'
    )
    return load_config(path)


@pytest.mark.slow
@pytest.mark.parametrize('detector', DETECTORS, indirect=True)
def test_shapes_count_as_mmengines_trace_in_every_module(detector):
    assert count_shapes(detector, (64, 96)) == count_trace(detector, (64, 96))


@pytest.mark.slow
@pytest.mark.parametrize(
    'config', ['ssdlite/ssdlite_rexnet-0.9x_8xb24-600e', 'faster_rcnn/faster-rcnn_efficientnet-b0_fpn_1x']
)
def test_shapes_of_shipped_detectors_count_as_mmengines_trace(config):
    cfg = load_config(CONFIGS / f'{config}_coco.py')
    if 'rpn' in cfg.model.test_cfg:
        cfg.model.test_cfg.rpn.max_per_img = 20
    assert count_shapes(cfg, (64, 96)) == count_trace(cfg, (64, 96))


class Attention(BaseModel):
    """A model whose products of matrices are inside of a function of torch."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.MultiheadAttention(8, 2)

    def forward(self, inputs, data_samples=None, mode='tensor'):
        tokens = inputs[..., :8].flatten(0, 2)
        return self.layer(tokens, tokens, tokens)[0]


class Choice(BaseModel):
    """A model whose course depends on values."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 8, 1)

    def forward(self, inputs, data_samples=None, mode='tensor'):
        return self.layer(inputs) if inputs.sum() < 1 else inputs


@pytest.mark.parametrize('kind', [Attention, Choice])
def test_models_that_shapes_do_not_tell_are_traced(kind):
    cfg = Config({'model': {'type': kind}})
    with pytest.raises(RuntimeError):
        count_shapes(cfg, (8, 8))
    assert count_model(cfg, (8, 8))['total'] == count_trace(cfg, (8, 8))['']
    assert count_model(cfg, (8, 8))['total'].macs > 0
