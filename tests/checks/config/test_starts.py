"""Local files that a run starts from are there; addresses are nobody's business here."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.starts import check_starts


def findings(training=True, **settings):
    return list(check_starts(Config(settings), training=training))


def pretrained(checkpoint):
    return {'backbone': {'type': 'ResNet', 'init_cfg': {'type': 'Pretrained', 'checkpoint': checkpoint}}}


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / 'resnet50.pth'
    path.touch()
    return path


@pytest.mark.parametrize('checkpoint', ['https://a.b/c.pth', 'torchvision://resnet50', None])
def test_addresses_are_left_alone(checkpoint):
    assert findings(model=pretrained(checkpoint), load_from=checkpoint) == []


def test_file_that_exists_is_no_finding(weights):
    assert findings(model=pretrained(str(weights)), load_from=str(weights)) == []


@pytest.mark.parametrize(
    ('settings', 'where'),
    [
        (lambda path: {'load_from': path}, 'load_from'),
        (lambda path: {'model': pretrained(path)}, 'model.backbone.init_cfg.checkpoint'),
        (lambda path: {'model': {'pretrained': path}}, 'model.pretrained'),
        (lambda path: {'model': {'teacher_config': path}}, 'model.teacher_config'),
    ],
    ids=['load_from', 'init_cfg', 'pretrained', 'teacher'],
)
def test_file_that_is_absent_is_found_with_the_nearest(settings, where, weights):
    (finding,) = findings(**settings(str(weights.with_name('resnet5.pth'))))
    assert finding.where == where
    assert f'did you mean {str(weights)!r}' in finding.remedy


def test_test_does_not_initialise_weights(tmp_path):
    assert findings(training=False, model=pretrained(str(tmp_path / 'x.pth'))) == []
