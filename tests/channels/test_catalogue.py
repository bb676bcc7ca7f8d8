"""Names of variants."""

import pytest

from mmchan.channels import find_variant, get_plan, list_variants
from tests.golden import REGNET, REXNET


@pytest.mark.parametrize(
    ('spelling', 'name'),
    [
        ('RegNetX-400MF', 'regnetx-400mf'),
        ('regnetx_400mf', 'regnetx-400mf'),
        ('RegNetY_1.6GF', 'regnety-1.6gf'),
        ('rexnet_lite_1.0x', 'rexnet-lite-1.0x'),
    ],
)
def test_other_spellings_find_the_variant(spelling, name):
    assert find_variant(spelling).name == name


def test_every_variant_is_another_network():
    """A port once built 1.0x under the names of 1.3x and 1.5x."""
    plans = {name: get_plan(name) for name in list_variants()}
    assert len(set(plans.values())) == len(plans)


def test_the_table_holds_what_the_papers_report():
    assert list_variants('regnet?-*[fF]') == [row['name'].lower() for row in REGNET]
    assert {*list_variants('rexnet*')} == {*REXNET['parameters']}
    assert list_variants('*-tv') == ['regnetx-400mf-tv', 'regnety-800mf-tv', 'regnety-8.0gf-tv']
    assert list_variants('efficientnet-lite') == [f'efficientnet-lite{number}' for number in range(5)]


def test_list_variants_filters_by_family():
    assert list_variants(family='rexnet_lite') == list_variants('rexnet-lite-*')
