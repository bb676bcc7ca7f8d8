"""Every kind of page: usable on a phone, legible, labelled, and something to see without scripts."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGES = ('index', 'zoo', 'explorer', 'families/regnet', 'tutorials/own_widths', 'howto/train', 'api/channels')
PHONE = {'width': 390, 'height': 844}


@pytest.mark.parametrize('name', PAGES)
def test_phone_needs_no_sideways_scrolling(open_page, name):
    page = open_page(name, viewport=PHONE)
    assert page.evaluate('document.documentElement.scrollWidth') <= PHONE['width']


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


def test_family_page_draws_widths(open_page):
    page = open_page('families/regnet')
    assert page.locator('figure.mm-widths polyline').count() >= 2


def test_api_reference_names_every_public_module():
    modules = (path.relative_to(ROOT).with_suffix('') for path in ROOT.glob('mmchan/[a-z]*/**/*.py'))
    public = {'.'.join(path.parts) for path in modules if path.name[0] != '_'} | {'mmchan.api'}
    reference = '\n'.join(page.read_text() for page in (ROOT / 'docs/api').glob('*.md'))
    named = set(re.findall(r'automodule:: (\S+)', reference))
    assert named == {name for name in public if not name.startswith('mmchan.cli')}
