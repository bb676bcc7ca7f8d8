"""The channel explorer computes what the package computes, and shows it."""

import numpy as np
import pytest

from mmchan.channels import InputError, count, families, find_variant, get_plan, list_variants
from tests.docs.explorer_tabs import names_of
from tests.outside import PLAIN, forgotten, install

pytestmark = pytest.mark.slow

DRAWS = 200  # random networks of every family
# multipliers whose powers and roots are exact give ties, on which a rounding shows
TIES = {'wm': (1.5, 2, 2.25, 2.5, 3), 'wa': (0.5, 8, 12.5, 24), 'width_mult': (0.5, 1, 1.25, 1.5, 2)}
EVALUATE = """cases => cases.map(([family, given]) => {
    try {
        const { widths, stages, parameters, macs, activations } = mmchan.evaluate(family, given);
        return [widths, stages, parameters, macs, activations];
    } catch (error) {
        if (!(error instanceof mmchan.InputError)) throw error;
        return null;
    }
})"""
USUAL_VALUES = """([family, name]) => {
    return mmchan.usualValues(mmchan.settingsOf(family).find(one => one.argument === name));
}"""
WITH_SLIDERS = 'Object.keys(mmchan.families).filter(mmchan.hasSliders)'
BEYOND = """family => {
    const start = mmchan.openingOf(family).given;
    const ranged = mmchan.settingsOf(family).filter((one) => typeof one.usualLow === 'number');
    return ranged.flatMap((one) => [one.usualLow - one.step, one.usualHigh + one.step].map((value) => {
        const given = { ...start, [one.argument]: one.perStage ? [value] : value };
        try { mmchan.evaluate(family, given); } catch (error) { return [one.argument, error.message]; }
        return [one.argument, null];
    }));
}"""


def of_python(family, given):
    """Widths, stage widths and cost; None where there is no such network."""
    try:
        plan = get_plan({'family': family, **given})
    except InputError:
        return None
    cost = count(plan)
    return [list(plan.widths), list(plan.stage_widths), cost.parameters, cost.macs, cost.activations]


def drawn(family, rng):
    """Usual values of every setting; they may contradict each other."""
    given = {one.name: one.draw(rng, stages=2) for one in family.design}
    for name in TIES.keys() & given.keys():
        if rng.random() < 0.3:
            given[name] = TIES[name][int(rng.integers(len(TIES[name])))]
    return given


def differing(page, cases):
    """The cases whose network is another one in the page than in Python, with both."""
    found = page.evaluate(EVALUATE, cases)
    expected = [of_python(*case) for case in cases]
    return [case for case in zip(cases, found, expected, strict=True) if case[1] != case[2]], expected


def test_arithmetic_equals_python_for_all_variants(open_page):
    page = open_page('explorer')
    variants = [one for name in page.evaluate(WITH_SLIDERS) for one in families()[name].variants]
    cases = [[variant.family, dict(variant.arguments)] for variant in variants]
    assert set(page.evaluate(WITH_SLIDERS)) > {'regnet', 'rexnet', 'efficientnet', 'mobilenet_v2'}
    assert differing(page, cases)[0] == []


def test_arithmetic_equals_python_for_random_settings(open_page):
    page, rng = open_page('explorer'), np.random.default_rng(5)
    assert sorted(page.evaluate(WITH_SLIDERS)) == sorted(families())
    for name, family in families().items():
        cases = [[name, drawn(family, rng)] for _ in range(DRAWS)]
        cases += [[name, family.draw(rng)] for _ in range(DRAWS)]
        wrong, networks = differing(page, cases)
        assert wrong == []
        assert sum(network is not None for network in networks) >= DRAWS


def test_sliders_offer_the_usual_values(open_page):
    page = open_page('explorer')
    for name in page.evaluate(WITH_SLIDERS):
        for parameter in families()[name].design:
            if parameter.kind == 'choice' or parameter.per_stage:
                continue
            values = page.evaluate(USUAL_VALUES, [name, parameter.name])
            assert (values[0], values[-1]) == (parameter.low, parameter.high)
            assert values == sorted(set(values))
            assert values == pytest.approx([parameter.nearest(value) for value in values])


def part(page, name):
    return page.locator(f'#explorer [data-part="{name}"]')


