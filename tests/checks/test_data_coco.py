"""Missing detection data is named with what to do."""

import pytest
from mmengine.config import Config

from mmchan.channels import InputError
from mmchan.checks.data import DETECTION_PAGE, DETECTOR_RUNS_WITHOUT, check_data
from tests.cli.command_lines import ROOT


def check(root):
    dataset = {'type': 'CocoDataset', 'data_root': str(root), 'ann_file': 'a.json'}
    check_data(Config({'train_dataloader': {'dataset': dataset}}), ['train_dataloader'])


def test_missing_coco_names_the_page_and_a_config_that_runs(tmp_path):
    with pytest.raises(InputError) as error:
        check(tmp_path / 'coco')
    lines = str(error.value).splitlines()
    assert str(tmp_path / 'coco') in lines[0]
    assert lines[1:] == [
        f'How to lay it out: {DETECTION_PAGE}',
        f'This config runs without it: {DETECTOR_RUNS_WITHOUT}',
    ]
    assert (ROOT / DETECTION_PAGE).is_file()
    assert (ROOT / DETECTOR_RUNS_WITHOUT).is_file()


def test_missing_embedded_set_names_the_command(tmp_path):
    with pytest.raises(InputError, match=r'mmchan data digits-coco --out .*/digits-coco'):
        check(tmp_path / 'digits-coco')
