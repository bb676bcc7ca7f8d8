"""All of it together: found by its key, and quiet about what is sound."""

import pytest

from mmchan.checks.config.meaning import check_meaning
from mmchan.home import home
from mmchan.runs.config import load_config

LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
DIGITS = home() / 'configs/regnet/regnetx-400mf_1xb64_digits.py'


def found(loaders=LOADERS, processes=0, **options):
    findings = check_meaning(load_config(DIGITS, options), loaders, processes=processes)
    return {finding.where for finding in findings}


def test_sound_config_has_no_findings():
    assert found() == set()


@pytest.mark.parametrize(
    ('option', 'value'),
    [
        ('model.head.in_channels', 400),
        ('data_preprocessor.num_classes', 9),
        ('train_dataloader.batch_size', 32),
        ('train_cfg.val_begin', 1000),
        ('load_from', 'no/such.pth'),
    ],
)
def test_what_does_not_fit_is_found_by_its_key(option, value):
    assert option in found(**{option: value})


def test_test_says_nothing_about_training():
    assert found(['test_dataloader'], **{'train_dataloader.batch_size': 32}) == set()


def test_processes_count():
    assert found(processes=4) == {'train_dataloader.batch_size'}
