"""Pages are easy to read and to find: types and links of the API, search, indexes, code that is whole."""

import html
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 113  # characters of a line of code that a window of 1400 pixels has room for
TAG = re.compile(r'<[^>]+>')
INDEXES = ('howto', 'tutorials')
TOCTREE = re.compile(r'```\{toctree\}\n:hidden:\n\n(.*?)```', re.DOTALL)


@pytest.fixture(scope='module')
def api(site) -> str:
    """All API pages."""
    return '\n'.join(path.read_text('utf-8') for path in (site / 'api').glob('*.html'))


@pytest.mark.slow
def test_names_are_known_by_where_they_are_defined_too(extension):  # building the site resolves all of them
    links = extension('library_links')
    torch = links.inventory('torch', links.libraries()['torch'])
    found = {one.name: one.uri for one in torch.objects}
    assert found['torch.nn.modules.module.Module'] == 'generated/torch.nn.Module.html#torch.nn.Module'


@pytest.mark.slow
def test_api_links_to_the_libraries_that_it_names(api, extension):
    for library in extension('library_links').libraries().values():
        assert f'href="{library["address"]}' in api


@pytest.mark.slow
def test_api_shows_types_sources_and_tables(api, site):
    line = re.search(r'href="../(source/mmchan.channels.cost.html)#(L-\d+)"', api)
    assert f'id="{line[2]}"' in (site / line[1]).read_text('utf-8')
    assert 'generated/torch.nn.Module.html#torch.nn.Module' in api
    assert '_NestedSequence' not in api  # of ArrayLike
    assert sys.prefix not in api  # a default that only this machine has
    table = re.search(
        r'<table class="[^"]*mm-members.*?</table>', (site / 'api/channels.html').read_text(), re.DOTALL
    )
    assert 'href="#mmchan.channels.catalogue.get_plan"' in table.group()


@pytest.mark.slow
def test_search_finds_a_variant_and_says_where(site, browser):
    page = browser.new_page()  # which may ask for excerpts, that file:// has not
    page.goto(f'{(site / "search.html").as_uri()}?q=regnety-1.6gf')
    page.get_by_text('Search finished').wait_for()
    found = page.locator('#search-results li')
    assert found.first.inner_text().startswith('regnety-1.6gf')
    variant = found.filter(has_text='regnety-1.6gf (variant, in RegNet').locator('a')
    assert variant.get_attribute('href') == 'families/regnet.html#variant-regnety-1.6gf'
    page.close()


@pytest.mark.slow
def test_code_has_no_line_that_a_desktop_breaks(open_page, site):
    pages = (path for path in site.rglob('*.html') if path.parent != site / 'source')
    long = {
        (path.name, line)
        for path in pages
        for block in re.findall(r'<pre[^>]*>(.*?)</pre>', path.read_text('utf-8'), re.DOTALL)
        for line in html.unescape(TAG.sub('', block)).splitlines()
        if len(line) > LONGEST
    }
    assert not long
    page = open_page('howto/export', viewport={'width': 1400, 'height': 900})
    page.locator('pre').first.evaluate(f'pre => {{ pre.textContent = "x".repeat({LONGEST}) }}')
    lines = 'pre => Math.round((pre.clientHeight - 2 * parseFloat(getComputedStyle(pre).paddingTop))'
    assert page.locator('pre').first.evaluate(f'{lines} / parseFloat(getComputedStyle(pre).lineHeight))') == 1


@pytest.mark.parametrize('folder', INDEXES)
def test_index_says_what_each_page_is_for(folder):
    text = (ROOT / f'docs/{folder}/index.md').read_text()
    names = TOCTREE.search(text)[1].split()
    assert names
    for name in names:
        assert re.search(rf'^- \[[^\]]+\]\({re.escape(name)}\.md\): \w', text, re.MULTILINE), name
