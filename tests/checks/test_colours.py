"""Weights that expect the other order of the colours are reported, by their source or by their layout."""

import pytest
from mmengine.config import Config

from mmchan.checks.colours import check_colours, colours_checked, order_of_images
from mmchan.findings import WARN
from mmchan.layouts.colours import BGR, RGB
from mmchan.models import Classifier
from tests.layouts.foreign import foreign

PYCLS = 'https://dl.fbaipublicfiles.com/pycls/dds_baselines/1/RegNetX-400MF_dds_8gpu.pyth'
TIMM = 'https://huggingface.co/timm/rexnet_100.nav_in1k/resolve/368aa8507535251d431c7444243928a6ca2bdb04/model.safetensors'


def config(*, flips, **settings):
    return Config({'model': {'backbone': {}}, 'data_preprocessor': {'to_rgb': flips}, **settings})


@pytest.mark.parametrize(
    ('model', 'top', 'order'),
    [
        ({}, {'to_rgb': True}, RGB),
        ({}, {'to_rgb': False}, BGR),
        ({'data_preprocessor': {'bgr_to_rgb': True}}, None, RGB),
        ({'data_preprocessor': {'bgr_to_rgb': False}}, None, BGR),
        ({'module': {'data_preprocessor': {'bgr_to_rgb': True}}}, None, RGB),
        ({}, None, None),
    ],
)
def test_order_of_images_is_read_from_the_config(model, top, order):
    assert order_of_images(Config({'model': model, 'data_preprocessor': top})) == order


@pytest.mark.parametrize(
    ('checkpoint', 'flips', 'reported'),
    [(PYCLS, True, True), (PYCLS, False, False), (TIMM, False, True), (TIMM, True, False)],
)
@pytest.mark.parametrize('where', ['load_from', 'init_cfg', 'resume'])
def test_source_of_the_other_order_is_reported(checkpoint, flips, reported, where, logged):
    cfg = config(flips=flips)
    if where == 'init_cfg':
        cfg.model.backbone.init_cfg = {'type': 'Pretrained', 'checkpoint': checkpoint}
    else:
        cfg.load_from, cfg.resume = checkpoint, where == 'resume'
    found = [(finding.state, finding.where) for finding in check_colours(cfg)]
    assert found == ([(WARN, checkpoint)] if reported and where != 'resume' else [])


def test_all_sources_are_reported_with_the_remedy():
    cfg = config(flips=True)
    cfg.model.backbone.init_cfg = [{'type': 'Pretrained', 'checkpoint': f'{PYCLS}?{n}'} for n in range(2)]
    texts = [str(finding) for finding in check_colours(cfg)]
    assert len(texts) == 2
    for text in texts:
        assert 'expects images in BGR, but they come in RGB; change mean, std and to_rgb' in text
        assert 'to_rgb=True' in text


def test_flipped_checkpoint_is_not_reported():
    cfg = config(flips=True)
    cfg.model.backbone.init_cfg = {'type': 'mmchan.Pretrained', 'checkpoint': PYCLS, 'to_rgb': True}
    assert list(check_colours(cfg)) == []


@pytest.mark.parametrize(('flips', 'reported'), [(True, True), (False, False)])
def test_layout_tells_the_order_of_a_file_of_ones_own(flips, reported, logged):
    cfg = config(flips=flips, load_from='mine.pth')
    with colours_checked(cfg):
        Classifier('regnety-400mf').load_state_dict(foreign('regnety-400mf', 'pycls').weights)
    said = [message for message in logged.messages if 'expects images in BGR' in message]
    assert len(said) == reported
    assert all('layout of pycls' in message and 'to_rgb=True' in message for message in said)
