"""The batch of an update against the one that the learning rate was chosen for."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.batch import check_batch


@pytest.fixture
def config(tmp_path):
    def make(*, samples=32, base=256, accumulated=1, enable=False, name='r50_8xb32_in1k', **settings):
        file = tmp_path / f'{name}.py'
        file.touch()
        return Config(
            {
                'train_dataloader': {'batch_size': samples},
                'auto_scale_lr': {'base_batch_size': base, 'enable': enable},
                'optim_wrapper': {'accumulative_counts': accumulated},
                **settings,
            },
            filename=str(file),
        )

    return make


@pytest.mark.parametrize(
    ('settings', 'processes'),
    [
        ({}, 0),
        ({}, 8),
        ({'name': 'r50'}, 0),
        ({'samples': 4, 'accumulated': 8}, 0),
        ({'enable': True, 'samples': 8}, 1),
        ({'runtime_cfg': {'total_batch_size': 256}}, 1),
        ({'base': None}, 1),
    ],
    ids=['name', 'processes', 'unknown', 'accumulated', 'scaled', 'total', 'no base'],
)
def test_batch_of_the_learning_rate_is_no_finding(config, settings, processes):
    assert list(check_batch(config(**settings), processes)) == []


@pytest.mark.parametrize(
    ('settings', 'processes', 'total', 'factor'),
    [
        ({}, 1, 32, '1/8'),
        ({'samples': 64}, 0, 512, '2'),
        ({'accumulated': 2}, 8, 512, '2'),
        ({'runtime_cfg': {'total_batch_size': 64}}, 8, 64, '1/4'),
    ],
    ids=['one process', 'other samples', 'accumulated', 'total'],
)
def test_other_batch_is_told_with_the_factor(config, settings, processes, total, factor):
    (finding,) = check_batch(config(**settings), processes)
    assert finding.where == 'train_dataloader.batch_size'
    assert f'sees {total} ' in finding.what
    assert f'lr by {factor}' in finding.remedy


def test_scaling_without_accumulation_is_told_with_the_right_base(config):
    (finding,) = check_batch(config(enable=True, accumulated=4), 8)
    assert finding.where == 'auto_scale_lr.base_batch_size'
    assert '4 is right' in finding.what
    assert finding.remedy == 'set it to 64'


def test_base_that_contradicts_the_name_is_found(config):
    (finding,) = check_batch(config(base=1024), 1)
    assert finding.where == 'auto_scale_lr.base_batch_size'
    assert '8 x 32 = 256' in finding.what
