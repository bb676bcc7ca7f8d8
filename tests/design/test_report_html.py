"""Pieces of the report's page: numbers as text, and the colours of the figures."""

import re
from importlib.resources import files

import pytest

from mmchan.design.reports.html import NONE, Values, amount
from mmchan.drawing.curves import COLOURS
from mmchan.drawing.inline import NAMES, colour_variables

VARIABLE = re.compile(r'--([\w-]+): (#\w{6})')
NUMBERS = {'spaces': [{'errors': {'best': 0.03772}, 'search': None, 'draws': [1, 2]}]}


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        (0, '0.00'),
        (12.5, '12.5'),
        (999, '999'),
        (5812, '5.81 k'),
        (94962, '95.0 k'),
        (439610, '440 k'),
        (4e8, '400 M'),
        (1.6e9, '1.60 G'),
    ],
)
def test_amount_has_three_digits_and_a_letter(value, text):
    assert amount(value).replace('\u00a0', ' ') == text


def test_number_tells_its_name_and_how_it_is_written():
    shown = Values(NUMBERS).show('spaces.0.errors.best', 'percent')
    assert shown == '<data value="0.03772" data-name="spaces.0.errors.best" data-kind="percent">3.77</data>'
    assert '>2</data>' in Values(NUMBERS).show('spaces.0.draws.1', 'count')


def test_number_that_is_not_there_is_a_dash():
    assert Values(NUMBERS).show('spaces.0.search.expected.3', 'percent') == NONE


def test_page_has_the_colours_of_the_figures_in_both_schemes():
    light, dark = (dict(VARIABLE.findall(colour_variables(dark=dark))) for dark in (False, True))
    assert {colour: name for name, colour in light.items()} == NAMES
    assert dark.keys() == light.keys()
    assert all(dark[name] != light[name] for name in light)
    style = (files('mmchan.design.reports') / 'page.css').read_text(encoding='utf-8')
    of_the_page, on_dark = (VARIABLE.findall(part) for part in style.split('prefers-color-scheme: dark')[:2])
    assert [name for name, _ in of_the_page] == [name for name, _ in on_dark]
    used = set(re.findall(r'var\(--([\w-]+)\)', style))
    assert used <= {*light, *dict(of_the_page)}
    script = (files('mmchan.design.reports') / 'page.js').read_text(encoding='utf-8')
    assert f'series % {len(COLOURS)}' in script
