"""Every kind of page: usable on a phone, legible, labelled, and something to see without scripts."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from mmchan.channels import families

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGES = (
    *('index', 'zoo', 'explorer', 'families/regnet', 'models/rexnet-1.0x', 'recounted'),
    *('tutorials/own_widths', 'findings', 'api/process', 'photo'),
)
MODULE = re.compile(r'id="module-([\w.]+)"')
HEADING = re.compile('<h1>([^<]+)')
FIRST_CODE = re.compile(r'<tr class="row-\w+"><td><p><code[^>]*><span class="pre">([^<]+)')
LINKED_MODEL = re.compile(r'href="\.\./models/([^"]+)\.html"')
PHONE = {'width': 390, 'height': 844}


@pytest.mark.parametrize('name', PAGES)
def test_phone_needs_no_sideways_scrolling(open_page, name):
    page = open_page(name, viewport=PHONE)
    assert page.evaluate('document.documentElement.scrollWidth') <= PHONE['width']
    clipped = (
        'blocks => blocks.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)'
    )
    assert page.locator('pre:visible, dt.sig:visible').evaluate_all(clipped) == []


# colours are all that the dark scheme changes
RULES = {'light': {}, 'dark': {'runOnly': {'type': 'rule', 'values': ['color-contrast']}}}


@pytest.mark.parametrize('scheme', RULES)
@pytest.mark.parametrize('name', PAGES)
def test_page_passes_axe(open_page, name, scheme):
    page = open_page(name, color_scheme=scheme)
    assert page.locator('html').get_attribute('data-theme') == scheme
    options = {'preload': False, **RULES[scheme]}  # its own requests for styles fail on file://
    results = Axe().run(page, options=options)
    assert results.response['passes']
    assert results.violations_count == 0, results.generate_report()


def test_zoo_shows_drawings_where_scripts_are_off(open_page, site):
    page = open_page('zoo', java_script_enabled=False)
    sources = [image.get_attribute('src') for image in page.locator('noscript img').all()]
    assert {*sources} == {f'_static/zoo/{drawing.name}' for drawing in (site / '_static/zoo').glob('*.svg')}
    assert sources
    for source in sources:
        assert (site / source).read_text().lstrip().startswith('<?xml')


@pytest.mark.parametrize('family', families().values(), ids=lambda family: family.name)
def test_family_has_a_page_with_widths_and_parameters(site, family):
    text = (site / f'families/{family.name}.html').read_text('utf-8')
    assert HEADING.search(text).group(1).startswith(family.title)
    assert ('<figure class="mm-widths"' in text) == bool(family.variants)
    table = text.partition('mm-words')[2].partition('</table>')[0]
    assert FIRST_CODE.findall(table) == [parameter.name for parameter in family.parameters]
    assert {*LINKED_MODEL.findall(text)} - {'index'} == {variant.name for variant in family.variants}


def test_widths_are_drawn(open_page):
    figure = open_page('families/rexnet').locator('figure.mm-widths')
    assert figure.locator('polyline').count() == len(figure.get_attribute('data-variants').split())


def test_api_reference_describes_every_public_module(site):
    modules = (path.relative_to(ROOT).with_suffix('') for path in ROOT.glob('mmchan/**/*.py'))
    public = {'.'.join(path.parts) for path in modules if path.name[0] != '_'}
    described = {
        name for page in (site / 'api').glob('*.html') for name in MODULE.findall(page.read_text('utf-8'))
    }
    assert described >= {name for name in public if not name.startswith('mmchan.cli')}


def test_api_index_names_every_room(site):
    text = (site / 'api/index.html').read_text('utf-8')
    rooms = {path.parent.name for path in ROOT.glob('mmchan/*/__init__.py')} - {'cli'}
    assert rooms
    for room in rooms:
        assert f'href="{room}.html"' in text
