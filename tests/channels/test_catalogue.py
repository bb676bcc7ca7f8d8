"""Names of variants."""

import pytest

from mmchan.channels import find_variant, get_plan, list_variants


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
    mega, giga = ('200', '400', '600', '800'), ('1.6', '3.2', '4.0', '6.4', '8.0', '12', '16', '32')
    sizes = [f'{number}mf' for number in mega] + [f'{number}gf' for number in giga]
    assert list_variants('regnet?-*[fF]') == [f'regnet{kind}-{size}' for kind in 'xy' for size in sizes]
    assert len(list_variants('rexnet-?.?x')) == 10
    assert len(list_variants('rexnetr')) == 5
    assert len(list_variants('rexnet-lite')) == 5
    assert len(list_variants('*-tv')) == 3
    assert list_variants('efficientnet-lite') == [f'efficientnet-lite{number}' for number in range(5)]


def test_list_variants_filters_by_family():
    assert list_variants(family='rexnet_lite') == list_variants('rexnet-lite-*')
