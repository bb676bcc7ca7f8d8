"""Images become inputs as the libraries make them, outside and inside of the graph."""

import numpy as np
import pytest
import torch
from mmengine.dataset import Compose
from mmengine.registry import TRANSFORMS, DefaultScope
from mmpretrain.models import ClsDataPreprocessor
from PIL import Image
from torch import nn

from mmchan.channels import InputError, Preprocessing
from mmchan.deploy.classification.loading import describe
from mmchan.deploy.classification.pipeline import read_preprocessing
from mmchan.deploy.inside import WithPreprocessing
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.preparing import prepare_image
from mmchan.prediction.classification import prepare
from mmchan.runs.config import load_config
from tests.cli.command_lines import DIGITS, ROOT
from tests.weights.real_weights import photographs

GEOMETRIES = {
    'edge and crop': {'resize': (96,), 'crop': (80, 64)},
    'fixed': {'resize': (48, 72)},
    'square': {'square': 0.875, 'resize': (64, 64)},
    'enlarged': {'resize': (500,), 'crop': (60, 60)},
    'crop': {'crop': (50, 70)},
    'nothing': {},
}


@pytest.fixture(scope='module')
def image():
    return Image.fromarray(photographs()['chelsea'])


@pytest.mark.parametrize('geometry', GEOMETRIES.values(), ids=GEOMETRIES)
@pytest.mark.parametrize(
    ('library', 'interpolation'),
    [('pillow', 'bilinear'), ('pillow', 'bicubic'), ('cv2', 'bilinear'), ('cv2', 'bicubic')],
)
def test_inside_equals_the_libraries_within_a_grey_level(image, library, interpolation, geometry):
    metadata = Metadata(library=library, interpolation=interpolation, colour='bgr', **geometry)
    outside = prepare_image(image, metadata)
    inside = WithPreprocessing(nn.Identity(), metadata)(torch.from_numpy(np.array(image)[None])).numpy()
    assert inside.shape == outside.shape
    difference = np.abs(inside - outside)
    assert difference.max() <= 1
    # OpenCV's bilinear resizing counts in fractions of 2 ** -11
    assert (difference > 0).mean() < (0.2 if (library, interpolation) == ('cv2', 'bilinear') else 0.005)


@pytest.mark.parametrize('colour', ['rgb', 'bgr'])
def test_a_variants_images_are_those_of_its_preprocessing(image, colour):
    preprocessing = Preprocessing(size=64, colour=colour)
    theirs = prepare(image, preprocessing)[None].numpy()
    assert np.abs(prepare_image(image, describe(preprocessing)) - theirs).max() < 1e-5


CONFIGS = (
    DIGITS,
    ROOT / 'configs/efficientnet/efficientnet-b0_8xb32_in1k.py',
    ROOT / 'configs/regnet/regnetx-400mf_8xb128_in1k.py',
    ROOT / 'configs/rexnet/rexnet-1.0x_4xb128_in1k.py',
)


@pytest.mark.parametrize('config', CONFIGS, ids=lambda path: path.stem)
def test_a_configs_images_are_those_of_its_pipeline(image, config):
    cfg = load_config(config)
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        steps = cfg.test_dataloader.dataset.pipeline[1:]
        packed = Compose([TRANSFORMS.build(step) for step in steps])({'img': np.array(image)[..., ::-1]})
    settings = dict(cfg.model.get('data_preprocessor') or cfg.data_preprocessor)
    settings.pop('type', None)
    theirs = ClsDataPreprocessor(**settings)({'inputs': [packed['inputs']]})['inputs'].numpy()
    assert np.abs(prepare_image(image, read_preprocessing(cfg)) - theirs).max() < 1e-4


def test_steps_that_no_file_can_describe_are_named():
    cfg = load_config(DIGITS)
    cfg.test_dataloader.dataset.pipeline.insert(1, {'type': 'ColorJitter'})
    with pytest.raises(InputError, match="test pipeline's ColorJitter cannot be described in a file"):
        read_preprocessing(cfg)


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'resize': (64,)}, 'without a crop gives images of any size'),
        ({'resize': (64, 64), 'interpolation': 'nearest'}, 'resizing by pillow nearest cannot be inside'),
    ],
)
def test_preprocessing_that_cannot_be_inside_says_why(values, message):
    with pytest.raises(InputError, match=message):
        WithPreprocessing(nn.Identity(), Metadata(**values))
