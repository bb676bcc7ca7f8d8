"""Every published checkpoint comes under a licence; those of timm's are what timm says."""

import pytest
import timm

from mmchan.weights.catalogue import published
from mmchan.weights.licences import licence_of
from mmchan.zoo import TASKS, rows

TIMMS = {
    'rexnet-1.0x': 'rexnet_100.nav_in1k',
    'rexnet-1.3x': 'rexnet_130.nav_in1k',
    'rexnet-3.0x': 'rexnet_300.nav_in1k',
    'rexnetr-2.0x': 'rexnetr_200.sw_in12k_ft_in1k',
    'rexnetr-3.0x': 'rexnetr_300.sw_in12k_ft_in1k',
    'efficientnet-lite4': 'tf_efficientnet_lite4.in1k',
    'regnety-400mf': 'regnety_004.pycls_in1k',
}


def test_all_weights_have_a_licence():
    places = [one.url or one.page or one.package for one in published().values()]
    places += [row.weights for task in TASKS for row in rows(task) if row.weights]
    assert [place for place in places if licence_of(place) is None] == []


def test_unknown_publisher_has_none():
    assert licence_of('https://example.org/network.pth') is None


@pytest.mark.parametrize('variant', TIMMS)
def test_licence_is_that_of_timm(variant):
    weights = published()[variant]
    licence = licence_of(weights.url or weights.page)
    assert licence.spdx.lower() == timm.get_pretrained_cfg(TIMMS[variant]).license
