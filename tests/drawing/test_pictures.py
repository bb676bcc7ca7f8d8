"""Charts of reports: every kind of layer in every format, and in a page with the page's colours."""

import re
from xml.etree import ElementTree as ET

import pytest

from mmchan.drawing.inline import inline_svg
from mmchan.drawing.pictures import Dots, Line, Picture, Span, plot_picture
from mmchan.errors import InputError

LAYERS = (
    Span(0, 1.5, 2, 2.5),
    Line('band', 0, (1, 2, 3), (0.1, 0.5, 1), (0, 0.3, 0.8), (0.2, 0.7, 1), steps='post'),
    Dots('one', 0, (1, 2, 3), (0.2, 0.4, 0.6), (4, 0, 7)),
    Dots('two', 1, (2,), (0.3,), (5,), spread=(0.1,)),
)
SVG = '{http://www.w3.org/2000/svg}'


def picture(*layers, **options):
    return Picture('name', 'title', 'x', 'y', layers or LAYERS, **options)


def points_of(svg):
    root = ET.fromstring(svg)  # noqa: S314 - drawn here
    groups = [group for group in root.iter(f'{SVG}g') if group.get('class') == 'points']
    return {
        group.get('data-series'): [point.get('data-network') for point in group if point.get('x')]
        for group in groups
    }


@pytest.mark.parametrize('scale', ['linear', 'log', 'log2'])
def test_all_layers_are_drawn_into_all_formats(tmp_path, scale):
    paths = [tmp_path / f'picture.{kind}' for kind in ('png', 'svg', 'pdf')]
    plot_picture(picture(x_scale=scale, percent='y'), *paths)
    assert [path.read_bytes()[:5] for path in paths] == [b'\x89PNG\r', b'<?xml', b'%PDF-']


def test_unknown_format_is_refused(tmp_path):
    with pytest.raises(InputError, match=r'must end in \.png, \.svg, \.pdf'):
        plot_picture(picture(), tmp_path / 'picture.bmp')


def test_percent_and_thousands_are_written_short(tmp_path):
    dots = Dots('', 0, (1000, 400_000), (0.125, 0.5), (0, 1))
    plot_picture(picture(dots, percent='y', large=True), tmp_path / 'picture.svg')
    texts = re.findall(r'<text[^>]*>([^<]*)</text>', (tmp_path / 'picture.svg').read_text())
    assert {'400k', '50'} <= set(texts)


@pytest.fixture
def svg(tmp_path):
    plot_picture(picture(), tmp_path / 'picture.svg')
    return inline_svg(picture(), tmp_path / 'picture.svg')


def test_points_in_a_page_name_their_networks(svg):
    found = points_of(svg)
    assert found['0'] == ['4', '0', '7']
    assert len(found) == 2


def test_many_and_few_points_are_found(tmp_path):
    for count in (1, 2, 3, 40):
        dots = Dots('', 2, range(count), range(count), range(count))
        plot_picture(picture(dots), tmp_path / 'picture.svg')
        found = inline_svg(picture(dots), tmp_path / 'picture.svg')
        assert re.findall(r'data-network="(\d+)"', found) == [str(one) for one in range(count)]


def test_colours_and_font_in_a_page_are_its_own(svg):
    assert not re.search(r'#[0-9a-f]{6}', svg)
    assert 'font-family' not in svg
    assert {'--ink', '--muted', '--grid', '--ground', '--series-0', '--series-1'} <= set(
        re.findall(r'--[\w-]+', svg)
    )


def test_names_in_a_page_are_those_that_are_used_and_of_this_chart(svg):
    names = re.findall(r'\bid="([^"]+)"', svg)
    used = re.findall(r'(?:href="|url\()#([^")]+)', svg)
    assert set(names) == set(used)
    assert all(name.startswith('name-') for name in names)
    assert len(names) == len(set(names))
