"""The explorer's tab that designs for a budget: networks within it, as in Python, kept in the address."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from mmchan.channels import count, get_plan
from tests.docs.explorer_tabs import names_of, numbers_in

pytestmark = pytest.mark.slow

FOUND = re.compile(r'within your budget, from')
NONE = re.compile(r'None of ')
# between the title of the y axis and the tick that comes nearest to it
ROOM_BEFORE_TICKS = """() => {
    const texts = [...document.querySelectorAll('#budget .mm-plot .mm-axis text')];
    const title = texts.at(-1).getBoundingClientRect();
    const ticks = texts.slice(0, -2).map((tick) => tick.getBoundingClientRect().left);
    return Math.min(...ticks) - title.right;
}"""


def part(page, name):
    return page.locator(f'#budget [data-part="{name}"]')


def opened(open_page, settings='', **options):
    """The page with the tab open."""
    page = open_page('explorer', **options)
    page.goto(page.url + '#design-for-a-budget' + settings)
    return page


def of_snippet(page):
    """The names that the config of the page defines."""
    return names_of(part(page, 'snippet'))


def test_designed_network_is_within_the_budget_and_that_of_its_config(open_page):
    page = opened(open_page, '?space=regnety&budget=300&most=5&stem=1&strides=2,2,2,1&resolution=96')
    page.get_by_text(FOUND).wait_for()
    part(page, 'rows').get_by_role('button').nth(3).click()
    plan = get_plan(of_snippet(page)['arch'])
    cost = count(plan, resolution=96)
    assert 270e6 <= cost.macs <= 300e6
    assert cost.parameters <= 5e6
    assert part(page, 'macs').inner_text() == f'{cost.macs / 1e6:.0f} M'
    assert part(page, 'parameters').inner_text() == f'{cost.parameters / 1e6:.2f} M'
    assert numbers_in(part(page, 'stages').inner_text()) == plan.stage_widths
    assert numbers_in(part(page, 'maps').inner_text()) == (1, *plan.out_strides)
    assert plan.out_strides == (2, 4, 8, 8)
    assert page.locator('#budget .mm-cloud circle').count() > 100
    assert 'accuracy is not predicted' in page.locator('#budget').inner_text()


def test_design_comes_back_from_its_link_and_goes_to_the_sliders(open_page):
    page = opened(open_page, '?space=rexnet&budget=500&most=6')
    page.get_by_text(FOUND).wait_for()
    part(page, 'others').click()
    page.get_by_text(FOUND).wait_for()
    part(page, 'rows').get_by_role('button').nth(1).click()
    name, config = part(page, 'name').inner_text(), part(page, 'snippet').inner_text()
    part(page, 'link').click()
    page.get_by_text('Link copied.').wait_for()
    assert 'seed=1' in page.url
    page.reload()
    page.get_by_text(FOUND).wait_for()
    assert (part(page, 'name').inner_text(), part(page, 'snippet').inner_text()) == (name, config)
    page.get_by_role('link', name='Open with sliders').click()
    names = names_of(page.locator('#explorer [data-part="snippet"]'))
    assert get_plan(names['arch']) == get_plan(of_snippet(page)['arch'])


def test_budget_that_nothing_fits_says_what_to_change(open_page):
    page = opened(open_page, '?most=0.5')
    page.goto(page.url)
    part(page, 'most').fill('0.5')
    page.keyboard.press('Enter')
    page.get_by_text(NONE).wait_for()
    assert part(page, 'said').inner_text().endswith('Allow more parameters, or fewer MACs.')
    part(page, 'strides').fill('2, 2, 1')
    page.keyboard.press('Enter')
    words = 'The stages are 4, the strides given 3: give one for each, such as 2, 2, 2, 2.'
    assert part(page, 'message').inner_text() == words
    part(page, 'strides').fill('2, a, 2, 2')
    page.keyboard.press('Enter')
    assert part(page, 'message').inner_text() == 'A stride is 1 or 2, not a: change it.'
    assert part(page, 'strides').get_attribute('aria-invalid') == 'true'


def test_budget_fits_a_phone_and_passes_axe(open_page):
    page = opened(open_page, viewport={'width': 390, 'height': 844})
    page.get_by_text(FOUND).wait_for()
    assert page.evaluate('document.documentElement.scrollWidth') <= 390
    assert page.evaluate(ROOM_BEFORE_TICKS) > 0
    for theme, rules in (
        ('light', {}),
        ('dark', {'runOnly': {'type': 'rule', 'values': ['color-contrast']}}),
    ):
        page.evaluate('theme => { document.documentElement.dataset.theme = theme; }', theme)
        results = Axe().run(page, context='#budget', options={'preload': False, **rules})
        assert results.violations_count == 0, results.generate_report()
