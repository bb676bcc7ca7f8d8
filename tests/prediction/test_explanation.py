"""Grad-CAM is what its paper says, lies where the image shows it, and names what it cannot explain."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from PIL import Image
from torch import nn

import mmchan
from mmchan.channels import InputError, Preprocessing
from mmchan.drawing.explained import draw_explanation
from mmchan.models import Classifier
from mmchan.prediction.classification import imagenet_names
from mmchan.prediction.explanation import (
    Explainer,
    centre_box,
    class_maps,
    config_explainer,
    find_class,
    variant_explainer,
)
from tests.weights.real_weights import photographs


class Pooled(nn.Module):
    """A map, its mean, a linear layer: of such a network Grad-CAM is CAM."""

    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 8, 3), nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


def test_maps_equal_cam_where_the_head_is_linear():
    torch.manual_seed(0)
    network, image = Pooled().eval(), torch.rand(1, 3, 9, 7)
    maps = class_maps(network, network.conv, image, [2, 0])
    cam = torch.einsum('kc,chw->khw', network.fc.weight[[2, 0]], network.conv(image)[0]).relu().detach()
    assert np.allclose(maps, cam / cam.amax((1, 2), keepdim=True), atol=1e-6)


def test_map_without_anything_positive_is_0():
    network = Pooled().eval()
    nn.init.zeros_(network.fc.weight)
    assert not class_maps(network, network.conv, torch.rand(1, 3, 9, 7), [1]).any()


def test_espresso_is_in_the_cup(tmp_path):
    Image.fromarray(photographs()['coffee']).save(tmp_path / 'coffee.png')
    network = mmchan.get_model('efficientnet-lite0', pretrained=True)
    explained = variant_explainer(network, network.preprocessing)(tmp_path / 'coffee.png', topk=2)
    assert explained.found.names[0] == 'espresso'
    assert explained.where == 'last convolution, 7 x 7'
    rows, columns = np.indices((7, 7)) + 0.5
    heat = explained.maps[0] / explained.maps[0].sum()
    left, top, right, bottom = explained.box
    middle = (
        left + (right - left) * (heat * columns).sum() / 7,
        top + (bottom - top) * (heat * rows).sum() / 7,
    )
    assert 220 < middle[0] < 390  # where the cup's opening is in the photograph of 600 x 400 px
    assert 60 < middle[1] < 240
    drawn = draw_explanation(explained)
    assert drawn.shape[1] > 3 * 512
    assert drawn.dtype == np.uint8


def test_small_images_take_an_earlier_stage(tmp_path):
    Image.new('RGB', (40, 32), 'red').save(tmp_path / 'red.png')
    network = Classifier('regnetx-200mf', 3)
    explain = variant_explainer(network, Preprocessing(size=32))
    explained = explain(tmp_path / 'red.png', classes=['class 2', '0'])
    assert explained.where == 'stage 1, 4 x 4'
    assert explained.found.labels == (2, 0)
    assert explain(tmp_path / 'red.png', stage=0).maps.shape == (3, 8, 8)
    with pytest.raises(InputError, match=r'--stage must be within \[0, 3\], got 4'):
        explain(tmp_path / 'red.png', stage=4)


@pytest.mark.parametrize(
    ('image', 'scale', 'size', 'box'),
    [
        ((600, 400), (0.64, 0.64), (224, 224), (125, 25, 475, 375)),
        ((8, 8), (4, 4), (32, 32), (0, 0, 8, 8)),
        ((100, 50), (0.5, 1), (50, 50), (0, 0, 100, 50)),
        ((10, 10), (1, 1), (20, 20), (0, 0, 10, 10)),
    ],
)
def test_box_is_what_is_cut_out(image, scale, size, box):
    assert centre_box(image, scale, size) == pytest.approx(box)


def test_classes_are_found_by_name_and_number():
    names = list(imagenet_names())
    assert find_class(names, 'TIGER cat') == names.index('tiger cat')
    assert find_class(names, '285') == 285
    with pytest.raises(InputError, match="unknown class 'tiger cot'; did you mean 'tiger cat'"):
        find_class(names, 'tiger cot')
    with pytest.raises(InputError, match="several classes are called 'x'; give a number: 0, 2"):
        find_class(['x', 'y', 'X'], 'x')


def test_what_cannot_be_explained_is_refused(monkeypatch):
    with pytest.raises(InputError, match='the backbone must be one of mmchan, got .NoneType'):
        Explainer(Pooled(), lambda path: None)
    with pytest.raises(InputError, match="only classifiers are explained.* got 'mmdet'"):
        config_explainer(Config({'default_scope': 'mmdet'}), 'c.pth')
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(InputError, match=r"captum is not installed: pip install '.*\[cam\]'"):
        Explainer(Pooled(), lambda path: Path())
