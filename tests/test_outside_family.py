"""A family that another distribution brings works like ours, and a broken one says what it is."""

import importlib

import numpy as np
import pytest
import torch

import mmchan
from mmchan.channels import (
    InputError,
    count,
    families,
    find_variant,
    get_plan,
    list_variants,
    preprocessing_of,
)
from mmchan.drawing.palette import colour_of
from mmchan.drawing.widths import plot_widths
from mmchan.layouts.recognition import recognise_variant
from tests.outside import PLAIN, forgotten, install

LIBRARIES = ('mmpretrain', 'mmdet', 'mmseg')


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A folder on the path, into which packages are installed."""
    with forgotten('plain'):
        monkeypatch.syspath_prepend(tmp_path)
        yield tmp_path


@pytest.fixture
def plain(packages):
    """The family of a package, installed."""
    install(packages, 'plain', PLAIN)
    importlib.invalidate_caches()
    return families()['plain']


def test_it_is_listed_counted_drawn_and_coloured(plain, tmp_path):
    assert list_variants(family='plain') == list_variants('plain') == ['plain-16', 'plain-24']
    plan = get_plan('Plain_24')
    assert plan.widths == (24, 24, 24)
    assert count(plan).parameters == sum(one.numel() for one in mmchan.get_model('plain-24').parameters())
    plot_widths({'plain-24': plan}, tmp_path / 'plain.svg')
    assert colour_of(find_variant('plain-16').series) == plain.series[0].colours[0]
    assert preprocessing_of('plain-16') == plain.preprocessing


def test_random_networks_of_it_are_networks_of_it(plain):
    rng = np.random.default_rng(0)
    for _ in range(5):
        assert get_plan({'family': 'plain', **plain.draw(rng)}).family == 'plain'


@pytest.mark.parametrize('library', LIBRARIES)
def test_configs_of_every_library_build_it(plain, library):
    registry = importlib.import_module(f'{library}.registry').MODELS
    backbone = registry.build({'type': 'mmchan.Backbone', 'arch': 'plain-16', 'out_indices': (0,)}).eval()
    assert [tuple(out.shape) for out in backbone(torch.rand(1, 3, 32, 32))] == [(1, 16, 16, 16)]


def test_its_checkpoints_are_recognised(plain):
    assert recognise_variant(mmchan.get_model('plain-24').state_dict()) == ('plain-24', 'mmchan')


def test_what_it_leaves_out_is_lacked_politely(plain):
    with pytest.raises(InputError, match='plain-16 has no public weights; the nearest variant that has is'):
        mmchan.get_model('plain-16', pretrained=True)
    with pytest.raises(InputError, match="unknown argument of plain 'height'; known: width"):
        get_plan({'family': 'plain', 'height': 3})


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('import nowhere_to_be_found', "family 'plain:FAMILY' of plain cannot be loaded: No module named"),
        ('FAMILY = 3', "family 'plain:FAMILY' of plain must be a mmchan.channels.Family, got int"),
        (PLAIN.replace("name='plain'", "name='regnet'"), "of plain brings the name 'regnet', which is taken"),
    ],
    ids=['import', 'type', 'name'],
)
def test_broken_one_is_named_and_ours_still_work(packages, text, message):
    install(packages, 'plain', text)
    importlib.invalidate_caches()
    with pytest.raises(InputError, match=message):
        list_variants()
    assert mmchan.get_model('regnetx-200mf', features_only=True).plan.family == 'regnet'
