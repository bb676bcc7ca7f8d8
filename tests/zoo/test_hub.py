"""mmpretrain's hub finds the zoo, in both import orders, and keeps its own models."""

import subprocess
import sys

import pytest

from mmchan.zoo.metafiles import read_entries

FIND = """
from mmpretrain import get_model, list_models
from mmchan.zoo.hub import register
register()  # again: nothing happens
print(len(list_models('mmchan*')), len(list_models()) - len(list_models('mmchan*')))
ours = get_model('mmchan_rexnet-1.0x_4xb128_in1k')
theirs = get_model('resnet18_8xb32_in1k')
detector = get_model('mmchan_faster-rcnn_regnetx-400mf_fpn_ms-3x_coco', backbone=dict(init_cfg=None))
print(type(ours.backbone).__module__, type(theirs.backbone).__module__, type(detector).__name__)
"""
ORDERS = {
    'mmchan first': 'import mmchan.zoo.hub\nimport mmpretrain',
    'mmpretrain first': 'import mmpretrain\nprint(len(mmpretrain.list_models()))\nimport mmchan.zoo.hub',
}


@pytest.mark.slow
@pytest.mark.parametrize('order', ORDERS)
def test_hub_lists_and_builds_our_models_and_theirs(order, tmp_path):
    command = [sys.executable, '-W', 'ignore', '-c', f'{ORDERS[order]}\n{FIND}']
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stderr[-3000:]
    ours = sum(not entry.is_baseline for entry in read_entries())
    lines = result.stdout.splitlines()
    assert f'{ours} 548' in lines
    assert 'mmchan.families.rexnet.backbone mmpretrain.models.backbones.resnet FasterRCNN' in lines
