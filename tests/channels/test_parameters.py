"""Parameters: what they allow, what they draw, and what families make of them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from mmchan.channels import Family, InputError, Parameter, Series, Variant, families, find_family
from mmchan.channels.parameters import AT_LEAST_ONE, SHARE, Bounds

WIDTH = Parameter(name='w', kind='integer', meaning='width', bounds=AT_LEAST_ONE, low=8, high=64, step=8)
RATIO = Parameter(name='r', kind='number', meaning='ratio', bounds=SHARE, low=0.1, high=1, step=0.1)
STYLE = Parameter(name='s', kind='choice', meaning='style', choices=('a', 2), default='a')
DESIGN = [(family.name, one) for family in families().values() for one in family.design]


@pytest.mark.parametrize(
    ('bounds', 'inside', 'outside', 'text'),
    [
        (Bounds(1), (1, 2), (0.9, math.nan), '>= 1'),
        (Bounds(0, open_low=True), (0.1,), (0,), '> 0'),
        (Bounds(0, 1, open_low=True), (0.1, 1), (0, 1.1), 'within (0, 1]'),
        (Bounds(0, 1, open_high=True), (0,), (1,), 'within [0, 1)'),
        (Bounds(high=3), (-9, 3), (4,), '<= 3'),
    ],
)
def test_bounds_hold_what_they_say(bounds, inside, outside, text):
    assert all(value in bounds for value in inside)
    assert not any(value in bounds for value in outside)
    assert str(bounds) == text


@pytest.mark.parametrize(
    ('parameter', 'value', 'message'),
    [
        (WIDTH, 0, 'w must be an integer >= 1, got 0'),
        (WIDTH, 2.5, 'w must be an integer >= 1, got 2.5'),
        (WIDTH, True, 'w must be an integer >= 1, got True'),
        (WIDTH, None, 'w must be an integer >= 1, got None'),
        (RATIO, 0, r'r must be within \(0, 1\], got 0'),
        (replace(RATIO, optional=True), 2, r'r must be None or within \(0, 1\], got 2'),
        (replace(RATIO, bounds=Bounds(0)), math.inf, 'r must be finite, got inf'),
        (replace(WIDTH, bounds=Bounds()), 2.5, 'w must be an integer, got 2.5'),
        (replace(RATIO, bounds=Bounds()), 'x', "r must be a number, got 'x'"),
        (STYLE, '2', "s must be 'a' or 2, got '2'"),
        (replace(WIDTH, per_stage=True), [8, 0], 'w must be an integer >= 1, got 0'),
        (replace(WIDTH, per_stage=True), 8, 'w must be a sequence with one value for every stage, got 8'),
    ],
)
def test_wrong_value_is_named_with_rule(parameter, value, message):
    with pytest.raises(InputError, match=message):
        parameter.check(value)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'kind': 'float'}, 'kind of w must be one of integer, number, choice'),
        ({'low': None}, 'low and high of w must be given, or fixed set'),
        ({'kind': 'choice'}, 'choices of w must be given'),
    ],
)
def test_half_a_parameter_is_refused(settings, message):
    with pytest.raises(InputError, match=message):
        replace(WIDTH, **settings)


@pytest.mark.parametrize(('family', 'parameter'), DESIGN, ids=[f'{name}-{one.name}' for name, one in DESIGN])
def test_drawn_values_are_allowed_usual_and_not_all_the_same(family, parameter):
    rng = np.random.default_rng(0)
    drawn = [parameter.draw(rng, stages=3) for _ in range(50)]
    for value in drawn:
        parameter.check(value)
        for one in value if isinstance(value, tuple) else (value,):
            assert one is None or parameter.kind == 'choice' or one == parameter.nearest(one)
    assert len(set(drawn)) > 1
    assert (None in drawn) == parameter.optional


def test_draws_of_a_seed_are_the_same():
    one, other = (find_family('regnet').draw(np.random.default_rng(3)) for _ in range(2))
    assert one == other


def impossible(**arguments):
    raise InputError('no such network')


def family(**settings):
    return Family(
        **{'name': 'mine', 'title': 'Mine', 'paper': '-', 'plan': impossible, 'parameters': [WIDTH]}
        | settings
    )


def test_family_without_networks_ends_with_a_message():
    with pytest.raises(InputError, match='no network of mine came of 1000 draws; narrow its parameters'):
        family().draw(np.random.default_rng(0))


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'name': 'My-Net'}, "name of a family or series must be lower case with underscores, got 'My-Net'"),
        (
            {
                'series': [Series('mine_large', 'Mine, large')],
                'variants': [Variant(name='mine-1', arguments={}, source='-', series='mine_larg')],
            },
            "unknown series of mine-1 'mine_larg'; did you mean 'mine_large'",
        ),
    ],
)
def test_half_a_family_is_refused(settings, message):
    with pytest.raises(InputError, match=message):
        family(**settings)


def test_part_that_is_not_there_is_named():
    with pytest.raises(InputError, match="layouts of the family mine is 'nowhere:LAYOUTS': No module named"):
        family(layouts='nowhere:LAYOUTS').load('layouts')
    assert family().load('published') is None