def shown_cost(page):
    return [part(page, name).inner_text() for name in ('parameters', 'macs', 'activations')]


def setting(page, name):
    return page.get_by_label(f'{name}, exact', exact=True)


def open_family(page, name):
    page.get_by_role('button', name=families()[name].title, exact=True).click()


def test_sliders_change_widths_and_cost(open_page):
    page = open_page('explorer')
    start = find_variant(page.get_by_label('Start from').input_value())
    before = shown_cost(page)
    slider = page.locator('#setting-depth')
    slider.focus()
    slider.press('ArrowRight')
    depth = start.arguments['depth'] + 1
    assert (setting(page, 'depth').input_value(), slider.get_attribute('aria-valuetext')) == (str(depth),) * 2
    plan = get_plan({'variant': start.name, 'depth': depth})
    cost = count(plan)
    assert part(page, 'stages').inner_text() == ' · '.join(map(str, plan.stage_widths))
    assert page.locator('.mm-bars rect').count() == depth
    assert shown_cost(page) != before
    assert shown_cost(page) == [
        f'{cost.parameters / 1e6:.2f} M',
        f'{cost.macs / 1e9:.2f} G',
        f'{cost.activations / 1e6:.2f} M',
    ]


def test_named_variants_stand_beside_and_load(open_page):
    page = open_page('explorer')
    open_family(page, 'rexnet')
    assert page.locator('.mm-own').count() == 1
    page.get_by_role('button', name='rexnet-2.0x').click()
    assert setting(page, 'width_mult').input_value() == '2'
    assert "arch = 'rexnet-2.0x'" in part(page, 'snippet').inner_text()
    rows = page.locator('[data-part="variants"] tr').all_inner_texts()
    assert len(rows) == 1 + len(list_variants(family='rexnet'))


def of_snippet(page):
    """The names that the config of the page defines."""
    return names_of(part(page, 'snippet'))


def test_copied_config_is_the_network_shown(open_page):
    page = open_page('explorer')
    open_family(page, 'rexnet')
    setting(page, 'total_growth').fill('131')
    page.get_by_role('button', name='Copy config').click()
    page.get_by_text('Copied.').wait_for()
    names = of_snippet(page)
    assert names['arch'] == {'family': 'rexnet', 'total_growth': 131}
    assert names['model']['backbone']['type'] == 'mmchan.ReXNet'
    stages = part(page, 'stages').inner_text()
    assert tuple(map(int, stages.split(' · '))) == get_plan(names['arch']).stage_widths
    assert names['model']['head']['in_channels'] == get_plan(names['arch']).out_widths[-1]


def test_config_keeps_what_has_no_slider(open_page):
    page = open_page('explorer')
    open_family(page, 'efficientnet')
    page.get_by_role('button', name='efficientnet-b2').click()
    setting(page, 'divisor').fill('4')
    names = of_snippet(page)
    assert get_plan(names['arch']) == get_plan({'variant': 'efficientnet-b2', 'divisor': 4})
    assert names['model']['backbone']['type'] == 'mmchan.Backbone'


def test_none_turns_an_optional_setting_off(open_page):
    page = open_page('explorer')
    none, ratio = page.get_by_label('se_ratio: None'), setting(page, 'se_ratio')
    assert none.is_checked()
    assert ratio.is_disabled()
    none.uncheck()
    assert ratio.input_value() == '0.25'  # that of the first variant with one
    assert of_snippet(page)['arch'] == 'regnety-200mf'
    ratio.fill('0.5')
    assert of_snippet(page)['arch']['se_ratio'] == 0.5
    assert page.locator('.mm-bars').get_attribute('data-series') == 'regnety'
    none.check()
    assert isinstance(of_snippet(page)['arch'], str)
    assert page.locator('.mm-bars').get_attribute('data-series') == 'regnetx'


def test_numbers_beyond_a_slider_are_refused_alike(open_page):
    page = open_page('explorer')
    for name in page.evaluate(WITH_SLIDERS):
        refusals = page.evaluate(BEYOND, name)
        assert refusals
        for argument, message in refusals:
            one = families()[name].parameter[argument]
            assert message.startswith(f'Take {argument} between {one.low:g} and {one.high:g}: ')
            assert message.endswith(' is beyond.')


