"""The channel explorer computes what the package computes, and shows it."""

import random
import re

import pytest

from mmchan.channels import VARIANTS, InputError, count, get_plan

pytestmark = pytest.mark.slow

FAMILIES = ('regnet', 'rexnet', 'rexnet_lite')
DRAWS = 1000
EVALUATE = """cases => cases.map(([family, given]) => {
    try {
        const { widths, stages, parameters, macs, activations } = mmchan.evaluate(family, given);
        return [widths, stages, parameters, macs, activations];
    } catch (error) {
        if (!(error instanceof mmchan.InputError)) throw error;
        return null;
    }
})"""


def of_python(family, given):
    """Widths, stage widths and cost; None where there is no such network."""
    arguments = {name: value for name, value in given.items() if (name, value) != ('se_ratio', 0)}
    try:
        plan = get_plan({'family': family, **arguments})
    except InputError:
        return None
    cost = count(plan)
    return [list(plan.widths), list(plan.stage_widths), cost.parameters, cost.macs, cost.activations]


def drawn_regnet(draw):
    # multipliers whose powers and roots are exact give ties, on which a rounding shows
    multiplier = draw.choice([round(draw.uniform(1.2, 3.5), 2), draw.choice([1.5, 2, 2.25, 2.5, 4])])
    return {
        'w0': 8 * draw.randint(1, 40),
        'wa': draw.choice([round(draw.uniform(0, 150), 2), draw.randint(0, 300) / 2]),
        'wm': multiplier,
        'depth': draw.randint(1, 40),
        'group_width': draw.choice([1, 8, 16, 24, 40, 56, 112, 120, 168]),
        'se_ratio': draw.choice([0, 0.1, 0.25, 0.5]),
        'rounding': draw.choice(['pycls', 'torchvision']),
    }


def drawn_rexnet(draw):
    return {
        'first_width': draw.randint(4, 64),
        'total_growth': draw.randint(0, 400),
        'width_mult': round(draw.uniform(0.3, 3), 2),
        'depth_mult': round(draw.uniform(0.2, 3), 1),
        'divisor': draw.choice([1, 1, 2, 4, 8, 16]),
    }


def drawn_cases(seed):
    draw = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(DRAWS):
        family = draw.choice(FAMILIES)
        given = drawn_regnet(draw) if family == 'regnet' else drawn_rexnet(draw)
        if family == 'rexnet_lite':
            del given['depth_mult']
        yield family, given


def test_arithmetic_equals_python_for_all_variants(open_page):
    variants = [variant for variant in VARIANTS.values() if variant.family in FAMILIES]
    given = [{k: v for k, v in variant.arguments.items() if v is not None} for variant in variants]
    cases = [[variant.family, arguments] for variant, arguments in zip(variants, given, strict=True)]
    found = open_page('explorer').evaluate(EVALUATE, cases)
    expected = [of_python(variant.family, variant.arguments) for variant in variants]
    assert {variant.family for variant in variants} == {*FAMILIES}
    assert found == expected


def test_arithmetic_equals_python_for_random_settings(open_page):
    cases = list(drawn_cases(seed=5))
    expected = [of_python(*case) for case in cases]
    assert open_page('explorer').evaluate(EVALUATE, cases) == expected
    assert DRAWS / 2 < len([one for one in expected if one]) < DRAWS  # both networks and refusals


def part(page, name):
    return page.locator(f'#explorer [data-part="{name}"]')


def shown_cost(page):
    return [part(page, name).inner_text() for name in ('parameters', 'macs', 'activations')]


def test_sliders_change_widths_and_cost(open_page):
    page = open_page('explorer')
    before = shown_cost(page)
    page.get_by_label('Depth (blocks)', exact=True).fill('13')
    arch = {'family': 'regnet', 'w0': 24, 'wa': 24.48, 'wm': 2.54, 'depth': 13, 'group_width': 16}
    plan, cost = get_plan(arch), count(get_plan(arch))
    assert part(page, 'stages').inner_text() == ' · '.join(map(str, plan.stage_widths))
    assert page.locator('.mm-bars rect').count() == 13
    assert shown_cost(page) != before
    assert shown_cost(page) == [
        f'{cost.parameters / 1e6:.2f} M',
        f'{cost.macs / 1e9:.2f} G',
        f'{cost.activations / 1e6:.2f} M',
    ]


def test_published_variants_stand_beside_and_load(open_page):
    page = open_page('explorer')
    page.get_by_role('button', name='ReXNet', exact=True).click()
    assert page.locator('.mm-own').count() == 1
    page.get_by_role('button', name='rexnet-2.0x').click()
    assert page.get_by_label('Width multiplier', exact=True).input_value() == '2'
    assert "arch = 'rexnet-2.0x'" in part(page, 'snippet').inner_text()
    rows = page.locator('[data-part="variants"] tr').all_inner_texts()
    assert len(rows) == 1 + len([one for one in VARIANTS.values() if one.family == 'rexnet'])


def test_copied_config_is_the_network_shown(open_page):
    page = open_page('explorer')
    page.get_by_role('button', name='ReXNet', exact=True).click()
    page.get_by_label('Growth (total)', exact=True).fill('131')
    page.get_by_role('button', name='Copy config').click()
    page.get_by_text('Copied.').wait_for()
    names = {}
    exec(part(page, 'snippet').inner_text(), names)  # noqa: S102 - the config that the page wrote
    assert names['arch'] == {'family': 'rexnet', 'total_growth': 131}
    stages = part(page, 'stages').inner_text()
    assert tuple(map(int, stages.split(' · '))) == get_plan(names['arch']).stage_widths
    assert names['model']['head']['in_channels'] == get_plan(names['arch']).out_widths[-1]


def test_impossible_settings_are_explained(open_page):
    page = open_page('explorer')
    page.get_by_label('Initial width w₀, exact').fill('25')
    assert re.search('w0 must be a multiple of 8, got 25', part(page, 'message').inner_text())
    page.get_by_label('Initial width w₀, exact').fill('24')
    assert part(page, 'message').inner_text() == ''
