"""Transforms with a memory or a generator of their own are told where exact resuming is promised."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.exactness import check_exactness


def findings(runner, *types):
    pipeline = [{'type': 'LoadImageFromFile'}, *({'type': kind} for kind in types)]
    dataset = {'type': 'CocoDataset', 'pipeline': pipeline}
    return list(check_exactness(Config({'runner_type': runner, 'train_dataloader': {'dataset': dataset}})))


@pytest.mark.parametrize('kind', ['CachedMosaic', 'mmdet.CachedMixUp', 'Albu', 'Albumentations'])
def test_what_defeats_exact_resuming_is_told(kind):
    (finding,) = findings('mmchan.ExactRunner', kind)
    assert finding.where == 'train_dataloader.dataset.pipeline[1]'
    assert kind.rpartition('.')[2] in finding.what


def test_other_transforms_are_exact():
    assert findings('mmchan.ExactRunner', 'Mosaic', 'RandomFlip') == []


def test_other_runners_promise_nothing():
    assert findings('Runner', 'CachedMosaic') == []
