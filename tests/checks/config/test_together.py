"""What MMEngine takes all or none of."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.together import check_together

TRAINING = {'train_dataloader': {}, 'train_cfg': {}, 'optim_wrapper': {}}


def missing(**settings):
    return [finding.where for finding in check_together(Config(settings))]


@pytest.mark.parametrize('settings', [{}, TRAINING, {'val_cfg': None, 'val_dataloader': None}])
def test_all_or_none_are_no_finding(settings):
    assert missing(**settings) == []


@pytest.mark.parametrize('name', TRAINING)
def test_what_is_missing_beside_others_is_found(name):
    assert missing(**{**TRAINING, name: None}) == [name]


def test_loop_alone_lacks_data_and_metrics():
    assert missing(val_cfg={}) == ['val_dataloader', 'val_evaluator']


def test_schedule_without_optimizer_is_found():
    assert missing(param_scheduler=[]) == ['param_scheduler']