def test_impossible_settings_say_what_to_change(open_page):
    page = open_page('explorer')
    first = setting(page, 'w0')
    for value, words in {
        '25': 'Take a multiple of 8 for w0: 24 or 32, not 25.',
        '24.5': 'Take a whole number for w0: 24 or 25, not 24.5.',
        '': 'Type a number from 8 to 320 for w0.',
    }.items():
        first.fill(value)
        assert part(page, 'message').inner_text() == f'{words} Below is the last network that exists.'
        assert first.get_attribute('aria-invalid') == 'true'
    first.fill('24')
    assert part(page, 'message').inner_text() == ''
    assert first.get_attribute('aria-invalid') is None
    setting(page, 'wm').fill('1.5')
    setting(page, 'depth').fill('40')
    assert part(page, 'message').inner_text().startswith('Raise wm, or lower wa or depth: ')


def test_settings_stand_in_the_address_and_copied_goes(open_page):
    page = open_page('explorer')
    open_family(page, 'regnet')
    page.get_by_role('button', name='regnety-1.6gf').click()
    setting(page, 'depth').fill('20')
    page.get_by_label('se_ratio: None').check()
    page.get_by_role('button', name='Copy link').click()
    page.get_by_text('Link copied.').wait_for()
    link, cost = page.evaluate('location.href'), shown_cost(page)
    assert link.endswith('#one-network?family=regnet&start=regnety-1.6gf&depth=20&se_ratio=None')
    setting(page, 'depth').fill('21')
    assert part(page, 'copied').inner_text() == ''
    page.goto(link)
    page.reload()
    assert (setting(page, 'depth').input_value(), shown_cost(page)) == ('20', cost)
    assert part(page, 'legend').inner_text() == 'Bars: your network. Outline: regnety-1.6gf.'
    page.goto(link.replace('family=regnet', 'family=regnets'))
    page.get_by_text('does not know regnets').wait_for()


def test_families_of_stages_have_lists_and_open_with_a_variant(open_page):
    page = open_page('explorer')
    for family, like in (('anynet', 'regnetx-200mf'), ('anyrexnet', 'rexnet-1.0x')):
        open_family(page, family)
        assert f'opens with the widths of {like}.' in part(page, 'empty').inner_text()
        arch = of_snippet(page)['arch']
        assert get_plan(arch).widths == get_plan(like).widths
        assert arch['family'] == family
    open_family(page, 'anynet')
    assert count(get_plan(of_snippet(page)['arch'])) == count(get_plan('regnetx-200mf'))
    page.locator('#setting-depths').fill('1, 2, 3')
    assert 'Give depths a number for each of the 4 stages' in part(page, 'message').inner_text()
    page.locator('#setting-depths').fill('1, 2, 3, 2')
    assert get_plan(of_snippet(page)['arch']).stage_depths == (1, 2, 3, 2)
    assert part(page, 'table').is_hidden()
    open_family(page, 'regnet')
    assert part(page, 'table').is_visible()


@pytest.fixture
def outside(tmp_path, monkeypatch, extension):
    """The scripts of a site that is built where a distribution brings a family."""
    install(tmp_path, 'plain', PLAIN)
    monkeypatch.syspath_prepend(tmp_path)
    scripts = tmp_path / 'js'
    scripts.mkdir()
    with forgotten('plain'):
        extension('explorer_data').write_records(scripts)
    return scripts


def test_family_from_outside_is_shown_without_sliders(open_page, outside):
    page = open_page('explorer')
    for script in outside.iterdir():
        page.route(f'**/{script.name}*', lambda route, _, path=script: route.fulfill(path=path))
    page.reload()
    page.get_by_role('button', name='Plain', exact=True).click()
    assert 'No sliders: the arithmetic of Plain is not in this page' in part(page, 'settings').inner_text()
    assert page.locator('#explorer input').count() == 0
    rows = page.locator('[data-part="variants"] tr').all_inner_texts()
    assert [row.split('\t')[:2] for row in rows] == [['plain-16', '16'], ['plain-24', '24']]
    page.get_by_role('button', name='plain-24').click()
    assert page.locator('.mm-bars rect').count() == 3
    assert "arch = 'plain-24'" in part(page, 'snippet').inner_text()
    assert "type='mmchan.Backbone'" in part(page, 'snippet').inner_text()
