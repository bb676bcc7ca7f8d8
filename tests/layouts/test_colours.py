"""Colours: the stem is flipped when asked, and only then."""

import pytest
import torch

from mmchan.channels import InputError, get_plan
from mmchan.layouts.colours import BGR, RGB, check_flip, flip_stem
from mmchan.models import Classifier
from mmchan.weights.loading import load_weights
from tests.layouts.foreign import foreign
from tests.models.networks import images

PYCLS = 'https://dl.fbaipublicfiles.com/pycls/dds_baselines/1/RegNetX-400MF_dds_8gpu.pyth'


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
