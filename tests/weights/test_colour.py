"""Colours: the stem is flipped when asked, and weights for the other order are reported."""

import pytest
import torch
from mmengine.config import Config

from mmchan.channels import InputError, get_plan
from mmchan.checks.colours import colours_checked, order_of_images
from mmchan.models.classifier import Classifier
from mmchan.weights.colour import check_flip, flip_stem
from mmchan.weights.loading import load_weights
from mmchan.weights.sources import BGR, RGB
from tests.models.networks import images
from tests.weights.foreign import foreign

PYCLS = 'https://dl.fbaipublicfiles.com/pycls/dds_baselines/1/RegNetX-400MF_dds_8gpu.pyth'
TIMM = 'https://huggingface.co/timm/rexnet_100.nav_in1k/resolve/main/model.safetensors'


def saved(folder, arch='regnety-400mf', layout='pycls'):
    torch.save(foreign(arch, layout).weights, folder / 'x.pth')
    return str(folder / 'x.pth')


@pytest.mark.parametrize('flip', ['to_rgb', 'to_bgr'])
def test_flipped_stem_gives_the_same_for_flipped_images(tmp_path, flip):
    model = Classifier('regnety-400mf').eval()
    load_weights(model, saved(tmp_path), **{flip: True})
    with torch.no_grad():
        assert (model(images().flip(1)) - foreign('regnety-400mf', 'pycls').logits).abs().max() < 1e-5
        assert (model(images()) - foreign('regnety-400mf', 'pycls').logits).abs().max() > 1e-3


def test_both_orders_at_once_are_refused(tmp_path):
    with pytest.raises(InputError, match='give to_rgb or to_bgr, not both'):
        load_weights(Classifier('regnety-400mf'), saved(tmp_path), to_rgb=True, to_bgr=True)


def test_what_is_published_in_the_wanted_order_is_not_flipped():
    check_flip(PYCLS, RGB)
    with pytest.raises(InputError, match=r'pyth expects bgr already; leave to_bgr \(--to-bgr\) out'):
        check_flip(PYCLS, BGR)


def test_stem_of_other_than_three_channels_is_not_flipped():
    with pytest.raises(InputError, match='must be one of 3 channels, got 1'):
        flip_stem({'stem.conv.weight': torch.zeros(2, 1, 3, 3)}, get_plan('rexnet-1.0x'), 'timm')


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
    with colours_checked(cfg):
        pass
    assert any(checkpoint in message for message in logged.messages) == (reported and where != 'resume')


def test_flipped_checkpoint_is_not_reported(logged):
    cfg = config(flips=True)
    cfg.model.backbone.init_cfg = {'type': 'mmchan.Pretrained', 'checkpoint': PYCLS, 'to_rgb': True}
    with colours_checked(cfg):
        pass
    assert logged.messages == []


@pytest.mark.parametrize(('flips', 'reported'), [(True, True), (False, False)])
def test_layout_tells_the_order_of_a_file_of_ones_own(tmp_path, flips, reported, logged):
    cfg = config(flips=flips, load_from=saved(tmp_path))
    with colours_checked(cfg):
        Classifier('regnety-400mf').load_state_dict(foreign('regnety-400mf', 'pycls').weights)
    said = [message for message in logged.messages if 'expects images in BGR' in message]
    assert len(said) == reported
    assert all('layout of pycls' in message and 'to_rgb=True' in message for message in said)
